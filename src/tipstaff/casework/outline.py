"""A case in one line, as lists show it. Pure, and kept beside the events so that no list builds a case."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tipstaff.casework.case import Case
from tipstaff.casework.events import Result
from tipstaff.casework.words import Subject


class Standing(StrEnum):
    """How a case stands, by what was said last."""

    UNDECIDED = "undecided"
    DECIDED = "decided"
    CARRIED_OUT = "carried out"
    APPEALED = "appealed against"
    UPHELD = "appeal upheld"
    REVERSED = "appeal reversed"
    VARIED = "appeal varied"
    REFUSED = "refused by the ledger"


_JUDGED = {
    Result.UPHELD: Standing.UPHELD,
    Result.REVERSED: Standing.REVERSED,
    Result.VARIED: Standing.VARIED,
}


class Outline(msgspec.Struct, frozen=True):
    """A case in one line: `posts` are how many items it has, `severity` that of the gravest finding."""

    number: int
    subject: Subject
    posts: int
    severity: int
    rules: tuple[str, ...]
    standing: Standing


def outline(case: Case) -> Outline:
    """Return a case in one line."""
    return Outline(
        case.number,
        case.subject,
        len(case.posts),
        max((found.severity for found in case.found), default=0),
        tuple(dict.fromkeys(found.rule for found in case.found)),
        standing(case),
    )


def standing(case: Case) -> Standing:
    """Say how a case stands."""
    if case.refused:
        return Standing.REFUSED
    if not case.decisions:
        return Standing.UNDECIDED
    last = case.decisions[-1]
    if last.appeal:
        return _JUDGED[last.appeal.result] if last.appeal.result else Standing.APPEALED
    done = [one.done for one in case.carryings if one.said.decision == last.said.number]
    return Standing.CARRIED_OUT if done and all(done) else Standing.DECIDED
