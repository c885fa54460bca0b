"""The audit trail: who asked for what, when, and what came of it; read by auditors."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import msgspec

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.paging import Page, page_of

LINK: Final = "link"
"""By what somebody asks who has no name here."""

SHELL: Final = "shell"
"""By what somebody asks who uses a command beside the installation: `user` is their name on the machine."""

UNPROVED: Final = ""
"""By what somebody asks who has not shown that they are the user that they say."""

NOT_KNOWN: Final = 0
"""The status of what was kept before it was done: a command has none."""

WRONG_AN_HOUR: Final = 20
"""How many wrong logins of a user are kept in an hour: whoever tries must not be able to fill the disk."""

_HOUR: Final = 3600


class Visit(msgspec.Struct, frozen=True):
    """One request of somebody who is known, as it was answered.

    `by` is the id of the token or session that they asked with, or `LINK`, `SHELL`, `UNPROVED`; `operation`
    that of the endpoint in the schema, or the command; `path` what was asked for, with its query; `at` is in
    seconds. `about` is what the path does not tell: whose account a link is about, which roles were given.
    Nothing else of what was sent or answered is in it.
    """

    at: int
    user: str
    by: str
    operation: str
    path: str
    status: int
    address: str
    about: str = ""


class Visitor(NamedTuple):
    """Who asks, as it is kept; a `path` stands for one that has a secret in it."""

    user: str
    by: str
    about: str = ""
    path: str | None = None


class Sought(NamedTuple):
    """Which visits are sought: all that fit everything that is given. `path` is one, with all below it.

    From `since` to `until`, in seconds, without the latter.
    """

    user: str | None = None
    operation: str | None = None
    path: str | None = None
    status: int | None = None
    since: int | None = None
    until: int | None = None
    by: str | None = None


class Kept(NamedTuple):
    """A visit, and its number in the trail."""

    number: int
    visit: Visit


class Trail(Protocol):
    """Where visits are kept, in the order in which they were answered."""

    def add(self, visit: Visit) -> None:
        """Keep one more."""

    def visits(self, sought: Sought, most: int, before: int | None) -> list[Kept]:
        """Return the newest that are sought, the newest first; those of lower numbers than `before`."""

    def forget(self, until: int) -> int:
        """Forget those from before a time; returns how many."""


def keep_visit(trail: Trail, visit: Visit) -> None:
    """Keep a visit; of wrong logins of a user so many an hour."""
    if visit.by == UNPROVED:
        same = Sought(visit.user, visit.operation, status=visit.status, since=visit.at - _HOUR, by=visit.by)
        if len(trail.visits(same, WRONG_AN_HOUR, None)) == WRONG_AN_HOUR:
            return
    trail.add(visit)


class Visits:
    """The trail, for those who audit."""

    def __init__(self, trail: Trail, principal: Principal) -> None:
        self._trail = trail
        self._principal = principal

    def page(self, sought: Sought, most: int, before: int | None) -> Page[Kept]:
        """Return a page of visits, the newest first. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_TRAIL)
        return page_of(self._trail.visits(sought, most + 1, before), most)
