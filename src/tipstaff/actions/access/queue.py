"""The queue: cases by filters, how many there are of each, and the filters that people keep."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, NamedTuple

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.desk import Desk
from tipstaff.actions.filters import MOST_SAVED, Filter, Filters, Saved
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.outline import Outline, outline
from tipstaff.casework.which import Which

COUNTED: Final = 201
"""How far cases are counted: one more than is told, so that it is known that there are more."""

_LONGEST: Final = 40
_ID_BYTES: Final = 8


class Lines(NamedTuple):
    """A page of cases in a line each, and whether there are more."""

    lines: list[Outline]
    more: bool


class Wanted(NamedTuple):
    """A filter that is to be kept: under which name, whether for all, and for whom it comes first."""

    name: str
    filter: Filter
    shared: bool = False
    routed: tuple[str, ...] = ()


class Queue(Wing):
    """The queue, for one who asks."""

    def __init__(self, desk: Desk, principal: Principal, filters: Filters) -> None:
        super().__init__(desk, principal)
        self._filters = filters

    def page(self, chosen: Filter, most: int, after: int | None = None) -> Lines:
        """Return a page of the cases of a filter, by their rank. Raises `ForbiddenError`, `InputError`."""
        self._principal.require(Permission.READ_CASES)
        found = self._desk.cases.outlines(most + 1, after, self._which(chosen))
        return Lines(found[:most], len(found) > most)

    def counts(self, chosen: Sequence[Filter]) -> list[int]:
        """Return how many cases there are of each filter, `COUNTED` where there are more.

        Raises `ForbiddenError`.
        """
        self._principal.require(Permission.READ_CASES)
        return self._desk.cases.count(COUNTED, [self._which(one) for one in chosen])

    def first_due(self) -> Outline | None:
        """Return the case whose deadline is the next, or long over. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return self._desk.cases.first_due(Which(hosts=self._principal.queues))

    def next_of(self, chosen: Filter, listed: Sequence[int], done: int) -> int | None:
        """Return the case that comes after one that is done with, in the list that somebody works through.

        That is the first behind it that is there still, else the first of all; None where there is no other.
        Raises `ForbiddenError`.
        """
        self._principal.require(Permission.READ_CASES)
        which = self._which(chosen)
        behind = listed[listed.index(done) + 1 :] if done in listed else ()
        for number in behind:
            if self._takes(which, number):
                return number
        found = self.page(chosen, 2).lines
        return next((one.number for one in found if one.number != done), None)

    def saved(self) -> list[Saved]:
        """Return one's own filters and those that all share; first those that one is to begin with.

        Raises `ForbiddenError`.
        """
        self._principal.require(Permission.READ_CASES)
        name = self._principal.name
        return sorted(self._filters.filters(name), key=lambda one: name not in one.routed)

    def save(self, wanted: Wanted) -> Saved:
        """Keep a filter.

        Raises `ForbiddenError`, and `InputError` where there are too many, or of that name, or where it is
        one by which nothing can be looked for: with it, no list of filters could be counted.
        """
        self._principal.require(Permission.READ_CASES)
        shared = wanted.shared or bool(wanted.routed)
        if shared:
            self._principal.require(Permission.ROUTE)
        self._which(wanted.filter)
        name = " ".join(wanted.name.split())
        if not name or len(name) > _LONGEST or not name.isprintable():
            raise InputError(f"a filter has a name of up to {_LONGEST} characters")
        there = [one for one in self.saved() if one.shared is shared]
        if any(one.name == name for one in there):
            raise InputError(f"there is a filter {name} already: take another name, or remove that one")
        if len(there) >= MOST_SAVED:
            raise InputError(f"there are {MOST_SAVED} filters already: remove one that nobody uses")
        mine = self._principal.name
        number = secrets.token_hex(_ID_BYTES)
        saved = Saved(number, mine, name, shared, wanted.filter, self._desk.clock(), wanted.routed)
        self._filters.keep_filter(saved)
        return saved

    def drop(self, number: str) -> None:
        """Forget one's own filter, or one that all share. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require(Permission.READ_CASES)
        saved = self._filters.saved(number)
        if saved is None or not (saved.shared or saved.owner == self._principal.name):
            raise MissingError(f"there is no filter {number}")
        if saved.shared:
            self._principal.require(Permission.ROUTE)
        self._filters.drop_filter(number)

    def _which(self, chosen: Filter) -> Which:
        """Return what a filter means for who asks, now."""
        return chosen.which(self._principal.name, self._desk.clock(), self._principal.queues)

    def _takes(self, which: Which, number: int) -> bool:
        """Say whether a case is there, and of a filter still, as far as its events tell."""
        try:
            case = self._case(number)
        except MissingError:
            return False
        return which.takes(outline(case, waits=which.waiting))
