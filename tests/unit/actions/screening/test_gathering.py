"""What is gathered is bounded, in order, and closed by count or by time; no clock runs here."""

from __future__ import annotations

import pytest

from tipstaff.actions.screening.gathering import BusyError, Gathering


def test_nothing_is_waited_for_where_nothing_waits() -> None:
    """An empty gathering has no end."""
    assert Gathering[str](10, 0.5, 100).left(7.0) is None


def test_a_batch_is_closed_some_time_after_its_first() -> None:
    """Whatever comes later does not put it off."""
    waiting = Gathering[str](10, 0.5, 100)
    waiting.add("a", 1, 7.0)
    waiting.add("b", 1, 7.25)
    assert waiting.left(7.25) == 0.25
    assert waiting.left(7.75) == 0.0
    assert waiting.take() == ["a", "b"]
    assert waiting.left(8.0) is None


def test_a_batch_is_closed_by_its_weight() -> None:
    """At once, and what does not fit is the next."""
    waiting = Gathering[str](10, 0.5, 100)
    for name, weight in (("a", 4), ("b", 6), ("c", 1)):
        waiting.add(name, weight, 7.0)
    assert waiting.left(7.0) == 0.0
    assert waiting.take() == ["a", "b"]
    assert (waiting.left(7.0), waiting.weight) == (0.5, 1)


def test_one_that_is_too_heavy_is_a_batch_of_its_own() -> None:
    """It neither waits for ever nor takes others with it."""
    waiting = Gathering[str](10, 0.5, 100)
    for name, weight in (("a", 11), ("b", 1)):
        waiting.add(name, weight, 7.0)
    assert waiting.take() == ["a"]
    assert waiting.take() == ["b"]


def test_there_is_room_for_so_much() -> None:
    """What has no room is refused, and told when to ask again; one that is alone always has."""
    waiting = Gathering[str](10, 0.5, 12)
    waiting.add("a", 20, 7.0)
    with pytest.raises(BusyError, match="send them again") as told:
        waiting.add("b", 1, 7.0)
    assert told.value.seconds == 1
    assert waiting.take() == ["a"]
    waiting.add("b", 1, 7.0)
    waiting.add("c", 11, 7.0)
    with pytest.raises(BusyError):
        waiting.add("d", 1, 7.0)
    assert waiting.take() == ["b"]
    assert waiting.take() == ["c"]
    assert waiting.weight == 0
