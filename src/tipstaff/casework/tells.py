"""Who must still be told of a proposal, a measure, its end, or the result of an appeal. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from tipstaff.casework.case import Carrying, Case, Decision
from tipstaff.casework.events import Proposed, Result
from tipstaff.casework.words import UNSEEN, Direction

ACCOUNT: Final = "account"
READERS: Final = "readers"
AUTHORITY: Final = "authority"


class Tell(msgspec.Struct, frozen=True):
    """Something that somebody is to be told; `about` is what the notice refers to."""

    audience: str
    about: bytes
    said: Proposed | Carrying | tuple[Decision, Result]


def complainant(name: str) -> str:
    """Return the audience that one complainant is."""
    return f"complainant {name}"


def tells(case: Case) -> Iterator[Tell]:
    """Yield what was not told yet: to the account, readers, complainants, an authority for its order."""
    told = {(notice.audience, notice.about) for notice in case.notices}
    for tell in _tells(case):
        if (tell.audience, tell.about) not in told:
            yield tell


def _tells(case: Case) -> Iterator[Tell]:
    """Yield what is to be told, whether it was already or not."""
    if case.proposal:
        yield Tell(ACCOUNT, case.proposal.said.text, case.proposal.said)
    for carrying in case.carryings:
        if carrying.was_done:
            yield Tell(ACCOUNT, carrying.entry, carrying)
            kind = case.carried_out(carrying).planned(carrying.said.measure).kind
            hides = carrying.said.direction is Direction.APPLY and kind not in UNSEEN
            if hides:  # in place of what is hidden
                yield Tell(READERS, carrying.entry, carrying)
    for decision in case.decisions:
        appeal, result = decision.appeal, case.result_of(decision)
        if appeal is None or result is None:
            continue
        for audience in _concerned(case, decision, result):
            yield Tell(audience, appeal.result_entry or b"", (decision, result))


def _concerned(case: Case, decision: Decision, result: Result) -> Iterator[str]:
    """Yield whom the result of an appeal concerns: a complainant where it changes what came of theirs."""
    yield ACCOUNT
    if case.order_cited(decision):
        yield AUTHORITY
    if result is not Result.UPHELD:
        number = decision.said.number
        upheld = (one for one in case.complaints if one.answered and one.answered.decision == number)
        yield from dict.fromkeys(complainant(one.by) for one in upheld)
