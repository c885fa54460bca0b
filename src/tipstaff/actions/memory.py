"""Cases in memory: for tests and trials. They are forgotten, and otherwise kept as those in a database."""

from __future__ import annotations

import threading
from itertools import count

from msgspec.structs import replace

from tipstaff.actions.cases import Change, Delivery, MovedError, Waiting
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case, build, evolve
from tipstaff.casework.events import Logged, Recorded, Refused
from tipstaff.casework.outline import Outline, outline
from tipstaff.casework.words import Subject


class MemoryCases:
    """Cases in memory."""

    def __init__(self) -> None:
        self._subjects: dict[Subject, int] = {}
        self._events: dict[int, list[Recorded]] = {}
        self._attend_at: dict[int, int] = {}
        self._waiting: dict[bytes, Waiting] = {}
        self._sent: set[bytes] = set()
        self._owed: dict[str, Delivery] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Return the case about a subject, which is opened if there is none."""
        with self._lock:
            number = self._subjects.setdefault(subject, len(self._subjects) + 1)
            self._events.setdefault(number, [opened])
        return self.load(number)

    def load(self, number: int) -> Case:
        """Build a case from its events. Raises `InputError` where there is none of that number."""
        if number not in self._events:
            raise InputError(f"there is no case {number}")
        return build(number, self._events[number])

    def numbers(self) -> list[int]:
        """Return the numbers of all cases, the oldest first."""
        return list(self._events)

    def due(self, now: int) -> list[int]:
        """Return the numbers of the cases that are to be attended to by now, by when they are due."""
        due = sorted((at, number) for number, at in self._attend_at.items() if at <= now)
        return [number for _, number in due]

    def outlines(self, most: int, after: int | None = None) -> list[Outline]:
        """Return cases in a line each, the gravest first, of equals the oldest; from behind `after` on."""
        cases = [outline(self.load(number)) for number in self.numbers()]
        if after is not None:
            last = outline(self.load(after))
            cases = [one for one in cases if _rank(one) > _rank(last)]
        return sorted(cases, key=_rank)[:most]

    def change(self, case: Case, change: Change) -> Case:
        """Commit a change of a case, whole or not at all; returns the case after it."""
        with self._lock:
            if len(self._events.get(case.number, ())) != case.version:
                raise MovedError(f"case {case.number} has moved on: look at it again")
            if self._sent.intersection(change.taken_back):
                raise MovedError("what is taken back is on the ledger, or about to be")
            # Whatever may fail comes first.
            for recorded in change.events:
                case = evolve(case, recorded)
            waiting, owed = self._waiting_after(change), self._owed_after(change)
            self._events[case.number] += change.events
            self._waiting, self._owed = waiting, owed
            self._attend_at.pop(case.number, None)
            if change.attend_at is not None:
                self._attend_at[case.number] = change.attend_at
        return case

    def waiting(self) -> list[Waiting]:
        """Return the statements that are not on the ledger yet, in the order in which they were signed."""
        return list(self._waiting.values())

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return the first `most` statements that are due; they are sent, and none is taken back."""
        with self._lock:
            due = [waiting for waiting in self._waiting.values() if waiting.due <= now][:most]
            self._sent.update(waiting.entry for waiting in due)
        return due

    def owed(self, now: int) -> list[Delivery]:
        """Return the deliveries whose measure is on the ledger, and which are due."""
        due = [one for one in self._owed.values() if one.due <= now and one.measure not in self._waiting]
        return sorted(due, key=lambda delivery: (delivery.due, delivery.measure))

    def put_off(self, delivery: Delivery, due: int) -> None:
        """Keep that a delivery has failed, and when it is tried again."""
        with self._lock:
            if delivery.key in self._owed:
                self._owed[delivery.key] = replace(delivery, due=due, tries=delivery.tries + 1)

    def _waiting_after(self, change: Change) -> dict[bytes, Waiting]:
        """Return the queue after a change: what the ledger has answered or must not have is off it."""
        events = [recorded.event for recorded in change.events]
        answered = {event.entry for event in events if isinstance(event, Logged | Refused)}
        gone = answered.union(change.taken_back)
        waiting = {entry: one for entry, one in self._waiting.items() if entry not in gone}
        for statement in change.statements:
            if statement.entry in waiting:
                raise ValueError(f"statement {statement.entry.hex()} waits already")
            waiting[statement.entry] = replace(statement, number=next(self._numbers))
        return waiting

    def _owed_after(self, change: Change) -> dict[str, Delivery]:
        """Return what hosts are owed after a change: nothing that was delivered or refused."""
        events = [recorded.event for recorded in change.events]
        refused = {event.entry for event in events if isinstance(event, Refused)}
        delivered = {delivery.key for delivery in change.delivered}
        owed = {
            key: one for key, one in self._owed.items() if key not in delivered and one.measure not in refused
        }
        for delivery in change.deliveries:
            if delivery.key in owed:
                raise ValueError(f"measure {delivery.key} is owed already")
            owed[delivery.key] = delivery
        return owed


def _rank(one: Outline) -> tuple[int, int]:
    """Return what cases are listed by."""
    return -one.severity, one.number
