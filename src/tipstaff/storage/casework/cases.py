"""Cases and orders in SQL: events, what the ledger is owed and what hosts are owed, committed together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tipstaff.actions.cases import AnyDossier, Backlog, Change, Delivery, Dossier, Mark, MovedError, Waiting
from tipstaff.actions.dossiers import Building, build_dossier, evolved
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import Told
from tipstaff.casework.counts import Asked, Hits, Tally, Times, Total
from tipstaff.casework.events import Logged, Outcome, Recorded, Refused
from tipstaff.casework.evolve import build
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import Outline, outline
from tipstaff.casework.which import EVERY, Which
from tipstaff.casework.words import Subject, Trace, TraceKind
from tipstaff.storage.casework.beside import keep_beside
from tipstaff.storage.casework.counts import (
    keep_counts_of_case,
    keep_counts_of_order,
    read_hits,
    read_tallies,
    read_times,
    read_totals,
)
from tipstaff.storage.casework.lookups import read_backlog, read_events, read_named, read_numbers
from tipstaff.storage.casework.outlines import (
    count_outlines,
    first_due,
    keep_outline,
    read_outlines,
    read_outlines_of,
    read_settled,
)
from tipstaff.storage.casework.schema import (
    COMPLAINTS,
    DELIVERIES,
    DOSSIERS,
    EVENTS,
    OUTLINES,
    STATEMENTS,
    TRACES,
)  # fmt: skip

_ORDER: Final = "order"
"""The kind of dossier that an order is; a case is of the kind of its subject."""

_MANY: Final = 500
"""Values in one condition: every database takes as many."""

_WAITING: Final = select(
    STATEMENTS.c.dossier, STATEMENTS.c.entry, STATEMENTS.c.encoded, STATEMENTS.c.due, STATEMENTS.c.number
).order_by(STATEMENTS.c.number)
_OWED: Final = select(
    DELIVERIES.c.dossier, DELIVERIES.c.measure, DELIVERIES.c.round, DELIVERIES.c.due, DELIVERIES.c.tries,
    DELIVERIES.c.late, DELIVERIES.c.trouble,
).order_by(DELIVERIES.c.due, DELIVERIES.c.measure)  # fmt: skip
_encode = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Recorded).decode


class SqlCases(Building):
    """Cases and orders in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Return the case about a subject, which is opened if there is none."""
        found = self.find(subject)
        if found:
            return found
        try:
            with self._engine.begin() as connection:
                number = _insert(connection, subject.kind, subject.host, subject.id, version=1)
                _add(connection, number, 1, [opened])
                keep_outline(connection, outline(build(number, [opened])))
                keep_counts_of_case(connection, None, number, [opened])
        except IntegrityError:  # somebody else has opened it meanwhile
            return self.open(subject, opened)
        return self.load(number)

    def find(self, subject: Subject) -> Case | None:
        """Return the case about a subject, if there is one."""
        number = self._number(subject.kind, subject.host, subject.id)
        return None if number is None else self.load(number)

    def numbers(self) -> list[int]:
        """Return the numbers of all cases, the oldest first."""
        return self._numbers(DOSSIERS.c.kind != _ORDER)

    def events(self, number: int) -> list[Recorded]:
        """Return what has happened to a case or an order, the oldest first. Raises `MissingError`."""
        events = self._events(number)
        if not events:
            raise MissingError(f"there is no case and no order {number}")
        return events

    def outlines_of(self, subjects: Collection[Subject]) -> list[Outline]:
        """Return the cases about some subjects in a line each, the oldest first."""
        with self._engine.connect() as connection:
            return read_outlines_of(connection, subjects)

    def settled(self, severities: Collection[int], most: int) -> list[Outline]:
        """Return cases of some severities that somebody has decided, in a line each, the newest first."""
        with self._engine.connect() as connection:
            return read_settled(connection, severities, most)

    def measured(self, after: int = 0, most: int | None = None) -> list[int]:
        """Return the numbers of the cases of which a measure was ever stated, the oldest first."""
        query = select(OUTLINES.c.dossier).where(OUTLINES.c.measured.is_(True), OUTLINES.c.dossier > after)
        with self._engine.connect() as connection:
            return list(connection.scalars(query.order_by(OUTLINES.c.dossier).limit(most)))

    def complained_in(self, complainant: str) -> list[int]:
        """Return the numbers of the cases in which somebody has complained, the oldest first."""
        same = COMPLAINTS.c.complainant == complainant
        query = select(COMPLAINTS.c.dossier).where(same).distinct().order_by(COMPLAINTS.c.dossier)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def reserve(self, authority: str, reference: str) -> int:
        """Return the number of the order of an authority under a reference; a new one has no events yet."""
        number = self._number(_ORDER, authority, reference)
        if number is not None:
            return number
        try:
            with self._engine.begin() as connection:
                return _insert(connection, _ORDER, authority, reference, version=0)
        except IntegrityError:  # somebody else has reserved it meanwhile
            return self.reserve(authority, reference)

    def enter(self, number: int, change: Change, wrong: tuple[Order, Change] | None = None) -> Order:
        """Commit the first change of an order, and that of the one in whose place it is entered."""
        with self._engine.begin() as connection:
            _commit(connection, f"order {number}", number, 0, change)
            if wrong:
                order, withdrawn = wrong
                _commit(connection, str(order), order.number, order.version, withdrawn)
        return self.load_order(number)

    def order_numbers(self) -> list[int]:
        """Return the numbers of all orders that were entered, the oldest first."""
        return self._numbers((DOSSIERS.c.kind == _ORDER) & (DOSSIERS.c.version > 0))

    def dossiers(self, numbers: Collection[int]) -> list[Dossier]:
        """Build the cases and orders of some numbers, in that order; what is none is left out."""
        with self._engine.connect() as connection:
            events = read_events(connection, numbers)
        return [build_dossier(one, list(map(_decode, events[one]))) for one in numbers if one in events]

    def numbers_of(self, subjects: Collection[Subject]) -> dict[Subject, int]:
        """Return the numbers of the cases about some subjects; nothing of what has none."""
        with self._engine.connect() as connection:
            return read_numbers(connection, subjects)

    def named(self, beginning: str, most: int, hosts: Collection[str]) -> list[Subject]:
        """Return the first subjects of cases on some hosts whose names begin so, by their names."""
        with self._engine.connect() as connection:
            return read_named(connection, beginning, most, hosts)

    def backlog(self, now: int, most: int, hosts: Collection[str] | None) -> Backlog:
        """Return what is left to be done of cases on some hosts; of orders as well where it is all."""
        with self._engine.connect() as connection:
            return read_backlog(connection, now, most, hosts)

    def complaints_of(self, complainant: str) -> list[Told]:
        """Return when somebody has complained, and what came of it, the oldest first."""
        columns = (COMPLAINTS.c.at, COMPLAINTS.c.outcome, COMPLAINTS.c.answered_at, COMPLAINTS.c.undone)
        query = select(*columns).where(COMPLAINTS.c.complainant == complainant).order_by(COMPLAINTS.c.at)
        with self._engine.connect() as connection:
            return [
                Told(at, None if outcome is None else Outcome(outcome), answered_at, undone)
                for at, outcome, answered_at, undone in connection.execute(query)
            ]

    def sharing(self, traces: Sequence[Trace]) -> dict[int, list[Trace]]:
        """Return the cases of closed accounts that have some of these traces, and which each has."""
        found: dict[int, list[Trace]] = {}
        with self._engine.connect() as connection:
            for page in range(0, len(traces), _MANY):
                asked = [trace.digest for trace in traces[page : page + _MANY]]
                columns = (TRACES.c.dossier, TRACES.c.kind, TRACES.c.digest)
                for number, kind, digest in connection.execute(
                    select(*columns).where(TRACES.c.digest.in_(asked))
                ):
                    found.setdefault(number, []).append(Trace(TraceKind(kind), digest))
        return {number: sorted(shared) for number, shared in sorted(found.items())}

    def due(self, now: int) -> list[int]:
        """Return the numbers of the cases and orders that are to be attended to by now, in that order."""
        query = select(DOSSIERS.c.number).where(DOSSIERS.c.attend_at <= now)
        with self._engine.connect() as connection:
            return list(connection.scalars(query.order_by(DOSSIERS.c.attend_at, DOSSIERS.c.number)))

    def marks(self, numbers: Collection[int]) -> dict[int, Mark]:
        """Return how some cases and orders stand, in that order; nothing of what is due no more."""
        marks: dict[int, Mark] = {}
        asked = list(numbers)
        columns = (DOSSIERS.c.number, DOSSIERS.c.version, DOSSIERS.c.attend_at)
        query = select(*columns).where(DOSSIERS.c.attend_at.is_not(None))
        with self._engine.connect() as connection:
            for page in range(0, len(asked), _MANY):
                some = DOSSIERS.c.number.in_(asked[page : page + _MANY])
                for number, version, attend_at in connection.execute(query.where(some)):
                    marks[number] = Mark(version, attend_at)
        return {number: marks[number] for number in asked if number in marks}

    def rest(self, order: Order, attend_at: int | None, due: int | None = None) -> None:
        """Keep when an order is next to be attended to, unless it has changed since it was read.

        Where `due` is given, only if it is due then still.
        """
        same = update(DOSSIERS).where(DOSSIERS.c.number == order.number, DOSSIERS.c.version == order.version)
        if due is not None:
            same = same.where(DOSSIERS.c.attend_at == due)
        with self._engine.begin() as connection:
            connection.execute(same.values(attend_at=attend_at))

    def outlines(self, most: int, after: int | None = None, which: Which = EVERY) -> list[Outline]:
        """Return cases in a line each, by their rank, of equals the oldest; from behind `after` on."""
        with self._engine.connect() as connection:
            return read_outlines(connection, most, after, which)

    def first_due(self, which: Which = EVERY) -> Outline | None:
        """Return the case that has the first deadline that is to be kept, of the hosts of `which`."""
        with self._engine.connect() as connection:
            return first_due(connection, which)

    def count(self, most: int, every: Sequence[Which]) -> list[int]:
        """Return how many cases there are of each, `most` where there are more."""
        with self._engine.connect() as connection:
            return count_outlines(connection, most, every)

    def change(self, dossier: AnyDossier, change: Change) -> AnyDossier:
        """Commit a change of a case or an order, whole or not at all; returns it as it is afterwards."""
        after = evolved(dossier, change.events)  # what cannot follow is found before anything is kept
        with self._engine.begin() as connection:
            _commit(connection, str(dossier), dossier.number, dossier.version, change)
            if isinstance(dossier, Case) and isinstance(after, Case):
                keep_beside(connection, dossier, after)
                keep_outline(connection, outline(after, waits=change.waits), outline(dossier))
                keep_counts_of_case(connection, dossier, dossier.number, change.events)
            elif isinstance(dossier, Order) and isinstance(after, Order):
                keep_counts_of_order(connection, dossier, after)
        return after

    def tallies(self, asked: Asked) -> list[Tally]:
        """Return how often things were counted, by day and word."""
        with self._engine.connect() as connection:
            return read_tallies(connection, asked)

    def totals(self, asked: Asked, *, once: bool = False) -> list[Total]:
        """Return how often things were counted in all, by word; in how many cases and orders with `once`."""
        with self._engine.connect() as connection:
            return read_totals(connection, asked, once=once)

    def times(self, asked: Asked, size: int) -> list[Times]:
        """Return how long things took, by spans of `size` seconds."""
        with self._engine.connect() as connection:
            return read_times(connection, asked, size)

    def hits(self, under: str, since: int, hosts: Collection[str] | None = None) -> dict[str, Hits]:
        """Return what came of each rule of a version; what was found from `since` on is recent."""
        with self._engine.connect() as connection:
            return read_hits(connection, under, since, hosts)

    def _number(self, kind: str, realm: str, name: str) -> int | None:
        """Return the number under a name, if there is one."""
        same = (DOSSIERS.c.kind == kind, DOSSIERS.c.realm == realm, DOSSIERS.c.name == name)
        with self._engine.connect() as connection:
            return connection.scalar(select(DOSSIERS.c.number).where(*same))

    def _numbers(self, which: ColumnElement[bool]) -> list[int]:
        """Return the numbers of some dossiers, the oldest first."""
        with self._engine.connect() as connection:
            return list(
                connection.scalars(select(DOSSIERS.c.number).where(which).order_by(DOSSIERS.c.number))
            )

    def build(self, number: int) -> Dossier | None:
        """Build what has a number, if it has begun."""
        events = self._events(number)
        return build_dossier(number, events) if events else None

    def _events(self, number: int) -> list[Recorded]:
        """Return the events of what has a number; none where it has not begun."""
        query = select(EVENTS.c.recorded).where(EVENTS.c.dossier == number).order_by(EVENTS.c.number)
        with self._engine.connect() as connection:
            return [_decode(recorded) for recorded in connection.scalars(query)]

    def waiting(self, dossiers: Collection[int] | None = None) -> list[Waiting]:
        """Return the statements that are not on the ledger yet, in the order in which they were signed."""
        query = _WAITING if dossiers is None else _WAITING.where(STATEMENTS.c.dossier.in_(dossiers))
        with self._engine.connect() as connection:
            return [Waiting(*row) for row in connection.execute(query)]

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return the first `most` statements that are due; they are sent, and none is taken back."""
        due = _WAITING.where(STATEMENTS.c.due <= now).limit(most)
        with self._engine.begin() as connection:
            # Marked first: what is taken back at the same time is either gone by now, or stays.
            unsent = (STATEMENTS.c.due <= now, STATEMENTS.c.sent.is_(False))
            connection.execute(update(STATEMENTS).where(*unsent).values(sent=True))
            return [Waiting(*row) for row in connection.execute(due)]

    def owed(self, now: int) -> list[Delivery]:
        """Return the deliveries that are due, and whose measure is on the ledger or late."""
        unlogged = select(STATEMENTS.c.entry)
        due = DELIVERIES.c.due <= now, DELIVERIES.c.late | DELIVERIES.c.measure.not_in(unlogged)
        with self._engine.connect() as connection:
            return [Delivery(*row) for row in connection.execute(_OWED.where(*due))]

    def owed_in(self, case: int) -> list[Delivery]:
        """Return the deliveries that a case waits for, whenever they are due."""
        with self._engine.connect() as connection:
            return [Delivery(*row) for row in connection.execute(_OWED.where(DELIVERIES.c.dossier == case))]

    def put_off(self, delivery: Delivery, due: int, trouble: str) -> None:
        """Keep that a delivery has failed, why, and when it is tried again."""
        values = {"due": due, "tries": delivery.tries + 1, "trouble": trouble}
        with self._engine.begin() as connection:
            connection.execute(update(DELIVERIES).where(*_same(delivery)).values(values))


