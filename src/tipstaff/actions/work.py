"""The work that goes on by itself: statements are appended, measures carried out and read back, notices kept.

Each step can be repeated: whatever was done before a process died is found done by the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator
from contextlib import suppress
from typing import Final, NamedTuple, Protocol, TypeAlias

from tipstaff.actions.attend import attend_to_case, attend_to_order, begin_order, states_something
from tipstaff.actions.cases import Mark, MovedError, Waiting
from tipstaff.actions.deliver import deliver
from tipstaff.actions.desk import PLATFORM, Desk, leaving_nothing
from tipstaff.actions.pace import Pace
from tipstaff.actions.trouble import Trouble, telling
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Case
from tipstaff.casework.events import AnyEvent, Logged, Refused
from tipstaff.casework.owed import ends_next, owed_late
from tipstaff.ledger.errors import AnotherWriterError, LogError
from tipstaff.ledger.log import Outcome, Registered
from tipstaff.ledger.statement import parse

_BATCH: Final = 500

_HOUR: Final = 3600

_LEDGER: Final = "ledger"
"""What stands for the ledger where a worker has told of it."""


Troubles: TypeAlias = dict[Hashable, list[Trouble]]
"""What stands against what was tried last, by what was tried: a case or an order, a delivery, the ledger."""


class Ledger(Protocol):
    """The one writer of the ledger."""

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements, in this order; returns what became of each. Raises `LogError`."""


class Done(NamedTuple):
    """What one turn did: statements appended or refused, events of cases and orders, deliveries made.

    `trouble` tells of cases and orders that could not go on, if it was not told within the hour; all others
    were attended to.
    """

    appended: int = 0
    attended: int = 0
    delivered: int = 0
    trouble: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return any((self.appended, self.attended, self.delivered))


class _Asking:
    """The ledger in one round: it is opened where something is appended, or is about to be."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.answered = False

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements. Raises `LogError`."""
        outcomes = self._ledger.append(statements)
        self.answered = True
        return outcomes

    def ask(self) -> None:
        """Ask once whether it would take statements. Raises `LogError` where it would not."""
        if not self.answered:
            self.append([])


def work(desk: Desk, ledger: Ledger, pace: Pace | None = None) -> Done:
    """Do everything that is due now, until nothing more comes of it.

    What was put off at a `pace` waits; without one nothing does.
    """
    pace = Pace() if pace is None else pace
    total, troubles = Done(), dict[Hashable, list[Trouble]]()
    while True:
        asking = _Asking(ledger)
        try:
            if pace.is_off(_LEDGER):  # nothing is looked at, and no host asked, for what would not be taken
                asking.ask()
            appended, attended = _append(desk, asking), _attend(desk, asking, pace, troubles)
            if asking.answered:
                troubles.pop(_LEDGER, None)
                pace.forget(_LEDGER)
        except LogError as error:  # statements wait, and so does nearly everything else
            troubles[_LEDGER] = [Trouble(_LEDGER, str(error))]
            pace.put_off(_LEDGER, None, desk.clock())
            appended, attended = 0, _go_on_late(desk, error, pace, troubles)
        done = Done(appended, attended, _deliver(desk, pace, troubles))
        total = Done(
            total.appended + done.appended, total.attended + done.attended, total.delivered + done.delivered
        )
        if not done:
            return total._replace(trouble=tuple(_told(troubles, pace, desk.clock())))


def _told(troubles: Troubles, pace: Pace, now: int) -> Iterator[str]:
    """Yield what is left of the trouble, unless it was told a short while ago; log it as well."""
    for key, found in troubles.items():
        for one in found:
            if not pace.reminds(key, one.reason, now):
                continue
            if key == _LEDGER:
                log_event(logging.ERROR, "ledger down", reason=one.reason)
                yield one.reason
            else:
                log_event(logging.ERROR, "trouble", about=one.about, reason=one.reason)
                yield str(one)


