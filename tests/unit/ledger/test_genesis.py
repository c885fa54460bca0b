"""How a log begins: its rules, then its key, in one batch under one checkpoint."""

from __future__ import annotations

import pytest
from worlds import ORIGIN, START, World, audit, make_key

from tipstaff.base.errors import InputError
from tipstaff.ledger import table
from tipstaff.ledger.genesis import rotation
from tipstaff.ledger.log import Log
from tipstaff.ledger.registration import table_of
from tipstaff.ledger.state import find_key, find_kids
from tipstaff.ledger.statement import parse


def test_entry_0_states_the_rules_that_ship() -> None:
    """Version 1 of the table, signed by the first key of the log, and in force from then on."""
    world = World()
    rules = parse(world.statements[0])
    assert (rules.kind, rules.iss, rules.sub, rules.iat) == ("rules", ORIGIN, ORIGIN, START)
    assert rules.claims == {"version": 1, "table": table.shipped()}
    assert rules.verified_by(make_key(ORIGIN).public)
    found = table_of(world.store)
    assert found is not None
    assert found.version == 1


def test_entry_1_states_the_key_of_the_log() -> None:
    """It is known from its position -1 on, for entry 0 was signed with it, and is listed with the others."""
    world = World()
    key = make_key(ORIGIN).public
    claims = parse(world.statements[1]).claims
    assert (claims["kid"], claims["public_key"], claims["role"]) == (key.kid, key.encoded, "log")
    record = find_key(world.store, key.kid)
    assert record is not None
    assert (record.added, record.revoked, record.holder, record.not_before) == (-1, None, ORIGIN, START)
    assert find_kids(world.store) == [key.kid]


def test_the_first_checkpoint_is_over_both() -> None:
    """There is none over one entry, whose receipt would have an empty path."""
    world = World()
    assert [signed.checkpoint.size for signed in world.checkpoints.all()] == [2]
    report = audit(world.publish(), world.trust)
    assert (report.sound, report.counts, report.keys) == (True, {"key": 1, "rules": 1}, 1)


def in_force(world: World) -> list[bytes]:
    """Return the kids of the log that are not revoked."""
    records = ((kid, find_key(world.store, kid)) for kid in find_kids(world.store))
    return [kid for kid, record in records if record and record.role == "log" and record.revoked is None]


def test_a_rotation_is_one_batch() -> None:
    """The new key is added and the old one revoked under one checkpoint, which the new one signs."""
    world, new = World(), make_key("new")
    statements = rotation(world.log, new)
    world.log.hold(new)
    world.register(statements)
    assert in_force(world) == [new.public.kid]
    assert [signed.checkpoint.size for signed in world.checkpoints.all()] == [2, 4]
    assert world.log.signing_key() == new
    world.keys[ORIGIN] = new
    assert audit(world.publish(), world.trust).sound


def test_a_rotation_ends_what_an_earlier_one_left() -> None:
    """A key of the log that was added, after which the old one was not revoked, is revoked with it."""
    world, half, new = World(), make_key("half"), make_key("new")
    world.log.hold(half)
    world.register(rotation(world.log, half)[:1])
    assert len(in_force(world)) == 2
    statements = rotation(world.log, new)
    world.log.hold(new)
    world.register(statements)
    assert in_force(world) == [new.public.kid]


def test_what_nobody_here_can_sign_for_is_not_committed() -> None:
    """A batch after which the log has no key at hand is refused whole, before anything is written."""
    world, new = World(), make_key("new")
    with pytest.raises(InputError, match="add the key that was rotated in"):
        world.log.append(rotation(world.log, new))
    assert (world.store.size, world.log.last.checkpoint.size) == (2, 2)
    other = Log(ORIGIN, [make_key("other")], world.store, world.checkpoints, lambda: START)
    with pytest.raises(InputError, match="add the key that was rotated in"):
        other.append([world.draft("note", "log", {"text": "unsigned"})])
    assert world.store.size == 2
    world.register([world.draft("note", "log", {"text": "signed"})])
