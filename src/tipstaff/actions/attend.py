"""Attending to a case or an order that owes something: statements of measures, notices, answers, reports."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.erase import finish_erasure
from tipstaff.actions.evidence import snapshots_of
from tipstaff.base.errors import TipstaffError
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import answers_due
from tipstaff.casework.events import Answered, AnyEvent, Noticed, Opened, Outcome, Proposed, Recorded, Source
from tipstaff.casework.notices import complaint_answer, proposal_notice, result_notice
from tipstaff.casework.orders.events import Reported
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import carried_out, new_posts, overdue, passed_on, report
from tipstaff.casework.owed import owed
from tipstaff.casework.tells import Tell, tells
from tipstaff.casework.words import Subject
from tipstaff.ledger.errors import LogError


@contextmanager
def telling(told: str, trouble: list[str]) -> Iterator[None]:
    """Tell what stands against going on with a case or an order: it must not keep the others waiting."""
    try:
        yield
    except LogError:
        raise
    except TipstaffError as error:
        log_event(logging.ERROR, "trouble", about=told, reason=str(error))
        trouble.append(f"{told}: {error}")


def attend_to_case(desk: Desk, case: Case) -> int:
    """Do what a case owes, whoever acts on it meanwhile; returns the number of events that came of it.

    There may be none, where its time has come and gone: then it is kept when it is next looked at. People are
    told first: measures that the ledger would refuse keep nobody waiting.
    """
    done = 0
    while True:
        if case.erasing:
            finish_erasure(desk, case)
            return done + 1
        told: list[AnyEvent] = [*_noticed(desk, case), *_answers(desk, case)]
        events = told or [*owed(case, desk.clock(), desk.table)]
        try:
            case = desk.record(case, PLATFORM, events)
        except MovedError:
            case = desk.cases.load(case.number)
            continue
        done += len(events)
        if not told:
            return done


def _noticed(desk: Desk, case: Case) -> Iterator[Noticed]:
    """Tell those who were not told yet."""
    for tell in tells(case):
        text = desk.keep(case.subject, "notice", "text", _text(tell))
        yield Noticed(tell.audience, tell.about, text)


def _text(tell: Tell) -> str:
    """Return what somebody is told."""
    if isinstance(tell.said, Proposed):
        until = datetime.fromtimestamp(tell.said.until, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return proposal_notice(tell.said, until)
    return result_notice(*tell.said)


def _answers(desk: Desk, case: Case) -> Iterator[Answered]:
    """Answer the complaints of which something has come."""
    for due in answers_due(case):
        number = due.complaint.said.number
        provision = due.decision.said.provision if due.outcome is Outcome.UPHELD else None
        told = complaint_answer(number, due.outcome, provision)
        kept = desk.keep(due.complaint.by, "answer", "text", told)
        yield Answered(number, due.outcome, kept, due.decision.said.number)


def attend_to_order(desk: Desk, order: Order, trouble: list[str]) -> int:
    """Pass an order on to the cases that it is about, and report when it was carried out.

    Returns the number of events that came of it, and tells what stands against more. While something does, or
    something comes of it, the order stays due.
    """
    before = len(trouble)
    done = _go_on(desk, order, trouble)
    if done or len(trouble) > before:
        return done
    with suppress(MovedError):
        desk.record(order, PLATFORM, [])
    # A case that has changed since it was looked at had the order due at once: that is forgotten by now.
    return _go_on(desk, order, trouble)


def _go_on(desk: Desk, order: Order, trouble: list[str]) -> int:
    """Do what follows from an order; what stands against it on one host keeps no other waiting."""
    done = 0
    cases = []
    for subject in order.subjects if order.confirmed else ():
        with telling(str(order), trouble):
            done += _pass_on(desk, order, subject)
        case = desk.cases.find(subject)
        cases += [case] if case else []
    if order.confirmed and order.report is None and carried_out(order, cases, desk.clock()):
        text = desk.keep(order_key(order), "report", "text", report(order, cases))
        with suppress(MovedError):
            desk.record(order, PLATFORM, [Reported(text)])
            done += 1
    elif overdue(order, desk.clock()):
        trouble.append(f"{order}: the deadline of {order.said.authority} {order.said.reference} has passed")
    return done


def order_key(order: Order) -> str:
    """Return under whose key the texts of an order are kept."""
    return f"order/{order.said.authority}/{order.said.reference}"


def _pass_on(desk: Desk, order: Order, subject: Subject) -> int:
    """Let the case about a subject know of an order, and of what has changed in it; returns how much."""
    case = desk.cases.find(subject)
    if case is None:
        if order.ended:
            return 0
        case = desk.cases.open(subject, Recorded(desk.clock(), PLATFORM.name, Opened(subject, Source.ORDER)))
    posts = new_posts(order, subject, case)
    snapshots = dict(zip(posts, snapshots_of(desk, subject, posts), strict=True))
    while events := passed_on(order, subject, case, snapshots):
        with suppress(MovedError):
            desk.record(case, PLATFORM, events)
            return len(events)
        case = desk.cases.load(case.number)
    return 0
