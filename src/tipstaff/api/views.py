"""What the API says of cases: their texts opened, times in ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import as_it_was
from tipstaff.actions.holdings import (
    Done,
    Measure,
    Statement,
    done_of,
    measures_of,
    statement_of,
    time_of,
    time_or_none,
)
from tipstaff.casework.case import Case, Decision
from tipstaff.casework.events import Found
from tipstaff.casework.lapses import stage_shown
from tipstaff.casework.outline import Outline


class CaseLine(msgspec.Struct, frozen=True):
    """A case in one line. `waits` says that something in it waits for a second person."""

    number: int
    subject: str
    standing: str
    posts: int
    severity: int
    rules: tuple[str, ...]
    complaints: int
    deadline: str | None
    escalated: bool
    waits: bool


class CasePage(msgspec.Struct, frozen=True):
    """A page of cases. `next` is what the next page begins after; None on the last."""

    cases: list[CaseLine]
    next: int | None


class Finding(msgspec.Struct, frozen=True):
    """What was found on a post. `evidence` are passages, by field and place, as they were kept."""

    policy: str
    rule: str
    provision: str
    severity: int
    evidence: list[dict[str, object]]


class PostView(msgspec.Struct, frozen=True):
    """A post as it came into the case; without a text where that was erased."""

    id: str
    text: str | None
    images: tuple[str, ...]
    found: list[Finding]


class ComplaintView(msgspec.Struct, frozen=True):
    """A complaint, and what came of it."""

    number: int
    by: str
    at: str
    reason: str
    post: str | None
    text: str
    outcome: str | None


class NoteView(msgspec.Struct, frozen=True):
    """What somebody wrote for the others; `asked` is whom they asked for an opinion."""

    by: str
    at: str
    text: str
    asked: str | None


class AppealView(msgspec.Struct, frozen=True):
    """An appeal, and what came of it."""

    text: str
    result: str | None
    judged_by: str | None
    answer: str | None


class DecisionView(msgspec.Struct, frozen=True):
    """A decision, and what became of it."""

    number: int
    by: str
    at: str
    provision: str
    measures: tuple[Measure, ...]
    reasons: str
    hearing: str
    order: str | None
    statement: Statement
    confirmed_by: tuple[str, ...]
    carried_out: tuple[Done, ...]
    appeal: AppealView | None


class CaseView(msgspec.Struct, frozen=True):
    """A case in full, as it stands at a version."""

    number: int
    version: int
    subject: str
    stage: str
    opened_at: str
    claimed_by: str | None
    posts: list[PostView]
    complaints: list[ComplaintView]
    notes: list[NoteView]
    decisions: list[DecisionView]


def line_of(one: Outline, now: int) -> CaseLine:
    """Return a case in one line."""
    return CaseLine(
        one.number,
        str(one.subject),
        one.stands(now),
        one.posts,
        one.severity,
        one.rules,
        one.complaints,
        time_or_none(one.deadline),
        one.escalated,
        one.waits,
    )


def view_of(desk: Desk, case: Case) -> CaseView:
    """Return a case in full."""
    claim = case.claim if case.claim and case.claim.until > desk.clock() else None
    return CaseView(
        number=case.number,
        version=case.version,
        subject=str(case.subject),
        stage=stage_shown(case, desk.table).value,
        opened_at=time_of(case.opened_at),
        claimed_by=claim.by if claim else None,
        posts=[_post(desk, case, post) for post in case.posts],
        complaints=[
            ComplaintView(
                one.said.number,
                one.by,
                time_of(one.at),
                one.said.reason.value,
                one.said.post,
                desk.text(one.said.text),
                one.answered.outcome.value if one.answered else None,
            )
            for one in case.complaints
        ],
        notes=[NoteView(one.by, time_of(one.at), desk.text(one.text), one.asked) for one in case.notes],
        decisions=[_decision(desk, case, one) for one in case.decisions],
    )


def _post(desk: Desk, case: Case, post: str) -> PostView:
    """Return a post of a case."""
    item = as_it_was(desk, case, post)
    found = [_finding(desk, one) for one in case.found if one.post == post]
    return PostView(post, item.text if item else None, item.shown if item else (), found)


def _finding(desk: Desk, found: Found) -> Finding:
    """Return a finding."""
    kept = desk.opened(found.evidence) if found.evidence else None
    evidence = kept if isinstance(kept, Sequence) and not isinstance(kept, str | bytes) else ()
    return Finding(
        found.policy,
        found.rule,
        found.provision,
        found.severity,
        [{str(name): value for name, value in one.items()} for one in evidence if isinstance(one, Mapping)],
    )


def _decision(desk: Desk, case: Case, decision: Decision) -> DecisionView:
    """Return a decision of a case."""
    said, appeal, order = decision.said, decision.appeal, case.order_cited(decision)
    return DecisionView(
        number=said.number,
        by=decision.by,
        at=time_of(decision.at),
        provision=said.provision,
        measures=measures_of(said),
        reasons=desk.text(said.reasons),
        hearing=said.hearing.value,
        order=f"{order.said.authority} {order.said.reference}" if order else None,
        statement=statement_of(case, decision.entry),
        confirmed_by=tuple(one.by for one in decision.confirmations),
        carried_out=tuple(done_of(case, one) for one in case.carryings if one.said.decision == said.number),
        appeal=AppealView(
            desk.text(appeal.text),
            appeal.result.value if appeal.result else None,
            appeal.judged_by,
            desk.text(appeal.answer) if appeal.answer else None,
        )
        if appeal
        else None,
    )
