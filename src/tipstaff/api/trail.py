"""The audit trail: who asked for what, for auditors."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from tipstaff.actions.access.trail import Kept, Sought
from tipstaff.actions.holdings import time_of
from tipstaff.api.parameters import Asking, Before, Moment, Most, moment_of
from tipstaff.server.problems import ASKING


class VisitView(msgspec.Struct, frozen=True):
    """A request that was answered: who asked, by which token or session, for what, from where; the status.

    `by` is `link` for who came with one, `shell` for who used a command on the machine itself (the status is
    0: it was kept before it was done), and empty for a wrong login under the name of a user.
    """

    number: int
    at: str
    user: str
    by: str
    operation: str
    path: str
    status: int
    address: str
    about: str


class VisitPage(msgspec.Struct, frozen=True):
    """A page of visits. `next` is what the next page ends before; None on the last."""

    visits: list[VisitView]
    next: int | None


def sought_of(
    user: Annotated[str | None, QueryParameter(max_length=64, description="whose")] = None,
    operation: Annotated[
        str | None, QueryParameter(max_length=64, description="of which operation, as `readCase`")
    ] = None,
    path: Annotated[
        str | None,
        QueryParameter(
            max_length=1000, pattern="^/", description="what was asked for: this and all below it"
        ),
    ] = None,
    status: Annotated[int | None, QueryParameter(ge=100, le=599, description="answered so")] = None,
    since: Moment = None,
    until: Moment = None,
) -> Sought:
    """Return which visits are sought. Raises `InputError`."""
    return Sought(user, operation, path, status, moment_of(since), moment_of(until))


@get(
    "/v1/trail",
    sync_to_thread=True,
    operation_id="readTrail",
    tags=["trail"],
    dependencies={"sought": Provide(sought_of, sync_to_thread=False)},
    responses=ASKING,
)
def read_trail(
    front: Asking,
    sought: NamedDependency[Sought],
    most: Most = 50,
    before: Before = None,
) -> VisitPage:
    """List who asked for what, the newest first. Being asked for, this is in the trail as well."""
    found = front.visits.page(sought, most, before)
    lines = [_view(one) for one in found.items]
    return VisitPage(lines, lines[-1].number if found.more else None)


def _view(kept: Kept) -> VisitView:
    """Return a visit, for who audits."""
    one = kept.visit
    return VisitView(
        kept.number,
        time_of(one.at),
        one.user,
        one.by,
        one.operation,
        one.path,
        one.status,
        one.address,
        one.about,
    )