def _commit(connection: Connection, told: str, number: int, version: int, change: Change) -> None:
    """Commit a change of what has that version, whole or not at all."""
    moved = (
        update(DOSSIERS)
        .where(DOSSIERS.c.number == number, DOSSIERS.c.version == version)
        .values(version=version + len(change.events), attend_at=change.attend_at)
    )
    if connection.execute(moved).rowcount != 1:
        raise MovedError(f"{told} has moved on: look at it again")
    _add(connection, number, version + 1, change.events)
    _settle(connection, change)
    for waiting in change.statements:
        row = {"dossier": number, "entry": waiting.entry, "encoded": waiting.encoded,
               "due": waiting.due, "sent": False}  # fmt: skip
        connection.execute(insert(STATEMENTS).values(row))
    for delivery in change.delivered:
        connection.execute(delete(DELIVERIES).where(*_same(delivery)))
    for delivery in change.deliveries:
        row = {"measure": delivery.measure, "round": delivery.round, "dossier": number,
               "due": delivery.due, "tries": delivery.tries, "late": delivery.late,
               "trouble": delivery.trouble}  # fmt: skip
        connection.execute(insert(DELIVERIES).values(row))
    # One by one, in the order of their numbers: two cases of the same orders lock them in the same order, and
    # neither waits for the other for ever.
    for order in sorted(change.attend):
        connection.execute(update(DOSSIERS).where(DOSSIERS.c.number == order).values(attend_at=0))


