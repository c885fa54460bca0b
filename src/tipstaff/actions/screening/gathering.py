"""Gathering what is asked for at about the same time, to do it together: bounded, and in order. No thread."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from tipstaff.base.errors import TipstaffError

_T = TypeVar("_T")


class BusyError(TipstaffError):
    """More waits than there is room for; `seconds` is when to ask again."""

    def __init__(self, message: str, seconds: int = 1) -> None:
        super().__init__(message)
        self.seconds = seconds


class Gathering(Generic[_T]):
    """What waits to be done, in order; each has a weight.

    A batch is closed once what waits weighs `most`, or `seconds` after the first of it has come. It weighs no
    more than `most`, unless one alone does. No more than `room` waits, unless nothing else does.
    """

    def __init__(self, most: int, seconds: float, room: int) -> None:
        self._most, self._seconds, self._room = most, seconds, room
        self._waiting: deque[tuple[_T, int, float]] = deque()
        self.weight = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def add(self, item: _T, weight: int, now: float) -> None:
        """Have one wait. Raises `BusyError` where there is no room."""
        if self._waiting and self.weight + weight > self._room:
            raise BusyError("more posts wait than there is room for: send them again in a while")
        self._waiting.append((item, weight, now))
        self.weight += weight

    def left(self, now: float) -> float | None:
        """Return in how many seconds the batch is closed, 0 if it is; None where nothing waits."""
        if not self._waiting:
            return None
        if self.weight >= self._most:
            return 0.0
        return max(0.0, self._waiting[0][2] + self._seconds - now)

    def take(self) -> list[_T]:
        """Take a batch out."""
        taken: list[_T] = []
        weighs = 0
        while self._waiting and (not taken or weighs + self._waiting[0][1] <= self._most):
            item, weight, _ = self._waiting.popleft()
            taken.append(item)
            weighs += weight
        self.weight -= weighs
        return taken
