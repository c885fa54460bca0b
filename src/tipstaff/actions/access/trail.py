"""The audit trail: who asked for what, when, and what came of it; read by auditors."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.paging import Page, page_of


class Visit(msgspec.Struct, frozen=True):
    """One request of somebody who is known, as it was answered.

    `by` is the id of the token or session that they asked with, `operation` that of the endpoint in the
    schema, `path` what was asked for, with its query; `at` is in seconds. Nothing of what was sent or
    answered is in it.
    """

    at: int
    user: str
    by: str
    operation: str
    path: str
    status: int
    address: str


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


class Visits:
    """The trail, for those who audit."""

    def __init__(self, trail: Trail, principal: Principal) -> None:
        self._trail = trail
        self._principal = principal

    def page(self, sought: Sought, most: int, before: int | None) -> Page[Kept]:
        """Return a page of visits, the newest first. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_TRAIL)
        return page_of(self._trail.visits(sought, most + 1, before), most)
