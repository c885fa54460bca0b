"""The work that goes on by itself: statements are appended, measures carried out and read back, notices kept.

Each step can be repeated: whatever was done before a process died is found done by the next one.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from tipstaff.actions.attend import attend_to_case, attend_to_order, telling
from tipstaff.actions.cases import MovedError, Waiting
from tipstaff.actions.deliver import deliver
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Case
from tipstaff.casework.events import AnyEvent, Logged, Refused
from tipstaff.casework.owed import owed_late
from tipstaff.ledger.errors import AnotherWriterError, LogError
from tipstaff.ledger.log import Outcome, Registered
from tipstaff.ledger.statement import parse

_BATCH: Final = 500

_HOUR: Final = 3600


class Ledger(Protocol):
    """The one writer of the ledger."""

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements, in this order; returns what became of each. Raises `LogError`."""


class Done(NamedTuple):
    """What one turn did: statements appended or refused, events of cases and orders, deliveries made.

    `trouble` tells of cases and orders that could not go on; all others were attended to.
    """

    appended: int = 0
    attended: int = 0
    delivered: int = 0
    trouble: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return any((self.appended, self.attended, self.delivered))


def work(desk: Desk, ledger: Ledger) -> Done:
    """Do everything that is due now, until nothing more comes of it."""
    total = Done()
    while True:
        trouble: list[str] = []
        try:
            appended, attended = _append(desk, ledger), _attend(desk, trouble)
        except LogError as error:  # statements wait, and so does nearly everything else
            trouble.append(str(error))
            log_event(logging.ERROR, "ledger down", reason=str(error))
            appended, attended = 0, _go_on_late(desk, error, trouble)
        done = Done(appended, attended, _deliver(desk, trouble))
        total = Done(
            total.appended + done.appended,
            total.attended + done.attended,
            total.delivered + done.delivered,
            tuple(trouble),
        )
        if not done:
            return total


def _append(desk: Desk, ledger: Ledger) -> int:
    """Append the statements that are due, in order; each case learns what became of its own.

    Where none are, but some are about to be made, the ledger is asked whether it would take them. Raises
    `LogError` where it would not.
    """
    due = desk.cases.send(desk.clock(), _BATCH)
    if not due and not desk.cases.due(desk.clock()):
        return 0
    outcomes = ledger.append([waiting.encoded for waiting in due])
    for waiting, outcome in zip(due, outcomes, strict=True):
        _learn(desk, waiting, outcome)
    return len(due)


def _go_on_late(desk: Desk, error: LogError, trouble: list[str]) -> int:
    """State what goes on while the ledger is down, marked late; returns how much that was.

    Another writer is given a moment first. Nothing is newly held once the ledger is down for too long.
    """
    waiting = desk.cases.waiting()
    longest = desk.settings.late_hours * _HOUR
    waited = max((desk.clock() - one.due for one in waiting), default=0)
    if isinstance(error, AnotherWriterError) and waited < desk.settings.down_after:
        return 0
    done = 0
    for number in sorted({one.dossier for one in waiting}.union(desk.cases.due(desk.clock()))):
        dossier = desk.cases.dossier(number)
        if isinstance(dossier, Case):
            with telling(str(dossier), trouble), suppress(MovedError):
                events = list(owed_late(dossier, desk.clock(), holding=waited < longest))
                if events:
                    desk.record(dossier, PLATFORM, events)
                    done += len(events)
    return done


def _learn(desk: Desk, waiting: Waiting, outcome: Outcome) -> None:
    """Let a case or an order know what became of a statement, once, whoever acts on it meanwhile."""
    while True:
        dossier = desk.cases.dossier(waiting.dossier)
        if waiting.entry in dossier.logged or waiting.entry in dossier.refused:
            return
        with suppress(MovedError):
            desk.record(dossier, PLATFORM, [_answered(waiting, outcome)])
            _tell(waiting, outcome)
            return


def _tell(waiting: Waiting, outcome: Outcome) -> None:
    """Tell what became of a statement."""
    kind, entry = parse(waiting.encoded).kind, waiting.entry.hex()
    if isinstance(outcome, Registered):
        place = outcome.position
        log_event(logging.INFO, "appended", dossier=waiting.dossier, kind=kind, entry=entry, position=place)
    else:
        reason = outcome.reason
        log_event(logging.ERROR, "refused", dossier=waiting.dossier, kind=kind, entry=entry, reason=reason)


def _answered(waiting: Waiting, outcome: Outcome) -> AnyEvent:
    """Return the event that an answer of the ledger is."""
    if isinstance(outcome, Registered):
        return Logged(waiting.entry, outcome.position)
    return Refused(waiting.entry, outcome.reason)


def _attend(desk: Desk, trouble: list[str]) -> int:
    """Attend to what is due: state measures, tell people, pass orders on; returns how much was done."""
    done = 0
    for number in desk.cases.due(desk.clock()):
        dossier = desk.cases.dossier(number)
        with telling(str(dossier), trouble):
            if isinstance(dossier, Case):
                done += attend_to_case(desk, dossier)
            else:
                done += attend_to_order(desk, dossier, trouble)
    return done


def _deliver(desk: Desk, trouble: list[str]) -> int:
    """Carry out the measures that hosts are owed; what fails is tried again later."""
    delivered = 0
    for delivery in desk.cases.owed(desk.clock()):
        with telling(f"case {delivery.case}", trouble):
            delivered += deliver(desk, delivery)
    return delivered
