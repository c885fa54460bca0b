"""Cases as they are shown: by the API and by pages, their texts opened, times in ISO 8601."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tipstaff.actions.desk import Desk
from tipstaff.actions.documents import digest_of
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
from tipstaff.actions.preview import Outlook, Reach
from tipstaff.actions.standing import Counted, Hearing, counted_of, hearing_of
from tipstaff.casework.awaited import measure_waits
from tipstaff.casework.case import Appeal, Case, Complaint, Decision, Proposal
from tipstaff.casework.complaints import told
from tipstaff.casework.events import Found
from tipstaff.casework.lapses import stage_shown
from tipstaff.casework.order_on import OrderOn
from tipstaff.casework.outline import Outline
from tipstaff.ledger.table import Table


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
    title: str | None
    text: str | None
    images: tuple[str, ...]
    found: list[Finding]


class ComplaintView(msgspec.Struct, frozen=True):
    """A complaint, and what came of it, which does not count where an appeal has `undone` that."""

    number: int
    by: str
    at: str
    reason: str
    post: str | None
    text: str
    outcome: str | None
    answer: str | None
    undone: bool


class NoteView(msgspec.Struct, frozen=True):
    """What somebody wrote for the others; `asked` is whom they asked for an opinion."""

    by: str
    at: str
    text: str
    asked: str | None


class ProposalView(Hearing, frozen=True, kw_only=True):
    """What was proposed, by whom, and what the subject has answered."""

    by: str


class OrderOnView(msgspec.Struct, frozen=True):
    """What is left of an order about the subject: `posts`, or all of it where `whole`."""

    number: int
    authority: str
    reference: str
    whole: bool
    posts: tuple[str, ...]
    territory: str
    deadline: str


class SuspicionView(msgspec.Struct, frozen=True):
    """A closed account that the subject may be again, by its case, and the kinds of what both share."""

    case: int
    shared: tuple[str, ...]


class AppealView(msgspec.Struct, frozen=True):
    """An appeal, and what came of it; where its result `waits` for a second person, nothing did yet.

    `attachment` is the SHA-256 of the document that came with it.
    """

    text: str
    attachment: str | None
    result: str | None
    judged_by: str | None
    answer: str | None
    waits: bool
    confirmed_by: tuple[str, ...]


class DecisionView(msgspec.Struct, frozen=True):
    """A decision, what was proposed before it, and what became of it.

    With `waits` something that it orders waits for a second person.
    """

    number: int
    by: str
    at: str
    provision: str
    measures: tuple[Measure, ...]
    reasons: str
    hearing: str
    proposals: list[ProposalView]
    order: str | None
    statement: Statement
    waits: bool
    confirmed_by: tuple[str, ...]
    carried_out: tuple[Done, ...]
    appeal: AppealView | None


class CaseView(msgspec.Struct, frozen=True):
    """A case in full, as it stands at a version.

    `proposals` are those that nobody has decided on, the last of which can be answered; `refusals`, why the
    ledger has refused what nobody has said again since.
    """

    number: int
    version: int
    subject: str
    stage: str
    opened_at: str
    claimed_by: str | None
    posts: list[PostView]
    complaints: list[ComplaintView]
    orders: list[OrderOnView]
    suspected: list[SuspicionView]
    notes: list[NoteView]
    proposals: list[ProposalView]
    decisions: list[DecisionView]
    refusals: list[str]


class OutlookView(Reach, frozen=True):
    """What measures would hit; strikes that are alive, and what the ladder of a policy has `next`.

    `policy` is None, and there is no ladder, where nothing was found.
    """

    policy: str | None
    strikes: list[Counted]
    next: list[Measure]


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


def view_of(desk: Desk, case: Case, posts: Sequence[str] | None = None) -> CaseView:
    """Return a case in full; with some of its `posts` alone where these are named."""
    now, table = desk.clock(), desk.table
    claim = case.claim if case.claim and case.claim.until > now else None
    return CaseView(
        number=case.number,
        version=case.version,
        subject=str(case.subject),
        stage=stage_shown(case, table, now).value,
        opened_at=time_of(case.opened_at),
        claimed_by=claim.by if claim else None,
        posts=[_post(desk, case, post) for post in (case.posts if posts is None else posts)],
        complaints=[_complaint(desk, case, one) for one in case.complaints],
        orders=[_order(one) for one in case.orders],
        suspected=[SuspicionView(one.case, one.shared) for one in case.suspected],
        notes=[NoteView(one.by, time_of(one.at), desk.text(one.text), one.asked) for one in case.notes],
        proposals=_proposals(desk, case.proposals),
        decisions=[_decision(desk, case, one, table, now) for one in case.decisions],
        refusals=[case.refused[one.entry] for one in case.refusals],
    )


def may_have_faded(desk: Desk, case: Case) -> bool:
    """Say whether a case may show less than it did at the same version.

    A claim ends by its time, and so does waiting for a second person; texts go before it is an event.
    """
    now, table = desk.clock(), desk.table
    return (
        case.erasing is not None
        or (case.claim is not None and case.claim.until <= now)
        or any(
            measure_waits(case, decision, one, table, 0)
            and not measure_waits(case, decision, one, table, now)
            for decision in case.decisions
            for one in decision.said.measures
        )
    )


def outlook_of(seen: Outlook) -> OutlookView:
    """Return what is to be known before a case is decided."""
    return OutlookView(
        **msgspec.structs.asdict(seen.reach),
        policy=seen.strikes.policy,
        strikes=[counted_of(one) for one in seen.strikes.alive],
        next=[
            Measure(
                kind=one.kind.value,
                territory=one.territory,
                posts=one.posts,
                start=time_or_none(one.start),
                until=time_or_none(one.until),
            )
            for one in seen.next
        ],
    )


def _post(desk: Desk, case: Case, post: str) -> PostView:
    """Return a post of a case."""
    item = as_it_was(desk, case, post)
    found = [finding_of(desk, one) for one in case.found if one.post == post]
    title, text = (item.title, item.text) if item else (None, None)
    return PostView(post, title, text, item.shown if item else (), found)


def finding_of(desk: Desk, found: Found) -> Finding:
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


def _complaint(desk: Desk, case: Case, complaint: Complaint) -> ComplaintView:
    """Return a complaint in a case."""
    said, answered = complaint.said, complaint.answered
    return ComplaintView(
        said.number,
        complaint.by,
        time_of(complaint.at),
        said.reason.value,
        said.post,
        desk.text(said.text),
        answered.outcome.value if answered else None,
        desk.text(answered.text) if answered else None,
        told(case, complaint).undone,
    )


def _order(order: OrderOn) -> OrderOnView:
    """Return what is left of an order about the subject of a case."""
    return OrderOnView(
        order.said.order,
        order.said.authority,
        order.said.reference,
        None in order.targets,
        tuple(post for post in order.targets if post is not None),
        order.territory,
        time_of(order.deadline),
    )


def _proposals(desk: Desk, proposals: Iterable[Proposal]) -> list[ProposalView]:
    """Return what was proposed."""
    return [ProposalView(**msgspec.structs.asdict(hearing_of(desk, one)), by=one.by) for one in proposals]


def _decision(desk: Desk, case: Case, decision: Decision, table: Table, now: int) -> DecisionView:
    """Return a decision of a case."""
    said, order = decision.said, case.order_cited(decision)
    return DecisionView(
        number=said.number,
        by=decision.by,
        at=time_of(decision.at),
        provision=said.provision,
        measures=measures_of(said),
        reasons=desk.text(said.reasons),
        hearing=said.hearing.value,
        proposals=_proposals(desk, decision.proposals),
        order=f"{order.said.authority} {order.said.reference}" if order else None,
        statement=statement_of(case, decision.entry),
        waits=any(measure_waits(case, decision, one, table, now) for one in said.measures),
        confirmed_by=tuple(one.by for one in decision.confirmations),
        carried_out=tuple(done_of(case, one) for one in case.carryings if one.said.decision == said.number),
        appeal=_appeal(desk, decision.appeal) if decision.appeal else None,
    )


def _appeal(desk: Desk, appeal: Appeal) -> AppealView:
    """Return an appeal against a decision."""
    return AppealView(
        desk.text(appeal.text),
        digest_of(desk, appeal.attachment),
        appeal.result.value if appeal.result else None,
        appeal.judged_by,
        desk.text(appeal.answer) if appeal.answer else None,
        appeal.unconfirmed,
        tuple(one.by for one in appeal.confirmations),
    )
