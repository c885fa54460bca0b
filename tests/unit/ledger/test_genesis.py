"""How a log begins: its rules, then its key, in one batch under one checkpoint."""

from __future__ import annotations

from worlds import ORIGIN, START, World, audit, make_key

from tipstaff.ledger import table
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
