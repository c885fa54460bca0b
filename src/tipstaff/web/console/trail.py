"""The audit trail on pages: who asked for what, when, and what came of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.params import QueryParameter

from tipstaff.actions.access.tokens import NAME_PATTERN
from tipstaff.actions.access.trail import LINK, SHELL, UNPROVED, Kept, Sought
from tipstaff.base.errors import InputError
from tipstaff.web.parameters import GREATEST, Asking
from tipstaff.web.staff_words import OPERATIONS
from tipstaff.web.view import Looking

_PAGE: Final = 50

Short = Annotated[str, QueryParameter(max_length=64)]
Long = Annotated[str, QueryParameter(max_length=1000)]
Status = Annotated[str, QueryParameter(pattern="^([1-5][0-9][0-9])?$")]
Before = Annotated[int | None, QueryParameter(ge=1, le=GREATEST)]

_NAMED: Final = re.compile(r"/(?:v1|console)/(cases|orders)/([0-9]+)(?:/|\?|$)")
_USER: Final = re.compile(r"/(?:v1/users|console/people/user)/([a-z0-9][a-z0-9._-]*)(?:/|\?|$)")
"""Where a path names something that has a page."""


class Line:
    """A visit, with where the page is of what it names; empty where it names nothing that has one."""

    def __init__(self, kept: Kept) -> None:
        self.number = kept.number
        self.visit = kept.visit
        self.words = OPERATIONS.get(kept.visit.operation, "")
        self.link = _page_of(kept.visit.path)
        self.by_link = kept.visit.by == LINK
        self.by_shell = kept.visit.by == SHELL
        self.unproved = kept.visit.by == UNPROVED
        self.known = re.fullmatch(NAME_PATTERN, kept.visit.user) is not None and not self.by_shell


@get("/console/trail", sync_to_thread=True, operation_id="showTrail")
def show_trail(  # noqa: PLR0913, PLR0917  one for each filter
    view: Looking,
    front: Asking,
    user: Short = "",
    operation: Short = "",
    path: Long = "",
    status: Status = "",
    since: Short = "",
    until: Short = "",
    before: Before = None,
) -> Response[str]:
    """Show who asked for what, the newest first. Being asked for, this is in the trail as well."""
    told = {
        "user": user.strip(),
        "operation": operation.strip(),
        "path": path.strip(),
        "status": status,
        "since": since,
        "until": until,
    }
    if told["path"] and not told["path"].startswith("/"):
        raise InputError("a path begins with /")
    sought = Sought(
        told["user"] or None,
        told["operation"] or None,
        told["path"] or None,
        int(status) if status else None,
        _moment(since),
        _moment(until),
    )
    found = front.visits.page(sought, _PAGE, before)
    return view.show(
        "console/trail.html",
        lines=list(map(Line, found.items)),
        next=found.items[-1].number if found.more else None,
        told=told,
        query=urlencode({name: value for name, value in told.items() if value}),
        operations=OPERATIONS,
    )


def _moment(written: str) -> int | None:
    """Return a time that was chosen, in UTC; None where none was. Raises `InputError`."""
    if not written:
        return None
    try:
        return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError) as error:
        raise InputError(f"{written[:40]!r} is no time: write it like 2026-12-01T08:00, in UTC") from error


def _page_of(path: str) -> str:
    """Return where the page is of what a path names; empty where there is none."""
    if found := _NAMED.match(path):
        return f"/console/{found[1]}/{found[2]}"
    if found := _USER.match(path):
        return f"/console/people/user/{quote(found[1])}"
    return ""
