"""Attending to a case or an order that owes something: statements of measures, notices, answers, reports."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from tipstaff.actions.cases import Mark, MovedError
from tipstaff.actions.desk import PLATFORM, Desk, leaving_nothing
from tipstaff.actions.drift import read_back, state_drift
from tipstaff.actions.erase import erase_in_time, finish_erasure, ready_to_keep
from tipstaff.actions.evidence import snapshots_of
from tipstaff.actions.notices import noticed
from tipstaff.actions.texts import complaint_key, order_key
from tipstaff.actions.trouble import Trouble, telling
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import answers_due
from tipstaff.casework.events import Answered, AnyEvent, Opened, Outcome, Recorded, Source
from tipstaff.casework.notices import complaint_answer
from tipstaff.casework.orders import rounds
from tipstaff.casework.orders.events import Reported
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import (
    new_posts,
    overdue,
    passed_on,
    report,
    report_due,
    reported_on,
)
from tipstaff.casework.owed import owed
from tipstaff.casework.rounds import erased_from
from tipstaff.casework.words import Subject

_MARKS: Final = 2**62
"""Times before 1970: each is due, and none is ever drawn twice."""


def states_something(desk: Desk, case: Case) -> bool:
    """Say whether statements come of attending to a case now."""
    return case.erasing is not None or any(owed(case, desk.clock(), desk.table))


def attend_to_case(desk: Desk, case: Case, trouble: list[Trouble], ask: Callable[[], None]) -> int:
    """Do what a case owes, whoever acts on it meanwhile; returns the number of events that came of it.

    People are told first: measures that the ledger would refuse keep nobody waiting. What is due and owes
    nothing is due by the clock alone. While something is noted that stands against that, it stays due. `ask`
    asks the ledger, before a round states anything, whether it would take that. Raises its `LogError`.
    """
    done = 0
    while True:
        if case.erasing:
            return done + _erase(desk, case, trouble)
        told: list[AnyEvent] = [*noticed(desk, case), *_answers(desk, case)]
        events = told or [*owed(case, desk.clock(), desk.table)]
        if not events and not done:
            return _go_round(desk, case, trouble, ask)
        try:
            case = desk.record(case, PLATFORM, events)
        except MovedError:
            case = desk.cases.load(case.number)
            continue
        done += len(events)
        if not told:
            return done


def _erase(desk: Desk, case: Case, trouble: list[Trouble]) -> int:
    """Finish erasing texts of a case; returns the number of events that came of it.

    The vault may be busy, so what is owed and needs no text is stated before; what stands against the one
    keeps the other not waiting.
    """
    done = 0
    with telling(str(case), trouble), suppress(MovedError):  # it is owed still: the next turn states it
        events = [*owed(case, desk.clock(), desk.table)]
        if events:
            desk.record(case, PLATFORM, events)
            done += len(events)
    with telling(str(case), trouble):
        finish_erasure(desk, case)
        done += 1
    return done


def _go_round(desk: Desk, case: Case, trouble: list[Trouble], ask: Callable[[], None]) -> int:
    """Erase the texts of a case whose time is over, or else read back its measures; returns what came of it.

    There may be nothing, where the time of something has come and gone: then it is kept when the case is next
    looked at.
    """
    until = erased_from(case, desk.settings.retention_days, desk.table)
    if until is not None and until <= desk.clock():
        ask()
        erase_in_time(desk, case)
        return 1
    otherwise = read_back(desk, case, trouble).otherwise
    if otherwise:
        ask()
    if otherwise or not trouble:
        with suppress(MovedError):  # something has come of it meanwhile: then it is not due for this any more
            state_drift(desk, case, otherwise)
            return len(otherwise)
    return 0


def _answers(desk: Desk, case: Case) -> Iterator[Answered]:
    """Answer the complaints of which something has come."""
    for due in answers_due(case):
        number = due.complaint.said.number
        provision = due.decision.said.provision if due.outcome is Outcome.UPHELD else None
        told = complaint_answer(number, due.outcome, provision)
        kept = desk.keep(complaint_key(due.complaint.by, case.number), "answer", "text", told)
        yield Answered(number, due.outcome, kept, due.decision.said.number)


def begin_order(desk: Desk, order: Order, seen: Mark) -> Mark:
    """Keep that an order is looked at from now on, as due at a time of its own; returns how it stands then.

    A case that changes meanwhile has it due at 0 again: what is seen of its cases is then not the last. No
    two who begin have the same time: none of them puts to rest what another has begun on since.
    """
    if seen.attend_at != 0:
        return seen
    mark = -1 - secrets.randbelow(_MARKS)
    desk.cases.rest(order, mark)
    return Mark(order.version, mark)


def attend_to_order(
    desk: Desk, order: Order, due: int, trouble: list[Trouble], ask: Callable[[], None]
) -> int:
    """Pass an order on to the cases that it is about, and report when it was carried out.

    `due` is when it was to be attended to, as `begin_order` has it. Returns the number of events that came of
    it, and notes what stands against more. While something does, or comes of it, the order stays due. `ask`
    asks the ledger, before texts are erased, whether it would take that. Raises its `LogError`.
    """
    if order.erasing:
        done = _pass_on(desk, order, trouble, ask)  # the vault may be busy, and no case waits for that
        with telling(str(order), trouble):
            ask()
            done += finish_erasure(desk, order)
        return done
    days = desk.settings.retention_days
    until = rounds.erased_from(order, days)
    if until is not None and until <= desk.clock():
        ask()
        erase_in_time(desk, order)
        return 1
    before = len(trouble)
    done = _go_on(desk, order, trouble, ask)
    if not done and len(trouble) == before:
        desk.cases.rest(order, rounds.next_look(order, days), due)
    return done


def _go_on(desk: Desk, order: Order, trouble: list[Trouble], ask: Callable[[], None]) -> int:
    """Do what follows from an order; what stands against it on one host keeps no other waiting."""
    done, said = _pass_on(desk, order, trouble, ask), order.said
    found = map(desk.cases.find, order.subjects)
    cases = [case for case in found if case]
    if report_due(order, cases, desk.clock(), desk.table):
        told = report(order, cases, desk.table)
        text = desk.keep(order_key(said.authority, said.reference), "report", "text", told)
        with suppress(MovedError):
            desk.record(order, PLATFORM, [Reported(text, reported_on(order, cases))])
            done += 1
    elif overdue(order, desk.clock()):
        passed = f"the deadline of {said.authority} {said.reference} has passed"
        trouble.append(Trouble(str(order), passed))
    return done


def _pass_on(desk: Desk, order: Order, trouble: list[Trouble], ask: Callable[[], None]) -> int:
    """Let all cases that an order is about know of it, and of what has changed in it; returns how much."""
    done = 0
    for subject in order.subjects if order.confirmed else ():
        with telling(str(order), trouble), leaving_nothing(desk):
            done += _pass_on_to(desk, order, subject, ask)
    return done


def _pass_on_to(desk: Desk, order: Order, subject: Subject, ask: Callable[[], None]) -> int:
    """Let the case about a subject know of an order, and of what has changed in it; returns how much.

    What texts are to be kept for waits until none are about to be erased; an end waits for nothing.
    """
    case = desk.cases.find(subject)
    if case is None:
        if order.ended:
            return 0
        case = desk.cases.open(subject, Recorded(desk.clock(), PLATFORM.name, Opened(subject, Source.ORDER)))
    while True:
        if case.order(order.number) is None or new_posts(order, subject, case):
            case = ready_to_keep(desk, case, ask)
        snapshots = snapshots_of(desk, subject, new_posts(order, subject, case))
        events = passed_on(order, subject, case, snapshots)
        if not events:
            return 0
        with suppress(MovedError):  # what was kept may have been erased by then: it is kept anew
            desk.record(case, PLATFORM, events)
            return len(events)
        case = desk.cases.load(case.number)
