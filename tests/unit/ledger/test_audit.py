"""What an audit tells beside sound or not: the rules in force, and what it counted."""

from __future__ import annotations

import copy
from hashlib import sha256
from typing import TYPE_CHECKING, cast

import pytest
from logs import KEY, ORIGIN, clock, notes, trust_in
from worlds import World, audit, make_key, publish

from tipstaff.ledger import genesis, table, verification
from tipstaff.ledger.audit import Auditor
from tipstaff.ledger.cbor import Value, encode
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore
from tipstaff.ledger.tiles import WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tipstaff.ledger.state import View
    from tipstaff.ledger.verification import Pending


def test_an_audit_names_the_rules_that_are_in_force() -> None:
    """Whoever has read a table knows it by its digest, and is told when it is not the one that ships."""
    world = World.told()
    shipped = audit(world.publish(), world.trust).rules
    assert shipped is not None
    assert (shipped.version, shipped.shipped) == (1, True)
    assert shipped.digest == sha256(encode(table.shipped())).hexdigest()
    other = cast("dict[str, Value]", copy.deepcopy(table.shipped())) | {"version": 2, "tolerance": 1}
    world.append("rules", "log", version=2, table=other)
    changed = audit(world.publish(), world.trust).rules
    assert changed is not None
    assert (changed.version, changed.shipped) == (2, False)
    assert changed.digest == sha256(encode(other)).hexdigest()


def test_an_audit_counts_by_kind() -> None:
    """The counts are those of the statements on the log, and add up to its size."""
    world = World.told()
    report = audit(world.publish(), world.trust)
    assert sum(report.counts.values()) == report.size == len(world.statements)
    assert report.counts["decision"] == 3
    assert report.counts["measure"] == 4


@pytest.mark.parametrize("key", [make_key(ORIGIN), make_key("a rotated one"), make_key("a mirror")])
def test_a_mirror_without_a_key_cannot_convict_the_log(key: SigningKey) -> None:
    """What contradicts what was seen is a fault either way; of the log it is told where the log signed it."""
    world = World.begin()
    world.rotate("a rotated one")
    world.append("note", "log")
    memory = MemoryMemory()
    assert audit(world.publish(), world.trust, memory).sound
    statements = world.statements
    swapped = [*statements[:2], statements[3], statements[2], *statements[4:]]
    for shown, word in ((swapped, "forked"), (statements[:5], "rolled back")):
        fault = audit(publish(shown, key, ORIGIN), world.trust, memory).fault
        assert fault is not None
        assert fault.what.startswith(word)
        assert ("may have made it up" in fault.what) == (key.public == make_key("a mirror").public)


def test_the_first_bundle_is_replayed_before_another_is_begun() -> None:
    """The keys that it adds are known by then: signatures of theirs need not wait to be verified in order."""
    store = MemoryStore()
    genesis.begin(ORIGIN, KEY, store, MemoryCheckpoints(), clock)
    files = publish([*store.statements(0, 2), *notes(WIDTH)], KEY, ORIGIN)
    done: list[str] = []

    def begin(statements: Sequence[bytes], view: View) -> Pending:
        done.append("begun")
        return verification.begin(statements, view)

    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    auditor = Auditor(read, trust_in(store), MemoryMemory(), begin)
    assert auditor.run(lambda _done, _of: done.append("replayed")).sound
    assert done == ["begun", "replayed", "begun", "replayed"]
