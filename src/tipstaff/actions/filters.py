"""Which cases a reviewer wants to see, in their words: what filters are made of, saved ones as well."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta

from tipstaff.base.errors import InputError
from tipstaff.casework.priority import FOLLOWERS
from tipstaff.casework.which import Which
from tipstaff.casework.words import SubjectKind, target_of

_HOUR: Final = 3600

MOST_SAVED: Final = 12
"""How many filters somebody may have, and how many all may share."""

_Name = Annotated[str, Meta(max_length=200)]


class Show(StrEnum):
    """Which cases, by what they wait for."""

    PENDING = "pending"
    """Somebody has to decide or to judge."""
    WAITING = "waiting"
    """A second person has to confirm something."""
    ALL = "all"


class Due(StrEnum):
    """Which cases, by their deadline: the numbers are hours from now."""

    ANY = "any"
    OVERDUE = "overdue"
    DAY = "24"
    THREE_DAYS = "72"
    WEEK = "168"


class Claimed(StrEnum):
    """Which cases, by who works on them."""

    MINE = "mine"
    NOBODY = "nobody"


class Filter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which cases somebody wants to see: those of which all of it holds. What is empty says nothing.

    `severity` and `followers` are the least that a case has, `about` is whose it is: HOST/KIND/NAME.
    """

    show: Show = Show.PENDING
    policy: _Name = ""
    severity: Annotated[int, Meta(ge=0, le=5)] = 0
    followers: int = 0
    language: Annotated[str, Meta(max_length=8)] = ""
    territory: _Name = ""
    due: Due | None = None
    kind: SubjectKind | None = None
    claim: Claimed | None = None
    escalated: bool = False
    complaints: bool = False
    about: Annotated[str, Meta(max_length=600)] = ""

    def __post_init__(self) -> None:
        """Refuse a number of followers by which no case is found, and a NUL. Raises `ValueError`."""
        if "\0" in f"{self.policy}{self.language}{self.territory}{self.about}":
            raise ValueError("there is a NUL in it, by which no database can be asked")
        if self.followers not in {0, *(least for least, _ in FOLLOWERS)}:
            raise ValueError(f"followers: there are {', '.join(str(least) for least, _ in FOLLOWERS)}")

    def which(self, who: str, now: int, hosts: Collection[str] | None) -> Which:
        """Return what it means for somebody, at a time, in seconds. Raises `InputError`."""
        by = {Due.ANY: None, Due.OVERDUE: now}
        due = self.due
        return Which(
            waiting=self.show is Show.WAITING,
            pending=now if self.show is Show.PENDING else None,
            about=target_of(self.about).subject if self.about else None,
            hosts=hosts,
            kind=self.kind,
            severity=self.severity,
            followers=self.followers,
            policy=self.policy or None,
            language=self.language or None,
            territory=self.territory or None,
            due=due is not None,
            due_by=None if due is None else by[due] if due in by else now + int(due) * _HOUR,
            claimed_by=who if self.claim is Claimed.MINE else None,
            claimed_at=now,
            free_at=now if self.claim is Claimed.NOBODY else None,
            escalated=self.escalated,
            complaints=self.complaints,
        )


class Saved(msgspec.Struct, frozen=True):
    """A filter that somebody keeps under a name. One that is `shared` is there for all who read cases.

    For those whom it is `routed` to, it comes first.
    """

    id: str
    owner: str
    name: str
    shared: bool
    filter: Filter
    made_at: int
    routed: tuple[str, ...] = ()


class Filters(Protocol):
    """Where saved filters are kept."""

    def filters(self, owner: str) -> list[Saved]:
        """Return the filters of somebody and those that all share, the oldest first."""

    def saved(self, number: str) -> Saved | None:
        """Return a filter by its id."""

    def keep_filter(self, saved: Saved) -> None:
        """Keep a filter, in place of what was kept of it before."""

    def drop_filter(self, number: str) -> None:
        """Forget a filter; of none nothing is done."""


def filter_of(written: dict[str, str]) -> Filter:
    """Return the filter that is written in words, as in a query; what is empty is not there.

    Raises `InputError`.
    """
    told = {name: value for name, value in written.items() if value}
    try:
        chosen = msgspec.convert(told, Filter, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(f"that is no filter of cases: {error}") from error
    if chosen.about:
        target_of(chosen.about)  # or one that is kept would have every list fail that counts it
    return chosen


def words_of(chosen: Filter) -> dict[str, str]:
    """Return a filter in words, as `filter_of` reads it: what is not empty alone."""
    told: dict[str, object] = msgspec.to_builtins(chosen)
    return {name: str(value).lower() if value is True else str(value) for name, value in told.items()}
