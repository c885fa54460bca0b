"""A case in one line, as lists show it. Pure, and kept beside the events so that no list builds a case."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tipstaff.casework.case import Case, Stage
from tipstaff.casework.words import Subject


class Standing(StrEnum):
    """How a case stands, by what was said last."""

    OPEN = "open"
    HEARING = "in hearing"
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


class Outline(msgspec.Struct, frozen=True):
    """A case in one line: `posts` are how many items it has, `severity` that of the gravest finding.

    `complaints` are those that have no answer yet; `deadline` is that of the first order that is due.
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


def outline(case: Case) -> Outline:
    """Return a case in one line."""
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
    )


def standing(case: Case) -> Standing:
    """Say how a case stands."""
    if case.refused:
        return Standing.REFUSED
    if case.stage in _WAITING:
        return _WAITING[case.stage]
    last = case.decisions[-1]
    if case.stage is Stage.CLOSED:
        return Standing.REVERSED if last.said.measures else Standing.DISMISSED
    if last.appeal:
        return Standing.UPHELD
    done = [one.done for one in case.carryings if one.said.decision == last.said.number]
    return Standing.CARRIED_OUT if done and all(done) else Standing.DECIDED
