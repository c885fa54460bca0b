"""Cases, orders and saved filters in memory, for tests and trials: kept as in a database, and forgotten."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from itertools import count, islice

from msgspec.structs import replace

from tipstaff.actions.cases import AnyDossier, Backlog, Change, Delivery, Dossier, Mark, MovedError, Waiting
from tipstaff.actions.counting import Row, hits, tallied, timed, totalled
from tipstaff.actions.dossiers import Building, build_dossier, evolved
from tipstaff.actions.filters import Saved
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import Told, told
from tipstaff.casework.counts import Asked, Hits, Tally, Times, Total, counted_in, counted_of_order
from tipstaff.casework.events import Logged, Recorded, Refused
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import SETTLED, Outline, outline, rank_before
from tipstaff.casework.priority import PENDING_ABOVE
from tipstaff.casework.which import EVERY, Which
from tipstaff.casework.words import Subject, Trace


class MemoryCases(Building):
    """Cases and orders in memory."""

    def __init__(self) -> None:
        self._names: dict[Subject | tuple[str, str], int] = {}
        self._events: dict[int, list[Recorded]] = {}
        self._attend_at: dict[int, int] = {}
        self._waits: set[int] = set()
        self._waiting: dict[bytes, Waiting] = {}
        self._sent: set[bytes] = set()
        self._owed: dict[str, Delivery] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Return the case about a subject, which is opened if there is none."""
        with self._lock:
            number = self._number(subject)
            if not self._events[number]:
                self._events[number].append(opened)
        return self.load(number)

    def find(self, subject: Subject) -> Case | None:
        """Return the case about a subject, if there is one."""
        number = self._names.get(subject)
        return None if number is None else self.load(number)

    def numbers(self) -> list[int]:
        """Return the numbers of all cases, the oldest first."""
        return [number for name, number in self._names.items() if isinstance(name, Subject)]

    def events(self, number: int) -> list[Recorded]:
        """Return what has happened to a case or an order, the oldest first."""
        return list(self._begun(number))

    def outlines_of(self, subjects: Collection[Subject]) -> list[Outline]:
        """Return the cases about some subjects in a line each, the oldest first."""
        return [one for one in self._outlines() if one.subject in subjects]

    def settled(self, severities: Collection[int], most: int) -> list[Outline]:
        """Return cases of some severities that somebody has decided, in a line each, the newest first."""
        every = self._outlines()
        found = [one for one in every if one.severity in severities and one.standing in SETTLED]
        return found[::-1][:most]

    def measured(self, after: int = 0, most: int | None = None) -> list[int]:
        """Return the numbers of the cases of which a measure was ever stated, the oldest first."""
        found = (one for one in self.numbers() if one > after and self.load(one).carryings)
        return list(islice(found, most))

    def complained_in(self, complainant: str) -> list[int]:
        """Return the numbers of the cases in which somebody has complained, the oldest first."""
        return [
            number
            for number in self.numbers()
            if any(one.by == complainant for one in self.load(number).complaints)
        ]

    def reserve(self, authority: str, reference: str) -> int:
        """Return the number of the order of an authority under a reference; a new one has no events yet."""
        with self._lock:
            return self._number((authority, reference))

    def enter(self, number: int, change: Change, wrong: tuple[Order, Change] | None = None) -> Order:
        """Commit the first change of an order, and that of the one in whose place it is entered."""
        with self._lock:
            if self._events[number]:
                raise MovedError(f"order {number} was entered meanwhile: look at it again")
            if wrong and len(self._events[wrong[0].number]) != wrong[0].version:
                raise MovedError(f"{wrong[0]} has moved on: look at it again")
            self._commit(number, change)
            if wrong:
                self._commit(wrong[0].number, wrong[1])
        return self.load_order(number)

    def order_numbers(self) -> list[int]:
        """Return the numbers of all orders that were entered, the oldest first."""
        names = self._names.items()
        return [number for name, number in names if isinstance(name, tuple) and self._events[number]]

    def dossiers(self, numbers: Collection[int]) -> list[Dossier]:
        """Build the cases and orders of some numbers, in that order; what is none is left out."""
        return [found for number in numbers if (found := self.build(number)) is not None]

    def numbers_of(self, subjects: Collection[Subject]) -> dict[Subject, int]:
        """Return the numbers of the cases about some subjects; nothing of what has none."""
        return {one: self._names[one] for one in subjects if one in self._names}

    def named(self, beginning: str, most: int, hosts: Collection[str]) -> list[Subject]:
        """Return the first subjects of cases on some hosts whose names begin so, by their names."""
        every = (one for one in self._names if isinstance(one, Subject) and one.id.startswith(beginning))
        return sorted(
            (one for one in every if one.host in hosts), key=lambda one: (one.id, one.host, one.kind)
        )[:most]

    def backlog(self, now: int, most: int, hosts: Collection[str] | None) -> Backlog:
        """Return what is left to be done of cases on some hosts; of orders as well where it is all."""
        names = {number: name for name, number in self._names.items()}

        def there(number: int) -> bool:
            name = names[number]
            return hosts is None or (isinstance(name, Subject) and name.host in hosts)

        owed = [one for one in self._owed.values() if there(one.case)]
        waiting = [one for one in self._waiting.values() if there(one.dossier)]
        first = sorted(owed, key=lambda one: (-one.tries, -one.round, one.due, one.measure))
        due = (one.due for one in waiting if one.due <= now)
        tried = sum(one.tries > 0 or one.round > 1 for one in owed)
        return Backlog(first[:most], len(owed), tried, len(waiting), min(due, default=None))

    def complaints_of(self, complainant: str) -> list[Told]:
        """Return when somebody has complained, and what came of it, the oldest first."""
        cases = map(self.load, self.numbers())
        made = [told(case, one) for case in cases for one in case.complaints if one.by == complainant]
        return sorted(made, key=lambda one: one.at)

    def sharing(self, traces: Sequence[Trace]) -> dict[int, list[Trace]]:
        """Return the cases of closed accounts that have some of these traces, and which each has."""
        found: dict[int, list[Trace]] = {}
        for number in self.numbers():
            if shared := sorted({*self.load(number).traces}.intersection(traces)):
                found[number] = shared
        return found

    def due(self, now: int) -> list[int]:
        """Return the numbers of the cases and orders that are to be attended to by now, in that order."""
        due = sorted((at, number) for number, at in self._attend_at.items() if at <= now)
        return [number for _, number in due]

    def marks(self, numbers: Collection[int]) -> dict[int, Mark]:
        """Return how some cases and orders stand, in that order; nothing of what is due no more."""
        with self._lock:
            return {
                number: Mark(len(self._events[number]), self._attend_at[number])
                for number in numbers
                if number in self._attend_at
            }

    def rest(self, order: Order, attend_at: int | None, due: int | None = None) -> None:
        """Keep when an order is next to be attended to, unless it has changed since it was read.

        Where `due` is given, only if it is due then still.
        """
        with self._lock:
            moved = len(self._events[order.number]) != order.version
            if moved or (due is not None and self._attend_at.get(order.number) != due):
                return
            self._attend_at.pop(order.number, None)
            if attend_at is not None:
                self._attend_at[order.number] = attend_at

    def outlines(self, most: int, after: int | None = None, which: Which = EVERY) -> list[Outline]:
        """Return cases in a line each, by their rank, of equals the oldest; from behind `after` on."""
        cases = [one for one in self._outlines() if which.there(one)]
        if after is not None:
            last = next((one for one in cases if one.number == after), None)
            if last is None:
                raise MissingError(f"there is no case {after}")
            place = _rank(last)
            if which.pending is not None and last.rank <= PENDING_ABOVE:  # it was decided since it was listed
                place = -(rank_before(after, self._events[after]) or last.rank), after
            cases = [one for one in cases if _rank(one) > place]
        return [one for one in sorted(cases, key=_rank) if which.takes(one)][:most]

    def first_due(self, which: Which = EVERY) -> Outline | None:
        """Return the case that has the first deadline that is to be kept, of the hosts of `which`."""
        every = (outline(self.load(one), waits=one in self._waits) for one in self.numbers())
        found = [(one.due, one.number, one) for one in every if which.there(one) and one.due is not None]
        return min(found)[2] if found else None

    def tallies(self, asked: Asked) -> list[Tally]:
        """Return how often things were counted, by day and word."""
        return tallied(self._counted(), asked)

    def totals(self, asked: Asked, *, once: bool = False) -> list[Total]:
        """Return how often things were counted in all, by word; in how many cases and orders with `once`."""
        return totalled(self._counted(), asked, once=once)

    def times(self, asked: Asked, size: int) -> list[Times]:
        """Return how long things took, by spans of `size` seconds."""
        return timed(self._counted(), asked, size)

    def hits(self, under: str, since: int, hosts: Collection[str] | None = None) -> dict[str, Hits]:
        """Return what came of each rule of a version; what was found from `since` on is recent."""
        return hits(self._counted(), under, since, hosts)

    def _counted(self) -> Iterator[Row]:
        """Yield all that is counted."""
        for number, events in self._events.items():
            if events:
                built = build_dossier(number, events)
                rows = counted_of_order(built) if isinstance(built, Order) else counted_in(number, events)
                yield from ((number, one) for one in rows)

    def count(self, most: int, every: Sequence[Which]) -> list[int]:
        """Return how many cases there are of each, `most` where there are more."""
        return [len(self.outlines(most, None, which)) for which in every]

    def change(self, dossier: AnyDossier, change: Change) -> AnyDossier:
        """Commit a change of a case or an order, whole or not at all; returns it as it is afterwards."""
        with self._lock:
            if len(self._events.get(dossier.number, ())) != dossier.version:
                raise MovedError(f"{dossier} has moved on: look at it again")
            if self._sent.intersection(change.taken_back):
                raise MovedError("what is taken back is on the ledger, or about to be")
            after = evolved(dossier, change.events)  # whatever may fail comes first
            self._commit(dossier.number, change)
        return after

    def _number(self, name: Subject | tuple[str, str]) -> int:
        """Return the number under a name, or give one."""
        number = self._names.setdefault(name, len(self._names) + 1)
        self._events.setdefault(number, [])
        return number

    def _outlines(self) -> list[Outline]:
        """Return all cases in a line each, the oldest first."""
        return [outline(self.load(one), waits=one in self._waits) for one in self.numbers()]

    def _begun(self, number: int) -> list[Recorded]:
        """Return the events of what has begun. Raises `MissingError`."""
        self.dossier(number)
        return self._events[number]

    def build(self, number: int) -> Dossier | None:
        """Build what has a number, if it has begun."""
        events = self._events.get(number)
        return build_dossier(number, events) if events else None

    def _commit(self, number: int, change: Change) -> None:
        """Keep a change, whole."""
        waiting, owed = self._waiting_after(change), self._owed_after(change)
        self._events[number] += change.events
        self._waiting, self._owed = waiting, owed
        self._waits.discard(number)
        if change.waits:
            self._waits.add(number)
        self._attend_at.pop(number, None)
        if change.attend_at is not None:
            self._attend_at[number] = change.attend_at
        self._attend_at.update(dict.fromkeys(change.attend, 0))

    def waiting(self, dossiers: Collection[int] | None = None) -> list[Waiting]:
        """Return the statements that are not on the ledger yet, in the order in which they were signed."""
        return [one for one in self._waiting.values() if dossiers is None or one.dossier in dossiers]

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return the first `most` statements that are due; they are sent, and none is taken back."""
        with self._lock:
            due = [waiting for waiting in self._waiting.values() if waiting.due <= now][:most]
            self._sent.update(waiting.entry for waiting in due)
        return due

    def owed(self, now: int) -> list[Delivery]:
        """Return the deliveries that are due, and whose measure is on the ledger or late."""
        due = [
            one
            for one in self._owed.values()
            if one.due <= now and (one.late or one.measure not in self._waiting)
        ]
        return sorted(due, key=lambda delivery: (delivery.due, delivery.measure))

    def owed_in(self, case: int) -> list[Delivery]:
        """Return the deliveries that a case waits for, whenever they are due."""
        owed = [one for one in self._owed.values() if one.case == case]
        return sorted(owed, key=lambda delivery: (delivery.due, delivery.measure))

    def put_off(self, delivery: Delivery, due: int, trouble: str) -> None:
        """Keep that a delivery has failed, why, and when it is tried again."""
        with self._lock:
            if delivery.key in self._owed:
                tries = delivery.tries + 1
                self._owed[delivery.key] = replace(delivery, due=due, tries=tries, trouble=trouble)

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
    return -one.rank, one.number


class MemoryFilters:
    """Saved filters that are forgotten with the process."""

    def __init__(self) -> None:
        self._saved: dict[str, Saved] = {}

    def filters(self, owner: str) -> list[Saved]:
        """Return the filters of somebody and those that all share, the oldest first."""
        found = (one for one in self._saved.values() if one.shared or one.owner == owner)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def saved(self, number: str) -> Saved | None:
        """Return a filter by its id."""
        return self._saved.get(number)

    def keep_filter(self, saved: Saved) -> None:
        """Keep a filter, in place of what was kept of it before."""
        self._saved[saved.id] = saved

    def drop_filter(self, number: str) -> None:
        """Forget a filter; of none nothing is done."""
        self._saved.pop(number, None)
