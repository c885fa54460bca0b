"""Batches are done together, and everybody is handed what is theirs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from tipstaff.actions.screening.batching import Batching
from tipstaff.actions.screening.gathering import BusyError

PATIENCE = 10.0


class Held:
    """Doubles numbers, in batches that are noted; the first waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.batches: list[list[int]] = []

    def __call__(self, items: Sequence[int]) -> list[int]:
        """Double some numbers; 13 cannot be."""
        self.batches.append(list(items))
        self.begun.set()
        assert self.go.wait(PATIENCE)
        if 13 in items:
            raise ValueError("13 cannot be doubled")
        return [2 * item for item in items]


def test_who_asks_meanwhile_is_answered_together() -> None:
    """In one batch, each with their own; one who has given up is left out, and takes nobody along."""
    run = Held()
    with Batching("test", run, 100, 0.0, 100) as batching:
        first = batching.submit([1])
        assert run.begun.wait(PATIENCE)
        second, gone, third = batching.submit([2, 3]), batching.submit([4]), batching.submit([5])
        assert gone.cancel()
        run.go.set()
        assert first.result(PATIENCE) == [2]
        assert (second.result(PATIENCE), third.result(PATIENCE)) == ([4, 6], [10])
    assert run.batches == [[1], [2, 3, 5]]


def test_what_goes_wrong_is_told_to_those_it_is_about() -> None:
    """All of that batch; the next one is done."""
    run = Held()
    run.go.set()
    with Batching("test", run, 100, 0.0, 100) as batching:
        with pytest.raises(ValueError, match="13 cannot"):
            batching.submit([13]).result(PATIENCE)
        assert batching.submit([1]).result(PATIENCE) == [2]


def test_more_than_there_is_room_for_is_refused() -> None:
    """At once, whatever goes on."""
    run = Held()
    with Batching("test", run, 1, 0.0, 2) as batching:
        batching.submit([1])
        assert run.begun.wait(PATIENCE)
        batching.submit([2, 3])
        with pytest.raises(BusyError):
            batching.submit([4])
        run.go.set()


def test_at_the_end_what_waits_is_done_and_no_more_is_taken() -> None:
    """However long its batch would have waited."""
    run = Held()
    run.go.set()
    with Batching("test", run, 100, 3600.0, 100) as batching:
        waiting = batching.submit([1])
    assert waiting.result(0) == [2]
    with pytest.raises(BusyError, match="about to end"):
        batching.submit([1])
