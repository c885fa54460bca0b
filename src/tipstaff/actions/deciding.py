"""Deciding in a few words: what a person wants is filled up with what the case and the policy say.

So it is with proposing, and with answering a complaint.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import chosen_evidence
from tipstaff.actions.grounds import grounds
from tipstaff.actions.texts import complaint_key
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Answer, Asked, Decide, Propose
from tipstaff.casework.deciding import WHOLE
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, Outcome, Waiver
from tipstaff.casework.notices import complaint_answer
from tipstaff.casework.templates import reasons
from tipstaff.casework.words import MeasureKind
from tipstaff.config.settings import LONGEST_DELAY, LONGEST_HEARING
from tipstaff.policy.model import Language

_HOUR: Final = 3600


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be decided. Times are seconds since 1970; what is not said follows from the case.

    `posts` are what measures on content are taken on; without, the whole subject. `rules` choose the findings
    that the decision rests on. `reasons` are said, or made from a template in a language. Without measures,
    nothing is to be done: such a decision waits for no hearing, and rests on no finding.
    """

    measures: tuple[MeasureKind, ...]
    posts: tuple[str, ...] = ()
    provision: str | None = None
    policy: str | None = None
    order: int | None = None
    territory: str | None = None
    start: int | None = None
    until: int | None = None
    hearing_waived_for: Waiver | None = None
    rungs_skipped_for: Waiver | None = None
    instead_of: int | None = None
    rules: tuple[str, ...] = ()
    reasons: str | None = None
    template: Language | None = None
    delay: int | None = None


class WantedProposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be proposed; `text` is what the subject is told, `hours` the time that it has to answer.

    What is not said follows from the case and the settings.
    """

    measures: Annotated[tuple[MeasureKind, ...], Meta(min_length=1)]
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    provision: str | None = None
    policy: str | None = None
    hours: Annotated[int, Meta(ge=1, le=LONGEST_HEARING)] | None = None


def to_decide(desk: Desk, case: Case, wanted: Wanted) -> Decide:
    """Return the command, with its texts kept. Raises `CaseError` where it has nothing to rest on."""
    command = planned(desk, case, wanted)
    why = wanted.reasons
    if why is None:
        why = reasons(case, wanted.posts, command.provision, wanted.template or Language.ZH)
    return replace(
        command,
        reasons=desk.say(case.subject, "decision", "reasons", why),
        evidence=chosen_evidence(desk, case, wanted.posts, wanted.rules) if wanted.measures else None,
    )


def planned(desk: Desk, case: Case, wanted: Wanted) -> Decide:
    """Return the command without its texts, of which none is kept. Raises as `to_decide` does."""
    if (wanted.reasons is None) is (wanted.template is None):
        raise CaseError("a decision has reasons: say them, or name the language of a template, not both")
    provision, policy = grounds(desk, case, wanted.provision, wanted.policy, wanted.order)
    order = case.order(wanted.order) if wanted.order else None
    territory = wanted.territory or (order.territory if order else "world")
    if wanted.delay is not None and not 0 <= wanted.delay <= LONGEST_DELAY:
        raise CaseError(f"a decision can be taken back for 0 to {LONGEST_DELAY} seconds (`delay`)")
    heard = bool(wanted.measures) and case.proposal is not None and case.proposal.over(desk.clock())
    hearing = Hearing.HELD if heard else Hearing.NOT_DUE
    return Decide(
        provision=provision,
        policy=policy.entry if policy else None,
        policy_digest=policy.digest if policy else None,
        measures=tuple(
            Asked(kind, () if kind in WHOLE else wanted.posts, territory, wanted.until, wanted.start)
            for kind in wanted.measures
        ),
        reasons=b"",
        hearing=Hearing.WAIVED if wanted.hearing_waived_for else hearing,
        delay=desk.settings.decision_delay if wanted.delay is None else wanted.delay,
        order=wanted.order,
        instead_of=wanted.instead_of,
        waived_for=wanted.hearing_waived_for,
        skips_for=wanted.rungs_skipped_for,
    )


def to_propose(desk: Desk, case: Case, wanted: WantedProposal) -> Propose:
    """Return the command, with its text kept. Raises `CaseError` where it has nothing to rest on."""
    hours = desk.settings.hearing_hours if wanted.hours is None else wanted.hours
    if not 1 <= hours <= LONGEST_HEARING:
        raise CaseError(f"a hearing is for 1 to {LONGEST_HEARING} hours, not {hours}")
    provision = grounds(desk, case, wanted.provision, wanted.policy).provision
    text = desk.say(case.subject, "hearing", "proposal", wanted.text)
    return Propose(provision, wanted.measures, desk.clock() + hours * _HOUR, text)


def to_answer(desk: Desk, case: Case, number: int, outcome: Outcome) -> Answer:
    """Return the command, with what its author is told kept under their key. Raises `CaseError`."""
    complaint = case.complaint(number)
    if complaint is None:
        raise CaseError(f"{case} has no complaint {number}")
    told = complaint_answer(number, outcome)
    return Answer(
        number, outcome, desk.keep(complaint_key(complaint.by, case.number), "answer", "text", told)
    )
