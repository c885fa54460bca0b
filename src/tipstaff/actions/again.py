"""Doing something to a case again, where somebody else has just changed it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from tipstaff.actions.cases import MovedError

TRIES: Final = 5
"""How often a case that somebody else has just changed is looked at in all."""

_T = TypeVar("_T")


def again(act: Callable[[], _T]) -> _T:
    """Do what reads a case and changes it, until nobody else has changed it in between, `TRIES` times.

    Raises `MovedError` where somebody has each time.
    """
    for _ in range(TRIES - 1):
        with suppress(MovedError):
            return act()
    return act()
