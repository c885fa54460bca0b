"""Doing together what several ask for at about the same time, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import islice
from time import monotonic
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

from tipstaff.actions.screening.gathering import BusyError, Gathering

_T = TypeVar("_T")
_R = TypeVar("_R")


class _Asked(NamedTuple, Generic[_T, _R]):
    """What one asks for, and where the answer goes."""

    items: Sequence[_T]
    answer: Future[list[_R]]


class Batching(Generic[_T, _R]):
    """Does `run` on what is asked for, in batches; it returns one result for each item, in order.

    Where it raises, all who asked in that batch are told. Whoever has given up before their batch is taken is
    left out of it.
    """

    def __init__(
        self, name: str, run: Callable[[Sequence[_T]], Sequence[_R]], most: int, seconds: float, room: int
    ) -> None:
        """`most` items are a batch, or those of `seconds`; no more than `room` wait (see `Gathering`)."""
        self._run = run
        self._gathering: Gathering[_Asked[_T, _R]] = Gathering(most, seconds, room)
        self._changed = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Take nothing more, and end once what waits is done."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    @property
    def waiting(self) -> int:
        """How many items wait."""
        return self._gathering.weight

    def submit(self, items: Sequence[_T]) -> Future[list[_R]]:
        """Ask for some items; returns where their results will be. Raises `BusyError`."""
        answer = Future[list[_R]]()
        with self._changed:
            if not self._open:
                raise BusyError("the server is about to end: send them again in a while")
            self._gathering.add(_Asked(items, answer), len(items), monotonic())
            self._changed.notify()
        return answer

    def _work(self) -> None:
        """Do batch after batch, until the end."""
        while batch := self._next():
            asked = [one for one in batch if one.answer.set_running_or_notify_cancel()]
            self._answer(asked)

    def _next(self) -> list[_Asked[_T, _R]]:
        """Return the next batch once it is closed; none at the end."""
        with self._changed:
            while self._open and (left := self._gathering.left(monotonic())) != 0.0:
                self._changed.wait(left)
            return self._gathering.take()

    def _answer(self, asked: Sequence[_Asked[_T, _R]]) -> None:
        """Do a batch, and hand everybody what is theirs."""
        try:
            results = iter(self._run([item for one in asked for item in one.items]))
        except Exception as error:  # noqa: BLE001  it is handed to everyone who waits
            for one in asked:
                one.answer.set_exception(error)
        else:
            for one in asked:
                one.answer.set_result(list(islice(results, len(one.items))))
