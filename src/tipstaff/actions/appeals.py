"""Appeals that somebody has to judge or to confirm, and hearings: what waits longest comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, Generic, NamedTuple, TypeVar

from tipstaff.actions.desk import Desk
from tipstaff.casework.case import Appeal, Case, Decision, Proposal
from tipstaff.casework.outline import Standing
from tipstaff.casework.which import Which

MOST: Final = 200
"""Cases that are looked at for one list. Where there are more, the gravest are."""

Item = TypeVar("Item")


class Contested(NamedTuple):
    """An appeal against a decision, in its case."""

    case: Case
    decision: Decision
    appeal: Appeal

    @property
    def since(self) -> int:
        """Since when somebody else is waited for: it was lodged then, or judged."""
        return self.appeal.judged_at if self.appeal.result else self.appeal.at

    @property
    def barred(self) -> tuple[str, ...]:
        """Who may not judge it, or confirm its result: they had a part in what came before."""
        before = self.case.replaced_by(self.decision)
        judged = before.appeal.judged_by if before and before.appeal else None
        barred = {*self.decision.persons, *self.decision.judges, *((judged,) if judged else ())}
        return tuple(sorted(barred))


class Heard(NamedTuple):
    """What is proposed in a case; the subject can answer it until its hearing is over."""

    case: Case
    proposal: Proposal


class Waited(NamedTuple, Generic[Item]):
    """What waits, and whether there is more than was looked at."""

    items: list[Item]
    more: bool


def contested(desk: Desk, hosts: Collection[str] | None, *, judged: bool) -> Waited[Contested]:
    """Return the appeals that nobody has judged, or those whose result waits for a second person."""
    cases, more = _standing(desk, Standing.APPEALED, hosts)
    found = (one for case in cases for one in _appeals(case) if bool(one.appeal.result) is judged)
    return Waited(sorted(found, key=lambda one: (one.since, one.case.number)), more)


def heard(desk: Desk, hosts: Collection[str] | None) -> Waited[Heard]:
    """Return what is proposed and can be answered, or is to be decided on now: the first to end first."""
    cases, more = _standing(desk, Standing.HEARING, hosts)
    found = (Heard(case, case.proposal) for case in cases if case.proposal)
    now = desk.clock()
    ends = sorted(found, key=lambda one: (not one.proposal.over(now), one.proposal.said.until))
    return Waited(ends, more)


def _appeals(case: Case) -> Iterator[Contested]:
    """Yield the appeals of a case that are not settled."""
    for decision in case.decisions:
        appeal = decision.appeal
        if appeal and (appeal.result is None or appeal.unconfirmed):
            yield Contested(case, decision, appeal)


def _standing(desk: Desk, standing: Standing, hosts: Collection[str] | None) -> tuple[list[Case], bool]:
    """Return cases that stand in a way, and whether there are more."""
    lines = desk.cases.outlines(MOST + 1, None, Which(standing=standing, hosts=hosts))
    return desk.cases.load_all([one.number for one in lines[:MOST]]), len(lines) > MOST
