"""Batches: statements from many callers, appended together, in the order in which they came.

A batch is closed by count or by time, whichever comes first: one commit and one signature serve all of it.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self, TypeAlias

from tipstaff.base.errors import InputError
from tipstaff.ledger.log import Log, Outcome

COUNT: Final = 500
SECONDS: Final = 0.02

_Item: TypeAlias = "tuple[bytes, Future[Outcome]]"


class Batches:
    """A thread that appends to a log for many callers. A context manager; the log is its own meanwhile."""

    def __init__(self, log: Log, count: int = COUNT, seconds: float = SECONDS) -> None:
        """Close a batch at `count` statements, or `seconds` after its first one came."""
        self._log = log
        self._count = count
        self._seconds = seconds
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ledger batches")
        self._thread.start()

    def __enter__(self) -> Self:
        """Return the batches."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def submit(self, statement: bytes) -> Future[Outcome]:
        """Hand a statement in. What becomes of it is known once its batch is durable and signed.

        The future raises what `Log.append` raised for its batch; the statement can then be handed in again.
        """
        future: Future[Outcome] = Future()
        with self._closing:  # nothing may be queued behind the end
            if self._closed:
                raise InputError("the log is being closed: nothing can be handed in any more")
            self._queue.put((statement, future))
        return future

    def close(self) -> None:
        """Append what was handed in, and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Append batch after batch."""
        ended = False
        while not ended:
            batch, ended = self._collect()
            if batch:
                self._append(batch)

    def _collect(self) -> tuple[list[_Item], bool]:
        """Wait for a first statement and for those that come soon after; also says whether it was the end."""
        item = self._queue.get()
        if item is None:
            return [], True
        batch = [item]
        until = time.monotonic() + self._seconds
        while len(batch) < self._count:
            try:
                item = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _append(self, batch: list[_Item]) -> None:
        """Append a batch, and tell everyone what became of his statement."""
        try:
            outcomes = self._log.append([statement for statement, _ in batch])
        except Exception as error:  # noqa: BLE001  it is handed to everyone who waits
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            future.set_result(outcome)
