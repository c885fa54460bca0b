"""What goes on beside a server: begun anew where it breaks off, and told."""

from __future__ import annotations

import errno
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest

from tipstaff.assembly import beside as module
from tipstaff.assembly.beside import Beside

PATIENCE = 20


class Turns:
    """Turns of which some go wrong: the numbers that are named, and the openings before them."""

    def __init__(self, *wrong: int, shut: int = 0, error: type[BaseException] = RuntimeError) -> None:
        self.wrong = wrong
        self.error = error
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
            raise self.error(f"turn {self.taken} went wrong")


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


class Panic(BaseException):
    """What libraries raise that were not written in Python: no `Exception`."""


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_what_has_broken_off_says_so_until_a_turn_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    """Be it that it cannot even be opened. The end does not wait for the next attempt."""
    turns = Turns(shut=1)
    with Beside("trying", turns, 0.001, 3_600) as beside:
        until(lambda: beside.broken)
    assert turns.opened == 1
    assert "the disk is away" in capfd.readouterr().err


def test_what_has_broken_off_says_so_while_it_is_closed() -> None:
    """That may take long, where something is being sent."""
    closing, closed = threading.Event(), threading.Event()

    @contextmanager
    def turns() -> Iterator[Callable[[], None]]:
        try:
            yield fail
        finally:
            closing.set()
            closed.wait(PATIENCE)

    def fail() -> None:
        raise RuntimeError("gone wrong")

    with Beside("trying", turns, 0.001, 3_600) as beside:
        assert closing.wait(PATIENCE)
        assert beside.broken
        closed.set()


def test_nothing_ends_it_but_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither what is no `Exception`, nor that nobody can be told."""
    turns = Turns(1, 2, error=Panic)
    with Beside("trying", turns, 0.001, 0.001) as beside:
        wait_for(turns, 4)
        until(lambda: not beside.broken)
    assert "Panic" in capfd.readouterr().err
    assert beside.broken, "it is not there any more"


def test_it_goes_on_where_nobody_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard error may stand on the disk that is full."""

    def full(_: BaseException) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(traceback, "print_exception", full)
    turns = Turns(1, 2)
    with Beside("trying", turns, 0.001, 0.001) as beside:
        wait_for(turns, 4)
        until(lambda: not beside.broken)


def test_it_is_begun_anew_ever_more_rarely_until_a_turn_goes_well(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Twice as long each time, and a minute at the most; told in the log each time."""
    turns = Turns(2, 3, 4, 6, shut=0)
    monkeypatch.setattr(traceback, "print_exception", lambda _: None)
    with caplog.at_level(logging.ERROR), Beside("trying", turns, 0.0, 0.004):
        wait_for(turns, 7)
    again = [record.fields["again"] for record in caplog.records]
    assert [record.fields["what"] for record in caplog.records] == ["trying"] * 4
    assert len(again) == 4
    beside = Beside("trying", Turns(), 0.0, 1.0)
    waited: list[float] = []
    monkeypatch.setattr(beside._ended, "wait", lambda seconds: waited.append(seconds) or len(waited) > 9)
    monkeypatch.setattr(beside._ended, "is_set", lambda: len(waited) > 8)
    monkeypatch.setattr(beside, "_turns", Turns(shut=20))
    beside._run()
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_end_waits_for_the_turn_that_goes_on() -> None:
    """And closes what was opened."""
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    @contextmanager
    def turns() -> Iterator[Callable[[], None]]:
        yield turn
        done.append("closed")

    def turn() -> None:
        begun.set()
        go_on.wait(PATIENCE)
        done.append("turn")

    with Beside("trying", turns, 0.001, 0.001):
        assert begun.wait(PATIENCE)
        threading.Timer(0.05, go_on.set).start()
    assert done == ["turn", "closed"]


@pytest.mark.parametrize(("seconds", "told"), [(0.1, ["left off"]), (PATIENCE, [])])
def test_a_turn_at_the_end_is_waited_for_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, seconds: float, told: list[str]
) -> None:
    """One that takes longer is left, which is told; any other is done."""
    monkeypatch.setattr(module, "END_SECONDS", seconds)
    begun, goes_on, done = threading.Event(), threading.Event(), threading.Event()

    def turn() -> None:
        begun.set()
        goes_on.wait(PATIENCE if told else 0.5)
        done.set()

    with caplog.at_level(logging.WARNING), Beside("trying", lambda: nullcontext(turn), 0.0):
        assert begun.wait(PATIENCE)
    assert (done.is_set(), [one.getMessage() for one in caplog.records]) == (not told, told)
    goes_on.set()
    assert done.wait(PATIENCE)
