"""How often somebody may ask."""

from __future__ import annotations

import pytest

from tipstaff.actions.access.limits import Limit, TooManyError


def test_as_many_as_a_minute_has_at_once_and_then_evenly() -> None:
    """A burst of a minute's worth is let through; then one in its share of a minute."""
    limit = Limit(6)
    for _ in range(6):
        limit.take("alice", 100.0)
    with pytest.raises(TooManyError) as told:
        limit.take("alice", 100.0)
    assert told.value.seconds == 10
    with pytest.raises(TooManyError):
        limit.take("alice", 109.9)
    limit.take("alice", 110.0)
    with pytest.raises(TooManyError):
        limit.take("alice", 110.0)


def test_what_was_refused_does_not_count() -> None:
    """Whoever keeps asking waits no longer than whoever does not."""
    limit = Limit(1)
    limit.take("alice", 0.0)
    for second in range(60):
        with pytest.raises(TooManyError):
            limit.take("alice", float(second))
    limit.take("alice", 60.0)


def test_each_has_their_own() -> None:
    """One does not wait for another."""
    limit = Limit(1)
    limit.take("alice", 0.0)
    limit.take("bob", 0.0)


def test_without_a_limit_nobody_waits() -> None:
    """0 is none."""
    limit = Limit(0)
    for _ in range(1000):
        limit.take("alice", 0.0)


def test_those_at_rest_are_forgotten() -> None:
    """However many ask once, no more are remembered than there is room for, and those who wait."""
    limit = Limit(60)
    for number in range(30_000):
        limit.take(str(number), float(number))
    assert len(limit._until) <= 10_001
