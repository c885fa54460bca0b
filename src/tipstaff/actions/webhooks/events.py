"""What webhooks are told of an event: numbers, kinds, subjects and statements, and never what somebody wrote.

What is a statement is told once it is on the ledger, with its place there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import msgspec

from tipstaff.actions.cases import Dossier
from tipstaff.actions.dossiers import build_dossier, evolved
from tipstaff.actions.holdings import Measure, Statement, measures_of, statement_of, time_of, time_or_none
from tipstaff.actions.webhooks.hooks import Changed, Message
from tipstaff.actions.webhooks.kinds import TEST, EventType
from tipstaff.actions.webhooks.penalty import Penalty, penalty_of
from tipstaff.casework.case import MACHINE, Carrying, Case
from tipstaff.casework.events import (
    Answered,
    EffectState,
    EffectStated,
    Logged,
    Noticed,
    Opened,
    Recorded,
)  # fmt: skip
from tipstaff.casework.orders.order import Order
from tipstaff.casework.tells import ACCOUNT
from tipstaff.casework.words import Direction

_ID_DIGITS: Final = 32
_encode: Final = msgspec.json.Encoder().encode


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Which case something is about, and its subject."""

    case: int
    subject: str


class CaseOpened(About, frozen=True, kw_only=True):
    """A case was opened, and why."""

    source: str


class DecisionRecorded(About, frozen=True, kw_only=True):
    """A decision is on the ledger. Without measures nothing is to be done; `by` is no name."""

    decision: int
    by: str
    provision: str
    hearing: str
    measures: tuple[Measure, ...]
    statement: Statement


class MeasureCarriedOut(About, frozen=True, kw_only=True):
    """A measure was seen in effect on its host, or its end (`direction`): for the first time."""

    decision: int
    measure: int
    direction: str
    kind: str
    target: str
    territory: str
    provision: str
    until: str | None
    statement: Statement


class NoticeSent(About, frozen=True, kw_only=True):
    """Somebody was told something: what it refers to, and whether the account, readers or others."""

    audience: str
    about: str


class AppealReceived(About, frozen=True, kw_only=True):
    """An appeal against a decision is on the ledger."""

    decision: int
    statement: Statement


class AppealJudged(AppealReceived, frozen=True, kw_only=True):
    """What comes of an appeal: it counts, and is confirmed where it needs that."""

    result: str


class ComplaintAnswered(About, frozen=True, kw_only=True):
    """A complaint got its answer, which may follow from a decision. Who complained is not told."""

    complaint: int
    outcome: str
    decision: int | None


class OrderReceived(msgspec.Struct, frozen=True, kw_only=True):
    """An order is on the ledger. It is in force once a second person has confirmed it."""

    order: int
    authority: str
    reference: str
    basis: str
    scope: str
    targets: tuple[str, ...]
    territory: str
    deadline: str
    statement: Statement


class OnTrial(msgspec.Struct, frozen=True):
    """Nothing has happened."""

    webhook: str


Data = About | OrderReceived | Penalty | OnTrial


class _Envelope(msgspec.Struct, frozen=True):
    """What is sent, as Standard Webhooks have it."""

    type: str
    timestamp: str
    data: Data


def messages_of(changed: Changed, log: bytes) -> list[Message]:
    """Return what is told of the events that were not told yet; `log` is the first statement of the ledger.

    The ids of messages follow from the events: whoever takes up the same event anew makes the same message.
    Places alone would not do: other installations have the same, and after a restore from a backup another
    event takes the place of one that was told.
    """
    messages: list[Message] = []
    before: Dossier | None = None
    for place, recorded in enumerate(changed.events, start=1):
        after = build_dossier(changed.dossier, [recorded]) if before is None else evolved(before, [recorded])
        if place > changed.told:
            for kind, data in _told(before, recorded, after):
                said = _encode([log.hex(), changed.dossier, place, kind, recorded])
                number = f"evt_{hashlib.sha256(said).hexdigest()[:_ID_DIGITS]}"
                messages.append(_message(number, kind, recorded.at, data))
        before = after
    return messages


def trial_message(webhook: str, number: str, now: int) -> Message:
    """Return a message on trial."""
    return _message(f"test_{number}", TEST, now, OnTrial(webhook))


def _message(number: str, kind: str, at: int, data: Data) -> Message:
    """Return a message."""
    return Message(number, kind, at, _encode(_Envelope(kind, time_of(at), data)))


