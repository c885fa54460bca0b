"""A case in one line, as lists show it. Pure, and kept beside the events so that no list builds a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from tipstaff.casework.case import MACHINE, Case, Stage
from tipstaff.casework.due import deadline
from tipstaff.casework.events import Recorded
from tipstaff.casework.evolve import build, evolve
from tipstaff.casework.priority import FOLLOWERS, PENDING_ABOVE, Urgency, rank
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


PENDING: Final = (Standing.OPEN, Standing.APPEALED, Standing.REFUSED)
"""How a case stands that somebody has to decide or to judge; so has whatever was escalated."""


TO_DECIDE: Final = (*PENDING, Standing.HEARING)
"""How a case stands in which somebody has to decide, now or once a hearing is over."""

LOOKED_FOR: Final = (Standing.HEARING, Standing.APPEALED, Standing.REFUSED)
"""How cases stand that are listed apart from the others."""

DONE: Final = (Standing.DISMISSED, Standing.CARRIED_OUT, Standing.UPHELD, Standing.REVERSED)
"""How a case stands of which no deadline is left to be kept."""


EVERY_CASE: Final = "case"
"""The facet of all cases: by it they are listed where no other is asked for."""

SETTLED: Final = (*DONE, Standing.DECIDED)
"""How a case stands in which somebody has decided, and nobody has to again."""


class Outline(msgspec.Struct, frozen=True):
    """A case in one line: `posts` are how many items it has, `severity` that of the gravest finding.

    `complaints` are those that have no answer yet; `deadline` is that of the first order that is due. In a
    hearing, `heard_until` is when it ends. With `waits`, something waits for a second person to confirm it.
    `since` is when that came in which is to be decided. `followers` are those of the account when something
    of it came in last, `languages` those of its posts, `policies` the names of those that it has broken,
    `territories` those of the orders about it. Who works on it has `claimed_by` and `claimed_until`.
    `measured` says that a measure was ever stated in it.
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
    version: int = 0
    since: int = 0
    followers: int = 0
    measured: bool = False
    policies: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    claimed_by: str | None = None
    claimed_until: int = 0

    @property
    def due(self) -> int | None:
        """The deadline that is to be kept still."""
        return None if self.standing in DONE else self.deadline

    @property
    def urgency(self) -> Urgency:
        """What its rank follows from."""
        return Urgency(
            self.since,
            self.severity,
            self.followers,
            self.complaints,
            self.due,
            self.escalated,
            self.standing in TO_DECIDE,
        )

    @property
    def rank(self) -> int:
        """What it is listed by, the greatest first: what was escalated comes before all that was not."""
        return rank(self.urgency)

    @property
    def facets(self) -> frozenset[str]:
        """What it can be looked for by, but for what depends on the time."""
        return frozenset(_facets(self))

    def heard(self, now: int) -> bool:
        """Say whether its hearing is over at a time, in seconds: one ends by itself."""
        return self.heard_until is not None and self.heard_until <= now

    def claimed(self, now: int) -> str | None:
        """Return who works on it at a time, in seconds; None where nobody does."""
        return self.claimed_by if self.claimed_until > now else None

    def stands(self, now: int) -> str:
        """Say how the case stands at a time, in seconds."""
        told: list[str] = [Standing.HEARD if self.heard(now) else self.standing]
        told += ["waits for a second person"] if self.waits else []
        told += ["escalated"] if self.escalated else []
        return ", ".join(told)


def _facets(one: Outline) -> Iterator[str]:
    """Yield what a case can be looked for by; what has a bound has each of those below it as well."""
    yield EVERY_CASE
    yield f"kind:{one.subject.kind}"
    yield from (f"severity:{least}" for least in range(1, one.severity + 1))
    yield from (f"followers:{least}" for least, _ in FOLLOWERS if one.followers >= least)
    yield from (f"policy:{name}" for name in one.policies)
    yield from (f"language:{name}" for name in one.languages)
    yield from (f"territory:{name}" for name in one.territories)
    if one.standing in LOOKED_FOR:
        yield f"standing:{one.standing}"
    if one.claimed_by is not None:
        yield f"claim:{one.claimed_by}"
    if one.due is not None:
        yield "due"
    if one.complaints:
        yield "complaints"
    if one.escalated:
        yield "escalated"


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
        deadline(case),
        case.escalated,
        hearing.said.until if hearing else None,
        waits,
        case.version,
        case.since,
        case.followers,
        bool(case.carryings),
        tuple(dict.fromkeys(found.policy.partition("@")[0] for found in case.found)),
        case.languages,
        tuple(dict.fromkeys(one.territory for one in case.orders if one.targets)),
        case.claim.by if case.claim else None,
        case.claim.until if case.claim else 0,
    )


def rank_before(number: int, events: Iterable[Recorded]) -> int | None:
    """Return by which rank a case was listed when somebody had to decide in it last; None where nobody had.

    From there on a list goes on of what is to be decided, where the case that it goes on from is no more.
    """
    before: list[Case] = []
    for recorded in events:
        before.append(evolve(before[-1], recorded) if before else build(number, [recorded]))
    ranks = (outline(case).rank for case in reversed(before))
    return next((rank for rank in ranks if rank > PENDING_ABOVE), None)


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
