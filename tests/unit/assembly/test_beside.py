"""What goes on beside a server: begun anew where it breaks off, and told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tipstaff.assembly.beside import Beside

PATIENCE = 20


class Turns:
    """Turns of which some go wrong: the numbers that are named, and the openings before them."""

    def __init__(self, *wrong: int, shut: int = 0) -> None:
        self.wrong = wrong
        self.shut = shut
        self.opened = self.closed = self.taken = 0
        self.done = threading.Semaphore(0)

    @contextmanager
    def __call__(self) -> Iterator[Callable[[], None]]:
        """Open; what is open is closed again, whatever happens."""
        self.opened += 1
        if self.opened <= self.shut:
            self.done.release()
            raise OSError("the disk is away")
        try:
            yield self.turn
        finally:
            self.closed += 1

    def turn(self) -> None:
        """Take a turn."""
        self.taken += 1
        self.done.release()
        if self.taken in self.wrong:
            raise RuntimeError(f"turn {self.taken} went wrong")


def wait_for(turns: Turns, count: int) -> None:
    """Wait until so many more turns were begun, or openings have failed."""
    for _ in range(count):
        assert turns.done.acquire(timeout=PATIENCE)


def test_what_breaks_off_is_begun_anew(capfd: pytest.CaptureFixture[str]) -> None:
    """From its opening on; told with all that led to it, on the standard error."""
    turns = Turns(2, 3)
    with Beside("trying", turns, 0.001, 0.001) as beside:
        wait_for(turns, 6)
        assert not beside.broken
    assert (turns.opened, turns.closed) == (3, 3)
    told = capfd.readouterr().err
    assert "turn 2 went wrong" in told
    assert "turn 3 went wrong" in told
    assert "Traceback" in told


def test_what_has_broken_off_says_so_until_a_turn_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    """Be it that it cannot even be opened. The end does not wait for the next attempt."""
    turns = Turns(shut=1)
    with Beside("trying", turns, 0.001, 3_600) as beside:
        wait_for(turns, 1)
        for _ in range(PATIENCE * 100):
            if beside.broken:
                break
            threading.Event().wait(0.01)
        assert beside.broken
    assert turns.opened == 1
    assert "the disk is away" in capfd.readouterr().err


def test_the_end_waits_for_the_turn_that_goes_on() -> None:
    """And closes what was opened."""
    turns = Turns()
    with Beside("trying", turns, 0.001, 0.001):
        wait_for(turns, 1)
    taken = turns.taken
    threading.Event().wait(0.05)
    assert (turns.taken, turns.closed) == (taken, 1)
