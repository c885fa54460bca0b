"""A case in one line, as lists show it. Pure, and kept beside the events so that no list builds a case."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

import msgspec

from tipstaff.casework.case import MACHINE, Case, Stage
from tipstaff.casework.words import Subject


class Standing(StrEnum):
    """How a case stands, by what was said last."""

    OPEN = "open"
    HEARING = "in hearing"
    HEARD = "to be decided: the hearing is over"
    DISMISSED = "dismissed"
    DECIDED = "decided"
    CARRIED_OUT = "carried out"
    APPEALED = "appealed against"
    UPHELD = "appeal upheld"
    REVERSED = "appeal reversed"
    REFUSED = "refused by the ledger"


_WAITING = {
    Stage.OPEN: Standing.OPEN,
    Stage.HEARING: Standing.HEARING,
    Stage.APPEALED: Standing.APPEALED,
}


_ESCALATED: Final = 10
"""What escalation adds to the rank of a case: more than any severity, which is 5 at the most."""


PENDING: Final = (Standing.OPEN, Standing.APPEALED, Standing.REFUSED)
"""How a case stands that somebody has to decide or to judge; so has whatever was escalated."""


class Outline(msgspec.Struct, frozen=True):
    """A case in one line: `posts` are how many items it has, `severity` that of the gravest finding.

    `complaints` are those that have no answer yet; `deadline` is that of the first order that is due. In a
    hearing, `heard_until` is when it ends. With `waits`, something waits for a second person to confirm it.
    """

    number: int
    subject: Subject
    posts: int
    severity: int
    rules: tuple[str, ...]
    standing: Standing
    complaints: int = 0
    deadline: int | None = None
    escalated: bool = False
    heard_until: int | None = None
    waits: bool = False

    @property
    def rank(self) -> int:
        """What it is listed by, the greatest first: what was escalated comes before all that was not."""
        return self.severity + (_ESCALATED if self.escalated else 0)

    def heard(self, now: int) -> bool:
        """Say whether its hearing is over at a time, in seconds: one ends by itself."""
        return self.heard_until is not None and self.heard_until <= now

    def stands(self, now: int) -> str:
        """Say how the case stands at a time, in seconds."""
        told: list[str] = [Standing.HEARD if self.heard(now) else self.standing]
        told += ["waits for a second person"] if self.waits else []
        told += ["escalated"] if self.escalated else []
        return ", ".join(told)


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases a list shows: those of which all this holds.

    `waiting`: something in it waits for a second person. `pending`: at that time, in seconds, somebody has to
    decide or to judge. `about`: it is the case of that subject. `hosts`: it is of one of these hosts.
    `standings`: it stands in one of these ways.
    """

    waiting: bool = False
    pending: int | None = None
    about: Subject | None = None
    hosts: Collection[str] | None = None
    standings: Collection[Standing] | None = None

    def there(self, one: Outline) -> bool:
        """Say whether a case is there at all: those of other hosts are not."""
        return self.hosts is None or one.subject.host in self.hosts

    def takes(self, one: Outline) -> bool:
        """Say whether a case is shown."""
        return (
            self.there(one)
            and (one.waits or not self.waiting)
            and (self.about is None or one.subject == self.about)
            and (self.standings is None or one.standing in self.standings)
            and (self.pending is None or one.escalated or one.standing in PENDING or one.heard(self.pending))
        )


EVERY: Final = Which()
"""All cases."""


def outline(case: Case, *, waits: bool = False) -> Outline:
    """Return a case in one line; whether something in it `waits` for a second person, the table says."""
    hearing = case.proposal if case.stage is Stage.HEARING else None
    return Outline(
        case.number,
        case.subject,
        len(case.posts),
        max((found.severity for found in case.found), default=0),
        tuple(dict.fromkeys(found.rule for found in case.found)),
        standing(case),
        sum(complaint.answered is None for complaint in case.complaints),
        case.deadline,
        case.escalated,
        hearing.said.until if hearing else None,
        waits,
    )


def standing(case: Case) -> Standing:
    """Say how a case stands."""
    if case.refusals:
        return Standing.REFUSED
    if case.stage in _WAITING:
        return _WAITING[case.stage]
    last = next(one for one in reversed(case.decisions) if one.by != MACHINE)
    if not last.said.measures:
        return Standing.DISMISSED
    if last.appeal:
        return Standing.REVERSED if last.undone else Standing.UPHELD
    done = [one.rests for one in case.carryings if one.said.decision == last.said.number]
    return Standing.CARRIED_OUT if done and all(done) else Standing.DECIDED
