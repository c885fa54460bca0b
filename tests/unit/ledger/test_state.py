"""What the registration rules know: facts are found by the entries of their statements, by no less."""

from __future__ import annotations

from tipstaff.ledger.state import Fact, Overlay, find_fact, new_fact, positions_key


class Nothing:
    """A state that knows nothing."""

    def get(self, _key: bytes, /) -> bytes | None:
        """Return None."""
        return None


def fact_of(entry: bytes, position: int) -> Fact:
    """Return a fact of a statement."""
    return Fact(entry, position, "decision", 1, "anna", b"thing", {})


def test_entries_that_begin_alike_are_told_apart() -> None:
    """An author may try for entries that share their beginning: each leads to its own statement."""
    one, other, third = (b"12345678" + bytes([last]) * 24 for last in range(3))
    state = Overlay(Nothing())
    for position, entry in enumerate((one, other)):
        state.apply(new_fact(state, fact_of(entry, position)))

    assert positions_key(one) == positions_key(other)
    assert find_fact(state, one) == fact_of(one, 0)
    assert find_fact(state, other) == fact_of(other, 1)
    assert find_fact(state, third) is None
