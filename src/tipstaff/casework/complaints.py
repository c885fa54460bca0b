"""Complaints: what is told to who complained, and whose complaints are not taken for a while. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tipstaff.casework.case import MACHINE, Carrying, Case, Complaint, Decision
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Outcome, Result
from tipstaff.casework.words import UNSEEN, Direction

ABUSIVE_ALLOWED: Final = 2
"""Abusive complaints within `ABUSE_WINDOW` that nothing comes of; the next one mutes."""

ABUSE_WINDOW: Final = 90 * 86400
"""Seconds for which an abusive complaint counts."""

MUTED_FOR: Final = 30 * 86400
"""Seconds for which no complaint is taken after one too many."""


class Told(msgspec.Struct, frozen=True):
    """A complaint as it counts for its author: when it was made, what came of it and when.

    It does not count, neither for them nor against, where an appeal has `undone` what it came of.
    """

    at: int
    outcome: Outcome | None = None
    answered_at: int | None = None
    undone: bool = False


def told(case: Case, complaint: Complaint) -> Told:
    """Return how a complaint counts: not once the decision that its answer follows from has been undone.

    One that was upheld counts all the same where another decision bears it out, and stands.
    """
    answered = complaint.answered
    if answered is None:
        return Told(complaint.at)
    decision = None if answered.decision is None else case.decision(answered.decision)
    undone = decision is not None and case.result_of(decision) in (Result.REVERSED, Result.VARIED)
    if undone and answered.outcome is Outcome.UPHELD:
        undone = not any(_bears_out(case, one, complaint) for one in _standing(case))
    return Told(complaint.at, answered.outcome, complaint.answered_at, undone)


class Standing(msgspec.Struct, frozen=True):
    """How reliable somebody's complaints were; until `muted_until` none of theirs is taken."""

    upheld: int
    dismissed: int
    abusive: int
    waiting: int
    muted_until: int | None


def standing(told: Sequence[Told], now: int) -> Standing:
    """Weigh somebody's complaints."""
    counting = [one for one in told if not one.undone]
    outcomes = Counter(one.outcome for one in counting)
    abusive = sorted(one.answered_at or one.at for one in counting if one.outcome is Outcome.ABUSIVE)
    recent = [at for at in abusive if at > now - ABUSE_WINDOW]
    muted_until = recent[-1] + MUTED_FOR if len(recent) > ABUSIVE_ALLOWED else None
    return Standing(
        outcomes[Outcome.UPHELD],
        outcomes[Outcome.DISMISSED],
        len(abusive),
        outcomes[None],
        muted_until if muted_until and muted_until > now else None,
    )


def check_standing(told: Sequence[Told], now: int) -> None:
    """Refuse a complaint from somebody who is muted, and say until when, and why. Raises `CaseError`."""
    found = standing(told, now)
    if found.muted_until is not None:
        raise CaseError(
            f"no complaint of yours is taken for another {-(-(found.muted_until - now) // 86400)} days: "
            f"{found.abusive} were found to be made in bad faith"
        )


class Due(msgspec.Struct, frozen=True):
    """An answer that a complainant is owed, and the decision that it comes of."""

    complaint: Complaint
    outcome: Outcome
    decision: Decision


def answers_due(case: Case) -> Iterator[Due]:
    """Yield the answers that follow from decisions on the ledger, for complaints that have none.

    A complaint is upheld once a measure was taken on what it is about: by a later decision of a person, or by
    an earlier one whose measure still hides it. A later decision that orders nothing dismisses it.
    """
    for complaint in case.complaints:
        if complaint.answered:
            continue
        for decision in _standing(case):
            taken = _bears_out(case, decision, complaint)
            if taken or (decision.said.number > complaint.since and not decision.said.measures):
                yield Due(complaint, Outcome.UPHELD if taken else Outcome.DISMISSED, decision)
                break


def _standing(case: Case) -> Iterator[Decision]:
    """Yield the decisions of persons that are on the ledger, and that no appeal has undone."""
    for decision in case.decisions:
        if decision.entry in case.logged and decision.by != MACHINE and not decision.undone:
            yield decision


def _bears_out(case: Case, decision: Decision, complaint: Complaint) -> bool:
    """Say whether a measure of a decision is on what a complaint is about: since then, or still."""
    later = decision.said.number > complaint.since
    return (_later_on if later else _still_on)(case, decision, complaint.said.post)


def _later_on(case: Case, decision: Decision, post: str | None) -> bool:
    """Say whether a measure was taken on a post or its subject; for a whole subject any post counts."""
    return any(post is None or on in (None, post) for _, on in _taken(case, decision))


def _still_on(case: Case, decision: Decision, post: str | None) -> bool:
    """Say whether a measure hides a post, or all of the subject, that was taken before and has not ended."""
    return any(
        on in (None, post)
        and decision.planned(carrying.said.measure).kind not in UNSEEN
        and not case.has_ended(carrying)
        for carrying, on in _taken(case, decision)
    )


def _taken(case: Case, decision: Decision) -> Iterator[tuple[Carrying, str | None]]:
    """Yield what was carried out of a decision, and on which post, None for the whole subject."""
    for carrying in case.carryings:
        said = carrying.said
        done = carrying.was_done or carrying.gone  # what is gone, nobody sees any more
        if said.decision == decision.said.number and said.direction is Direction.APPLY and done:
            yield carrying, decision.target(case.subject, said.target).post
