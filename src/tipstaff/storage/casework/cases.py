"""Cases in SQL: events, what the ledger is owed and what hosts are owed, committed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tipstaff.actions.cases import Change, Delivery, MovedError, Waiting
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case, build, evolve
from tipstaff.casework.events import Logged, Recorded, Refused
from tipstaff.casework.outline import Outline, Standing, outline
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.casework.schema import CASES, DELIVERIES, EVENTS, STATEMENTS

_WAITING: Final = select(
    STATEMENTS.c.case_number, STATEMENTS.c.entry, STATEMENTS.c.encoded, STATEMENTS.c.due, STATEMENTS.c.number
).order_by(STATEMENTS.c.number)
_OUTLINES: Final = select(
    CASES.c.number, CASES.c.host, CASES.c.kind, CASES.c.subject,
    CASES.c.posts, CASES.c.severity, CASES.c.rules, CASES.c.standing,
).order_by(CASES.c.severity.desc(), CASES.c.number)  # fmt: skip
_encode = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Recorded).decode


class SqlCases:
    """Cases in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Return the case about a subject, which is opened if there is none."""
        same = (CASES.c.host == subject.host, CASES.c.kind == subject.kind, CASES.c.subject == subject.id)
        row: dict[str, object] = {
            "host": subject.host,
            "kind": subject.kind,
            "subject": subject.id,
            "version": 1,
        }
        row |= _columns(outline(build(0, [opened])))
        with self._engine.connect() as connection:
            number = connection.scalar(select(CASES.c.number).where(*same))
        if number is not None:
            return self.load(number)
        try:
            with self._engine.begin() as connection:
                number = connection.execute(insert(CASES).values(row).returning(CASES.c.number)).scalar_one()
                _add(connection, number, 1, [opened])
        except IntegrityError:  # somebody else has opened it meanwhile
            return self.open(subject, opened)
        return self.load(number)

    def load(self, number: int) -> Case:
        """Build a case from its events. Raises `InputError` where there is none of that number."""
        query = select(EVENTS.c.recorded).where(EVENTS.c.case_number == number).order_by(EVENTS.c.number)
        with self._engine.connect() as connection:
            events = [_decode(recorded) for recorded in connection.scalars(query)]
        if not events:
            raise InputError(f"there is no case {number}")
        return build(number, events)

    def numbers(self) -> list[int]:
        """Return the numbers of all cases, the oldest first."""
        with self._engine.connect() as connection:
            return list(connection.scalars(select(CASES.c.number).order_by(CASES.c.number)))

    def due(self, now: int) -> list[int]:
        """Return the numbers of the cases that are to be attended to by now, by when they are due."""
        query = select(CASES.c.number).where(CASES.c.attend_at <= now)
        with self._engine.connect() as connection:
            return list(connection.scalars(query.order_by(CASES.c.attend_at, CASES.c.number)))

    def outlines(self, most: int, after: int | None = None) -> list[Outline]:
        """Return cases in a line each, the gravest first, of equals the oldest; from behind `after` on."""
        with self._engine.connect() as connection:
            if after is None:
                return _outlines(connection, most)
            severity = connection.scalar(select(CASES.c.severity).where(CASES.c.number == after))
            if severity is None:
                raise InputError(f"there is no case {after}")
            # Two queries that each begin at their place in the index; one for both would walk to it.
            same = _outlines(connection, most, CASES.c.severity == severity, CASES.c.number > after)
            return same + _outlines(connection, most - len(same), CASES.c.severity < severity)

    def change(self, case: Case, change: Change) -> Case:
        """Commit a change of a case, whole or not at all; returns the case after it."""
        after = case
        for recorded in change.events:  # what cannot follow is found before anything is kept
            after = evolve(after, recorded)
        moved = (
            update(CASES)
            .where(CASES.c.number == case.number, CASES.c.version == case.version)
            .values(version=after.version, attend_at=change.attend_at, **_columns(outline(after)))
        )
        with self._engine.begin() as connection:
            if connection.execute(moved).rowcount != 1:
                raise MovedError(f"case {case.number} has moved on: look at it again")
            _add(connection, case.number, case.version + 1, change.events)
            _settle(connection, change)
            for waiting in change.statements:
                connection.execute(
                    insert(STATEMENTS).values(
                        case_number=case.number,
                        entry=waiting.entry,
                        encoded=waiting.encoded,
                        due=waiting.due,
                        sent=False,
                    )
                )
            for delivery in change.delivered:
                connection.execute(delete(DELIVERIES).where(*_same(delivery)))
            for delivery in change.deliveries:
                row = {
                    "measure": delivery.measure,
                    "round": delivery.round,
                    "case_number": case.number,
                    "due": delivery.due,
                    "tries": delivery.tries,
                }
                connection.execute(insert(DELIVERIES).values(row))
        return after

    def waiting(self) -> list[Waiting]:
        """Return the statements that are not on the ledger yet, in the order in which they were signed."""
        with self._engine.connect() as connection:
            return [Waiting(*row) for row in connection.execute(_WAITING)]

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return the first `most` statements that are due; they are sent, and none is taken back."""
        due = _WAITING.where(STATEMENTS.c.due <= now).limit(most)
        with self._engine.begin() as connection:
            # Marked first: what is taken back at the same time is either gone by now, or stays.
            unsent = (STATEMENTS.c.due <= now, STATEMENTS.c.sent.is_(False))
            connection.execute(update(STATEMENTS).where(*unsent).values(sent=True))
            return [Waiting(*row) for row in connection.execute(due)]

    def owed(self, now: int) -> list[Delivery]:
        """Return the deliveries whose measure is on the ledger, and which are due."""
        columns = (DELIVERIES.c.case_number, DELIVERIES.c.measure, DELIVERIES.c.round, DELIVERIES.c.due)
        unlogged = select(STATEMENTS.c.entry)
        query = (
            select(*columns, DELIVERIES.c.tries)
            .where(DELIVERIES.c.due <= now, DELIVERIES.c.measure.not_in(unlogged))
            .order_by(DELIVERIES.c.due, DELIVERIES.c.measure)
        )
        with self._engine.connect() as connection:
            return [Delivery(*row) for row in connection.execute(query)]

    def put_off(self, delivery: Delivery, due: int) -> None:
        """Keep that a delivery has failed, and when it is tried again."""
        later = update(DELIVERIES).where(*_same(delivery)).values(due=due, tries=delivery.tries + 1)
        with self._engine.begin() as connection:
            connection.execute(later)


def _columns(one: Outline) -> dict[str, object]:
    """Return what is kept of a case in one line."""
    return {
        "posts": one.posts, "severity": one.severity, "rules": list(one.rules), "standing": one.standing.value
    }  # fmt: skip


def _outlines(connection: Connection, most: int, *where: ColumnElement[bool]) -> list[Outline]:
    """Return some cases in a line each."""
    return [_outline(*row) for row in connection.execute(_OUTLINES.where(*where).limit(most))]


def _outline(  # noqa: PLR0913, PLR0917  the columns of a row
    number: int, host: str, kind: str, subject: str, posts: int, severity: int, rules: list[str], stands: str
) -> Outline:
    """Return what a row says."""
    about = Subject(host, SubjectKind(kind), subject)
    return Outline(number, about, posts, severity, tuple(rules), Standing(stands))


def _add(connection: Connection, case: int, first: int, events: Sequence[Recorded]) -> None:
    """Add events, from number `first` on."""
    for number, recorded in enumerate(events, start=first):
        row = {"case_number": case, "number": number, "recorded": _encode(recorded)}
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
