"""Measures that were stated, case by case: for those who look at all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tipstaff.actions.cases import Delivery
from tipstaff.actions.desk import Desk
from tipstaff.actions.paging import Place
from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.words import Direction

_PAGE: Final = 50
"""Cases that are asked for at once."""


class Taken(NamedTuple):
    """A measure that was stated, in its case, and where among the statements about measures there."""

    case: Case
    carrying: Carrying
    place: Place

    @property
    def in_force(self) -> bool:
        """Whether it was seen in effect, and has no end on the ledger."""
        return self.carrying in self.case.in_force


class Owed(NamedTuple):
    """A delivery that a host is owed, and the statement about a measure that it carries out."""

    delivery: Delivery
    case: Case
    carrying: Carrying


def owed_of(desk: Desk, deliveries: Sequence[Delivery]) -> list[Owed]:
    """Return deliveries, each with its measure."""
    found = desk.cases.load_all(list(dict.fromkeys(one.case for one in deliveries)))
    stated = {
        (case.number, carrying.entry): (case, carrying) for case in found for carrying in case.carryings
    }
    return [Owed(one, *stated[one.case, one.measure]) for one in deliveries]


def measures_after(desk: Desk, after: Place | None, *, in_force: bool) -> Iterator[Taken]:
    """Yield the measures that were stated, from behind a place on; with `in_force` those alone that are."""
    start = after or Place(1, 0)
    last = start.case - 1
    while numbers := desk.cases.measured(last, _PAGE):
        for case in desk.cases.load_all(numbers):
            number = case.number
            for place, carrying in enumerate(case.carryings, start=1):
                taken = Taken(case, carrying, Place(number, place))
                applies = carrying.said.direction is Direction.APPLY
                if applies and taken.place > start and (taken.in_force or not in_force):
                    yield taken
        last = numbers[-1]