def _insert(connection: Connection, kind: str, realm: str, name: str, version: int) -> int:
    """Begin a case or an order; returns its number."""
    row = {"kind": kind, "realm": realm, "name": name, "version": version}
    number: int = connection.execute(insert(DOSSIERS).values(row).returning(DOSSIERS.c.number)).scalar_one()
    return number


def _add(connection: Connection, dossier: int, first: int, events: Sequence[Recorded]) -> None:
    """Add events, from number `first` on."""
    for number, recorded in enumerate(events, start=first):
        row = {"dossier": dossier, "number": number, "recorded": _encode(recorded)}
        connection.execute(insert(EVENTS).values(row))


def _settle(connection: Connection, change: Change) -> None:
    """Take off the queue what the ledger has answered or must not have; what it refused, no host is owed."""
    events = [recorded.event for recorded in change.events]
    refused = [event.entry for event in events if isinstance(event, Refused)]
    logged = [event.entry for event in events if isinstance(event, Logged)]
    for entry in (*logged, *refused):
        connection.execute(delete(STATEMENTS).where(STATEMENTS.c.entry == entry))
    for entry in change.taken_back:
        same = STATEMENTS.c.entry == entry
        connection.execute(delete(STATEMENTS).where(same, STATEMENTS.c.sent.is_(False)))
        if connection.scalar(select(STATEMENTS.c.number).where(same)) is not None:
            raise MovedError(f"what is taken back is on the ledger, or about to be: {entry.hex()[:16]}…")
    for entry in refused:
        connection.execute(delete(DELIVERIES).where(DELIVERIES.c.measure == entry))


def _same(delivery: Delivery) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what finds the row of a delivery."""
    return DELIVERIES.c.measure == delivery.measure, DELIVERIES.c.round == delivery.round