def _told(before: Dossier | None, recorded: Recorded, after: Dossier) -> Iterator[tuple[EventType, Data]]:
    """Yield what is told of an event."""
    if isinstance(after, Order):
        if isinstance(recorded.event, Logged) and recorded.event.entry == after.entry:
            yield EventType.ORDER_RECEIVED, _order(after)
        return
    event, subject = recorded.event, str(after.subject)
    if isinstance(event, Opened):
        opened = CaseOpened(case=after.number, subject=subject, source=event.source.value)
        yield EventType.CASE_OPENED, opened
    if not isinstance(before, Case):
        return
    match event:
        case Logged():
            yield from _logged(before, event, after)
        case EffectStated():
            carrying = _carrying(after, event.measure)
            if carrying and carrying.was_done and not _carrying(before, event.measure, done=True):
                yield EventType.MEASURE_CARRIED_OUT, _carried_out(after, carrying, carrying.said.direction)
            elif carrying and _undone(after, carrying):
                yield EventType.MEASURE_CARRIED_OUT, _carried_out(after, carrying, Direction.LIFT)
        case Noticed():
            yield from _noticed(after, event, recorded.at)
        case Answered():
            yield (
                EventType.COMPLAINT_ANSWERED,
                ComplaintAnswered(
                    case=after.number,
                    subject=subject,
                    complaint=event.complaint,
                    outcome=event.outcome.value,
                    decision=event.decision,
                ),
            )


def _logged(before: Case, logged: Logged, after: Case) -> Iterator[tuple[EventType, Data]]:
    """Yield what is told of a statement of a case that is on the ledger."""
    number, subject = after.number, str(after.subject)
    for one in after.decisions:
        appeal, said = one.appeal, one.said
        if logged.entry == one.entry:
            yield (
                EventType.DECISION_RECORDED,
                DecisionRecorded(
                    case=number,
                    subject=subject,
                    decision=said.number,
                    by=MACHINE if one.by == MACHINE else "reviewer",
                    provision=said.provision,
                    hearing=said.hearing.value,
                    measures=measures_of(said),
                    statement=statement_of(after, one.entry),
                ),
            )
        if appeal is None:
            continue
        if logged.entry == appeal.entry:
            statement = statement_of(after, appeal.entry)
            received = AppealReceived(case=number, subject=subject, decision=said.number, statement=statement)
            yield EventType.APPEAL_RECEIVED, received
        result = after.result_of(one)
        if result and appeal.result_entry and before.result_of(one) is None:
            yield (
                EventType.APPEAL_JUDGED,
                AppealJudged(
                    case=number,
                    subject=subject,
                    decision=said.number,
                    result=result.value,
                    statement=statement_of(after, appeal.result_entry),
                ),
            )


def _noticed(case: Case, event: Noticed, at: int) -> Iterator[tuple[EventType, Data]]:
    """Yield what is told of a notice; of one to an account that a measure is in effect, in two shapes."""
    audience = event.audience.partition(" ")[0]  # of a complainant that they are one, and not who
    yield (
        EventType.NOTICE_SENT,
        NoticeSent(case=case.number, subject=str(case.subject), audience=audience, about=event.about.hex()),
    )
    carrying = _carrying(case, event.about)
    if carrying and event.audience == ACCOUNT and carrying.said.direction is Direction.APPLY:
        yield EventType.NOTICE_PENALTY, penalty_of(case, carrying, at)


def _undone(case: Case, carrying: Carrying) -> bool:
    """Say whether what has begun while the ledger was down, and was refused then, was just seen lifted.

    It was told that it had begun, and no statement ends it.
    """
    states = [one.state for one in carrying.effects]
    begun = carrying.said.direction is Direction.APPLY and carrying.was_done
    lifted = states[-1] is EffectState.LIFTED and states.count(EffectState.LIFTED) == 1
    return begun and lifted and carrying.entry in case.refused


def _carried_out(case: Case, carrying: Carrying, direction: Direction) -> MeasureCarriedOut:
    """Return what is told of a measure that was seen in effect, or ended."""
    decision, said = case.carried_out(carrying), carrying.said
    planned = decision.planned(said.measure)
    return MeasureCarriedOut(
        case=case.number,
        subject=str(case.subject),
        decision=said.decision,
        measure=said.measure,
        direction=direction.value,
        kind=planned.kind.value,
        target=str(decision.target(case.subject, said.target)),
        territory=planned.territory,
        provision=decision.said.provision,
        until=time_or_none(planned.until),
        statement=statement_of(case, carrying.entry),
    )


def _order(order: Order) -> OrderReceived:
    """Return what is told of an order."""
    said = order.said
    return OrderReceived(
        order=order.number,
        authority=said.authority,
        reference=said.reference,
        basis=said.basis,
        scope=said.scope.value,
        targets=tuple(map(str, said.targets)),
        territory=said.territory,
        deadline=time_of(said.deadline),
        statement=Statement(order.entry.hex(), order.logged.get(order.entry)),
    )


def _carrying(case: Case, entry: bytes, *, done: bool = False) -> Carrying | None:
    """Return what a statement carries out; with `done`, only if it was seen as it should be."""
    found = (one for one in case.carryings if one.entry == entry)
    return next((one for one in found if one.was_done or not done), None)
