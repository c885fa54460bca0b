"""Verification: it looks up the keys that statements name, however many others there are."""

from __future__ import annotations

import pytest
from worlds import ORIGIN, START, World, envelope_draft, make_key

from tipstaff.ledger.state import find_kids
from tipstaff.ledger.statement import likely_kid, parse
from tipstaff.ledger.verification import Checked, Refused, check, known_keys

WORLD = World.told()


class Watched:
    """A state that remembers what was looked up."""

    def __init__(self, world: World) -> None:
        self.asked: list[bytes] = []
        self._state = world.store._state

    def get(self, key: bytes, /) -> bytes | None:
        """Look a key up."""
        self.asked.append(key)
        return self._state.get(key)


def test_the_kid_of_a_statement_is_found_without_parsing() -> None:
    """Of every kind, in both algorithms, and of a hash envelope."""
    envelope = envelope_draft("deed", "clerk", START, b"deed 001", b"content")
    for statement in (*WORLD.statements, envelope):
        assert likely_kid(statement) == parse(statement).kid


@pytest.mark.parametrize("data", [b"", b"\x04", b"\x04\x58\x20", b"\x04\x58\x20abc", bytes(100)])
def test_what_is_no_statement_names_no_key(data: bytes) -> None:
    """Whatever is found in it is no key that is known; the statement is refused for what it is."""
    assert known_keys([data], WORLD.store) == {}
    (found,) = check([data], WORLD.store)
    assert isinstance(found, Refused)


def test_a_key_is_looked_up_once_and_only_where_a_statement_names_it() -> None:
    """Ten statements of one author among two hundred keys: one key is looked up."""
    world = World.begin()
    claims = [world.key_claims(f"person {number}", "clerk") for number in range(200)]
    world.register([world.draft("key", "log", claim) for claim in claims])
    watched = Watched(world)
    statements = [world.draft("note", "log", {"number": number}) for number in range(10)]
    found = check(statements, watched)
    assert all(isinstance(item, Checked) and item.verified for item in found)
    assert len(watched.asked) == 1
    assert known_keys(statements, watched) == {make_key(ORIGIN).public.kid: make_key(ORIGIN).public.encoded}


def test_a_key_that_is_added_changes_no_more_the_more_there_are() -> None:
    """Kids are kept by number: none of them is written again, and all are found in their order."""
    world = World.begin()
    before = dict(world.store._state)
    kids = find_kids(world.store)
    for number in range(30):
        world.add_key(f"person {number}", "clerk")
    changed = {key: value for key, value in world.store._state.items() if before.get(key) != value}
    assert max(len(value) for value in changed.values()) < 300
    assert find_kids(world.store) == [
        *kids, *(make_key(f"person {number}").public.kid for number in range(30)),
    ]  # fmt: skip
