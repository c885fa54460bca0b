"""Which cases a list shows, in a database and in memory alike. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from tipstaff.casework.outline import PENDING, Outline, Standing
from tipstaff.casework.words import Subject, SubjectKind


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases a list shows: those of which all this holds.

    `waiting`: something in it waits for a second person. `pending`: at that time, in seconds, somebody has to
    decide or to judge. `about`: it is the case of that subject. `hosts`: it is of one of these hosts.

    `severity` and `followers` are the least that it has; of followers, one of the bounds in `FOLLOWERS`. It
    is about a post under `policy`, or in `language`, or under an order for `territory`. `due`: it has a
    deadline; with `due_by`, at that time at the latest. `claimed_by`: that person works on it at
    `claimed_at`; with `free_at`, nobody does then. `standing` is how it stands, one of those `LOOKED_FOR`.
    """

    waiting: bool = False
    pending: int | None = None
    about: Subject | None = None
    hosts: Collection[str] | None = None
    kind: SubjectKind | None = None
    severity: int = 0
    followers: int = 0
    policy: str | None = None
    language: str | None = None
    territory: str | None = None
    due: bool = False
    due_by: int | None = None
    claimed_by: str | None = None
    claimed_at: int = 0
    free_at: int | None = None
    escalated: bool = False
    complaints: bool = False
    standing: Standing | None = None

    @property
    def facets(self) -> tuple[str, ...]:
        """The facets that it has to have, those first that few cases have."""
        return tuple(_facets(self))

    def there(self, one: Outline) -> bool:
        """Say whether a case is there at all: those of other hosts are not."""
        return self.hosts is None or one.subject.host in self.hosts

    def takes(self, one: Outline) -> bool:
        """Say whether a case is shown."""
        return (
            self.there(one)
            and (one.waits or not self.waiting)
            and (self.about is None or one.subject == self.about)
            and (self.pending is None or one.escalated or one.standing in PENDING or one.heard(self.pending))
            and one.facets.issuperset(self.facets)
            and (self.due_by is None or (one.due is not None and one.due <= self.due_by))
            and (self.claimed_by is None or one.claimed_until > self.claimed_at)
            and (self.free_at is None or one.claimed(self.free_at) is None)
        )


def _facets(which: Which) -> Iterator[str]:
    """Yield the facets that a case has to have."""
    if which.claimed_by is not None:
        yield f"claim:{which.claimed_by}"
    if which.standing is not None:
        yield f"standing:{which.standing}"
    if which.due or which.due_by is not None:
        yield "due"
    if which.escalated:
        yield "escalated"
    if which.territory is not None:
        yield f"territory:{which.territory}"
    if which.complaints:
        yield "complaints"
    if which.followers:
        yield f"followers:{which.followers}"
    if which.policy is not None:
        yield f"policy:{which.policy}"
    if which.language is not None:
        yield f"language:{which.language}"
    if which.severity:
        yield f"severity:{which.severity}"
    if which.kind is not None:
        yield f"kind:{which.kind}"


EVERY: Final = Which()
"""All cases."""
