"""What somebody has complained of, and what they were told: for them to see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.paging import Place
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case, Complaint
from tipstaff.casework.tells import complainant

_AT_ONCE: Final = 50
"""Cases that are read at once."""


class Complained(NamedTuple):
    """A complaint, in its case."""

    case: Case
    complaint: Complaint

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.case.number, self.complaint.said.number)

    @property
    def told(self) -> tuple[bytes, ...]:
        """What its author was told after appeals in the case, oldest first: commitments."""
        audience = complainant(self.complaint.by)
        return tuple(one.text for one in self.case.notices if one.audience == audience)


def complaint_at(desk: Desk, place: Place, by: str | None = None) -> Complained:
    """Return a complaint; where `by` is given, only if it is theirs.

    Raises `MissingError`, alike where there is none and where it is somebody else's.
    """
    missing = MissingError(f"there is no complaint {place}")
    try:
        case = desk.cases.load(place.case)
    except MissingError:
        raise missing from None
    found = case.complaint(place.number)
    if found is None or by not in (None, found.by):
        raise missing
    return Complained(case, found)


def complaints_of(
    desk: Desk, by: str, after: Place | None, *, last_first: bool = False
) -> Iterator[Complained]:
    """Yield what somebody has complained of, from behind a place on, by cases and numbers.

    With `last_first` the last come first, and behind a place are those before it.
    """
    step = -1 if last_first else 1
    there = desk.cases.complained_in(by)[::step]
    numbers = [one for one in there if after is None or one * step >= after.case * step]
    for start in range(0, len(numbers), _AT_ONCE):
        for case in desk.cases.load_all(numbers[start : start + _AT_ONCE]):
            for one in case.complaints[::step]:
                found = Complained(case, one)
                if one.by == by and (after is None or _is_behind(found.place, after, step)):
                    yield found


def _is_behind(place: Place, after: Place, step: int) -> bool:
    """Say whether a place comes behind another one, in steps forward or back."""
    return place > after if step > 0 else place < after
