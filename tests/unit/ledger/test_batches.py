"""Batches: closed by count or by time, in order, and everyone is told what became of his statement."""

from __future__ import annotations

from collections.abc import Sequence
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
    """A log that remembers how large its batches were, and fails when it is told to."""

    sizes: list[int]
    failing = False

    def append(self, statements: Sequence[bytes]) -> list[Outcome]:
        """Append, and remember."""
        if self.failing:
            raise LogError("the disk is full")
        self.sizes.append(len(statements))
        return super().append(statements)


@pytest.fixture
def log() -> Recording:
    """Begin a log in memory."""
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    begin(ORIGIN, KEY, store, checkpoints, lambda: NOW)
    recording = Recording(ORIGIN, [KEY], store, checkpoints, lambda: NOW)
    recording.sizes = []
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
