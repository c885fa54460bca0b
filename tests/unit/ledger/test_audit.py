"""What an audit tells beside sound or not: the rules in force, and what it counted."""

from __future__ import annotations

import copy
from hashlib import sha256
from typing import cast

from worlds import World, audit

from tipstaff.ledger import table
from tipstaff.ledger.cbor import Value, encode


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
