"""A case in one line, as lists show it. Pure, and kept beside the events so that no list builds a case."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from tipstaff.casework.case import Case, Stage
from tipstaff.casework.events import Result
from tipstaff.casework.words import Subject

_ABOVE: Final = 1_000
"""What lifts a case that was handed on above all others: severities are far less."""


class Standing(StrEnum):
    """How a case stands."""

    OPEN = "open"
    HEARING = "hearing"
    DECIDED = "decided"
    CARRIED_OUT = "carried out"
    DISMISSED = "dismissed"
    APPEALED = "appealed"
    UPHELD = "appeal upheld"
    REVERSED = "appeal reversed"
    REFUSED = "refused by the ledger"


class Outline(msgspec.Struct, frozen=True):
    """A case in one line: `posts` are how many items it has, `severity` that of the gravest finding."""

    number: int
    subject: Subject
    posts: int
    severity: int
    rules: tuple[str, ...]
    standing: Standing
    escalated: bool = False

    @property
    def rank(self) -> int:
        """What lists go by: the severity, above all others for what was handed on."""
        return self.severity + _ABOVE * self.escalated


def outline(case: Case) -> Outline:
    """Return a case in one line."""
    return Outline(
        case.number,
        case.subject,
        len(case.posts),
        max((found.severity for found in case.found), default=0),
        tuple(dict.fromkeys(found.rule for found in case.found)),
        standing(case),
        case.escalated,
    )


def standing(case: Case) -> Standing:
    """Say how a case stands."""
    if case.refused:
        return Standing.REFUSED
    match case.stage:
        case Stage.OPEN:
            return Standing.OPEN
        case Stage.HEARING:
            return Standing.HEARING
        case Stage.APPEALED:
            return Standing.APPEALED
        case Stage.CLOSED:
            return Standing.REVERSED if case.decisions[-1].said.measures else Standing.DISMISSED
        case Stage.DECIDED:
            last = case.decisions[-1]
            if last.appeal and last.appeal.result is Result.UPHELD:
                return Standing.UPHELD
            done = [one.done for one in case.carryings if one.said.decision == last.said.number]
            return Standing.CARRIED_OUT if done and all(done) else Standing.DECIDED
