"""Batches: statements from many callers, appended together, in the order in which they came.

A batch is closed by count or by time, whichever comes first: one commit and one signature serve all of it.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self, TypeAlias

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import LogError
from tipstaff.ledger.log import Log, Outcome

COUNT: Final = 500
SECONDS: Final = 0.02
MOST: Final = 10_000

_Item: TypeAlias = "tuple[bytes, Future[Outcome]]"


class Batches:
    """A thread that appends to a log for many callers. A context manager; the log is its own meanwhile."""

    def __init__(self, log: Log, count: int = COUNT, seconds: float = SECONDS, most: int = MOST) -> None:
        """Close a batch at `count` statements, or `seconds` after its first one was seen.

        At most `most` statements wait for their batch: whoever brings one more waits with it.
        """
        self._log = log
        self._count = min(count, most)
        self._seconds = seconds
        self._most = most
        self._waiting: deque[_Item] = deque()
        self._batch: list[_Item] = []
        self._closed = False
        self._failure: BaseException | None = None
        lock = threading.Lock()
        self._came = threading.Condition(lock)
        self._went = threading.Condition(lock)
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
        It can be cancelled until its batch is closed. Raises `InputError` after `close`, `LogError` where the
        thread has ended by itself.
        """
        future: Future[Outcome] = Future()
        with self._went:
            self._went.wait_for(lambda: self._closed or len(self._waiting) < self._most)
            if self._failure is not None:
                raise _ended(self._failure)
            if self._closed:
                raise InputError("the log is being closed: nothing can be handed in any more")
            self._waiting.append((statement, future))
            if len(self._waiting) in (1, self._count):  # all that the thread waits for
                self._came.notify()
        return future

    def close(self) -> None:
        """Append what was handed in, and end the thread."""
        with self._came:
            self._closed = True
            self._came.notify()
            self._went.notify_all()
        self._thread.join()

    def _run(self) -> None:
        """Append batch after batch; whatever ends this, nobody is left waiting."""
        try:
            while self._collect():
                self._append()
        except BaseException as error:  # noqa: BLE001  it is handed to everyone who waits, and who comes later
            self._fail(error)

    def _collect(self) -> bool:
        """Wait for a first statement and for those that come soon after; False when there are no more."""
        with self._came:
            self._came.wait_for(lambda: self._waiting or self._closed)
            self._came.wait_for(lambda: len(self._waiting) >= self._count or self._closed, self._seconds)
            batch = [self._waiting.popleft() for _ in range(min(self._count, len(self._waiting)))]
            self._went.notify_all()
        # From here on nobody can cancel: what is on the log is told.
        self._batch = [item for item in batch if item[1].set_running_or_notify_cancel()]
        return bool(batch)

    def _append(self) -> None:
        """Append a batch, and tell everyone what became of his statement."""
        if not self._batch:
            return
        try:
            outcomes = self._log.append([statement for statement, _ in self._batch])
        except Exception as error:  # noqa: BLE001  it is handed to everyone who waits
            for _, future in self._batch:
                future.set_exception(error)
            return
        for (_, future), outcome in zip(self._batch, outcomes, strict=True):
            future.set_result(outcome)

    def _fail(self, error: BaseException) -> None:
        """Take nothing in any more, and tell everyone who waits that the thread has ended."""
        with self._came:
            self._closed, self._failure = True, error
            waiting = [item[1] for item in self._waiting]
            self._waiting.clear()
            self._went.notify_all()
        told = [future for _, future in self._batch if not future.done()]
        for future in told + [future for future in waiting if future.set_running_or_notify_cancel()]:
            future.set_exception(_ended(error))


def _ended(error: BaseException) -> LogError:
    """Return the error of a thread that ended by itself."""
    ended = LogError(
        f"batches have ended: {error!r}. What has no outcome may be handed in again, to new ones"
    )
    ended.__cause__ = error
    return ended
