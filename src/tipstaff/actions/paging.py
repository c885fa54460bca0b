"""Lists page by page: what is within a case is named by its number and the place in it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final, Generic, NamedTuple, TypeVar

from tipstaff.base.errors import InputError

Item = TypeVar("Item")

PATTERN: Final = r"^[1-9][0-9]{0,8}-[1-9][0-9]{0,8}$"
"""How a place is written."""


class Place(NamedTuple):
    """A place in a case, counted from 1; it is written `7-2`."""

    case: int
    number: int

    def __str__(self) -> str:
        """Return `7-2`."""
        return f"{self.case}-{self.number}"


class Page(NamedTuple, Generic[Item]):
    """Some of a list, and whether there is more."""

    items: list[Item]
    more: bool


def place_of(written: str) -> Place:
    """Read a place. Raises `InputError`."""
    case, _, number = written.partition("-")
    if not (case.isascii() and case.isdigit() and number.isascii() and number.isdigit()):
        raise InputError(f"{written[:40]!r} is no place: write it like 7-2")
    return Place(int(case), int(number))


def page_of(found: Iterable[Item], most: int) -> Page[Item]:
    """Return the first `most` of what is found; nothing behind the next one is looked for."""
    items = list(islice(found, most + 1))
    return Page(items[:most], len(items) > most)
