"""Batches: closed by count or by time, in order, and everyone is told what became of his statement."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import pytest

from tipstaff.base.errors import InputError
from tipstaff.ledger.batches import Batches
from tipstaff.ledger.errors import LogError
from tipstaff.ledger.genesis import begin, own_statement
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Log, Outcome, Registered
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryStore
from tipstaff.ledger.verification import Refused

ORIGIN = "example.org/log"
NOW = 1_800_000_000
KEY = SigningKey.from_seed(bytes(32))


class Recording(Log):
    """A log that remembers how large its batches were, and fails, ends or waits when it is told to."""

    sizes: list[int]
    began: threading.Event
    failing = False
    ending: threading.Event | None = None
    holding: threading.Event | None = None

    def append(self, statements: Sequence[bytes]) -> list[Outcome]:
        """Append, and remember."""
        if self.failing:
            raise LogError("the disk is full")
        if self.ending:
            self.ending.wait(30)
            raise SystemExit
        self.began.set()
        if self.holding:
            self.holding.wait(30)
        self.sizes.append(len(statements))
        return super().append(statements)


@pytest.fixture
def log() -> Recording:
    """Begin a log in memory."""
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    begin(ORIGIN, KEY, store, checkpoints, lambda: NOW)
    recording = Recording(ORIGIN, [KEY], store, checkpoints, lambda: NOW)
    recording.sizes = []
    recording.began = threading.Event()
    return recording


def note(text: str) -> bytes:
    """State a note."""
    return own_statement(ORIGIN, KEY, "note", {"text": text}, NOW)


def test_a_batch_is_closed_by_count(log: Recording) -> None:
    """With an hour of time, ten statements in batches of four are appended as 4, 4 and, at the end, 2."""
    with Batches(log, count=4, seconds=3600) as batches:
        futures = [batches.submit(note(str(number))) for number in range(10)]
    assert log.sizes == [4, 4, 2]
    positions = [
        outcome.position for future in futures if isinstance(outcome := future.result(0), Registered)
    ]
    assert len(positions) == 10
    assert all(later == earlier + 1 for earlier, later in pairwise(positions))


def test_a_batch_is_closed_by_time(log: Recording) -> None:
    """A single statement does not wait for others for ever."""
    with Batches(log, count=1000, seconds=0.01) as batches:
        assert isinstance(batches.submit(note("alone")).result(30), Registered)


def test_one_that_is_refused_does_not_hold_up_the_others(log: Recording) -> None:
    """Everyone is told what became of his own statement."""
    with Batches(log, count=3, seconds=3600) as batches:
        first, second, third = (batches.submit(data) for data in (note("a"), b"no statement", note("b")))
    assert isinstance(first.result(0), Registered)
    assert isinstance(second.result(0), Refused)
    assert isinstance(third.result(0), Registered)


def test_a_log_that_cannot_go_on_is_told_to_everyone_who_waits(log: Recording) -> None:
    """The error of the batch comes out of every future of it; later batches are tried again."""
    with Batches(log, count=2, seconds=3600) as batches:
        log.failing = True
        futures = [batches.submit(note(text)) for text in "ab"]
        for future in futures:
            with pytest.raises(LogError, match="full"):
                future.result(30)
        log.failing = False
        again = [batches.submit(note(text)) for text in "ab"]
        assert all(isinstance(future.result(30), Registered) for future in again)


def test_nothing_is_taken_in_after_the_end(log: Recording) -> None:
    """Whoever comes too late is told so, and closing twice does no harm."""
    batches = Batches(log)
    batches.close()
    batches.close()
    with pytest.raises(InputError, match="closed"):
        batches.submit(note("late"))


def test_one_that_was_cancelled_is_left_out(log: Recording) -> None:
    """A statement whose future was cancelled before its batch is not logged; the others of the batch are."""
    with Batches(log, count=3, seconds=3600) as batches:
        kept, cancelled = batches.submit(note("kept")), batches.submit(note("cancelled"))
        assert cancelled.cancel()
        assert isinstance(batches.submit(note("third")).result(30), Registered)
        assert isinstance(kept.result(0), Registered)
        later = [batches.submit(note(text)) for text in "abc"]
        assert all(isinstance(future.result(30), Registered) for future in later)
    assert log.sizes == [2, 3]


def test_a_batch_that_was_cancelled_whole_is_no_end(log: Recording) -> None:
    """Where all of a batch was cancelled, nothing is appended and the next one is."""
    with Batches(log, count=2, seconds=3600) as batches:
        first = batches.submit(note("a"))
        assert first.cancel()
        assert not isinstance(batches.submit(note("b")).result(30), Refused)
        last = batches.submit(note("c"))
        assert last.cancel()
    assert log.sizes == [1]


def test_a_thread_that_ends_leaves_nobody_waiting(log: Recording) -> None:
    """Where something else than an error ends the thread, all futures raise, and new ones are refused."""
    log.ending = threading.Event()
    batches = Batches(log, count=1, seconds=0)
    futures = [batches.submit(note(text)) for text in "abc"]
    gone = futures[2].cancel()
    log.ending.set()
    for future in futures[: 2 if gone else 3]:
        with pytest.raises(LogError, match="batches have ended: SystemExit"):
            future.result(30)
    with pytest.raises(LogError, match="batches have ended: SystemExit"):
        batches.submit(note("late"))
    batches.close()


def test_a_future_that_raises_is_told_to_the_others(log: Recording) -> None:
    """A callback that ends the thread leaves the rest of its batch with an error, not waiting."""

    def leave(_future: Future[Outcome]) -> None:
        raise SystemExit

    with Batches(log, count=2, seconds=3600) as batches:
        first = batches.submit(note("a"))
        first.add_done_callback(leave)
        second = batches.submit(note("b"))
        with pytest.raises(LogError, match="handed in again"):
            second.result(30)


def test_no_more_than_the_most_wait(log: Recording) -> None:
    """Whoever brings one more than may wait, waits himself until a batch was taken."""
    log.holding = threading.Event()
    with Batches(log, count=2, seconds=3600, most=4) as batches, ThreadPoolExecutor(1) as pool:
        futures = [batches.submit(note(str(number))) for number in range(2)]
        assert log.began.wait(30)
        futures += [batches.submit(note(str(number))) for number in range(2, 6)]
        seventh = pool.submit(batches.submit, note("7"))
        with pytest.raises(TimeoutError):
            seventh.result(0.1)
        log.holding.set()
        futures += [seventh.result(30), batches.submit(note("8"))]
        assert all(isinstance(future.result(30), Registered) for future in futures)
    assert log.sizes == [2, 2, 2, 2]
