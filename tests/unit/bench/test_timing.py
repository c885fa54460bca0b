"""Timing: rounds are interleaved, and percentiles are values that were measured."""

from __future__ import annotations

from tipstaff.bench.timing import LEAST_ROUNDS, Contestant, interleave, percentile


def test_contestants_take_turns() -> None:
    """One untimed round, then at least three in which each runs once."""
    ran: list[str] = []
    contestants = {name: Contestant(lambda name=name: ran.append(name)) for name in "ab"}  # type: ignore[misc]
    shares: list[float] = []
    rounds = interleave(contestants, 0.0001, shares.append)
    assert rounds >= LEAST_ROUNDS
    assert ran == ["a", "b"] * (rounds + 1)
    assert shares[-1] == 1.0
    assert all(len(contestant.seconds) == rounds for contestant in contestants.values())


def test_a_percentile_is_one_of_the_values() -> None:
    """Nearest rank: of a hundred values, the 99th percentile is the last."""
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([7.0], 0.99) == 7.0