def _append(desk: Desk, asking: _Asking) -> int:
    """Append the statements that are due, in order; each case learns what became of its own.

    Raises `LogError` where the ledger does not take them.
    """
    due = desk.cases.send(desk.clock(), _BATCH)
    if not due:
        return 0
    outcomes = asking.append([waiting.encoded for waiting in due])
    for waiting, outcome in zip(due, outcomes, strict=True):
        _learn(desk, waiting, outcome)
    return len(due)


def _go_on_late(desk: Desk, error: LogError, pace: Pace, troubles: Troubles) -> int:
    """State what goes on while the ledger is down, marked late; returns how much that was.

    Another writer is given a moment first. Nothing is newly held once the ledger is down for too long. A case
    of which nothing goes on is looked at again when something has happened to it, or when a measure ends.
    """
    waiting = desk.cases.waiting()
    longest = desk.settings.late_hours * _HOUR
    waited = max((desk.clock() - one.due for one in waiting), default=0)
    if isinstance(error, AnotherWriterError) and waited < desk.settings.down_after:
        return 0
    done, now = 0, desk.clock()
    marks = desk.cases.marks(desk.cases.due(now))
    entries: dict[int, list[bytes]] = {}
    for one in waiting:
        entries.setdefault(one.dossier, []).append(one.entry)
    for number in sorted(entries.keys() | marks.keys()):
        key, seen = (_LEDGER, number), (marks.get(number), *entries.get(number, ()))
        if pace.waits(key, seen, now):
            continue
        dossier = desk.cases.dossier(number)
        if not isinstance(dossier, Case):
            pace.put_off(key, seen, now)
            continue
        trouble: list[Trouble] = []
        with telling(str(dossier), trouble), suppress(MovedError):
            events = list(owed_late(dossier, now, desk.table, holding=waited < longest))
            if events:
                desk.record(dossier, PLATFORM, events)
                done += len(events)
        troubles[number] = trouble
        pace.put_off(key, seen, now, ends_next(dossier, now))
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


def _attend(desk: Desk, asking: _Asking, pace: Pace, troubles: Troubles) -> int:
    """Attend to what is due: state measures, tell people, pass orders on; returns how much was done.

    Where a case is about to make statements, the ledger is asked first whether it would take them. Raises
    `LogError` where it would not.
    """
    done = 0
    for number, mark in _ready(desk, pace):
        dossier = desk.cases.dossier(number)
        trouble: list[Trouble] = []
        before, seen = done, mark
        with telling(str(dossier), trouble), leaving_nothing(desk):
            if isinstance(dossier, Case):
                if states_something(desk, dossier):
                    asking.ask()
                done += attend_to_case(desk, dossier, trouble, asking.ask)
            else:
                seen = begin_order(desk, dossier, seen)
                done += attend_to_order(desk, dossier, seen.attend_at, trouble, asking.ask)
        troubles[number] = trouble
        if done == before:
            pace.put_off(number, seen, desk.clock())  # which is nothing to what is due no more
        elif not trouble:
            pace.forget(number)
    return done


def _ready(desk: Desk, pace: Pace) -> list[tuple[int, Mark]]:
    """Return what is due and not put off as it stands, with how it stands."""
    now = desk.clock()
    marks = desk.cases.marks(desk.cases.due(now))
    return [(number, mark) for number, mark in marks.items() if not pace.waits(number, mark, now)]


def _deliver(desk: Desk, pace: Pace, troubles: Troubles) -> int:
    """Carry out the measures that hosts are owed; what fails is tried again later."""
    delivered = 0
    for delivery in desk.cases.owed(desk.clock()):
        if pace.waits(delivery.key, None, desk.clock()):
            continue
        trouble: list[Trouble] = []
        with telling(f"case {delivery.case}", trouble), leaving_nothing(desk):
            delivered += deliver(desk, delivery)
        troubles[delivery.key] = trouble
        if trouble:
            pace.put_off(delivery.key, None, desk.clock())
        else:
            pace.forget(delivery.key)
    return delivered
