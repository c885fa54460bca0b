"""Measures: all that were stated, for those who read cases."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from tipstaff.actions.holdings import done_of
from tipstaff.actions.measures import Taken
from tipstaff.actions.paging import place_of
from tipstaff.actions.standing import InForce, in_force_of
from tipstaff.api.parameters import AfterPlace, Asking, Most
from tipstaff.server.problems import ASKING


class MeasureLine(InForce, frozen=True, kw_only=True):
    """A measure that was stated: of which case, what was seen of it last, and whether it is in force."""

    id: str
    case: int
    subject: str
    seen: str
    in_force: bool


class MeasurePage(msgspec.Struct, frozen=True):
    """A page of measures. `next` is what the next page begins after; None on the last."""

    measures: list[MeasureLine]
    next: str | None


@get("/v1/measures", sync_to_thread=True, operation_id="listMeasures", tags=["measures"], responses=ASKING)
def list_measures(
    front: Asking,
    most: Most = 50,
    after: AfterPlace = None,
    *,
    in_force: Annotated[bool, QueryParameter(description="those alone that are in force")] = False,
) -> MeasurePage:
    """List the measures that were stated, case by case."""
    found = front.measures(most, place_of(after) if after else None, in_force=in_force)
    lines = [_line(one) for one in found.items]
    return MeasurePage(lines, lines[-1].id if found.more else None)


def _line(taken: Taken) -> MeasureLine:
    """Return a measure in one line."""
    return MeasureLine(
        **msgspec.structs.asdict(in_force_of(taken.case, taken.carrying)),
        id=str(taken.place),
        case=taken.case.number,
        subject=str(taken.case.subject),
        seen=done_of(taken.case, taken.carrying).seen,
        in_force=taken.in_force,
    )
