"""What pages look up about many cases and orders at once, in SQL: each in a few queries, however many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from tipstaff.actions.cases import Backlog, Delivery
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.casework.schema import DELIVERIES, DOSSIERS, EVENTS, STATEMENTS

_MANY: Final = 300
"""What is asked for in one query: every database takes as many values, three times over."""

_KINDS: Final = tuple(kind.value for kind in SubjectKind)

_Item = TypeVar("_Item")


def read_events(connection: Connection, numbers: Collection[int]) -> dict[int, list[bytes]]:
    """Return the events of some cases and orders, as they are kept, by their numbers."""
    found: dict[int, list[bytes]] = {}
    query = select(EVENTS.c.dossier, EVENTS.c.recorded).order_by(EVENTS.c.dossier, EVENTS.c.number)
    for some in _parts(numbers):
        for dossier, recorded in connection.execute(query.where(EVENTS.c.dossier.in_(some))):
            found.setdefault(dossier, []).append(recorded)
    return found


def read_numbers(connection: Connection, subjects: Collection[Subject]) -> dict[Subject, int]:
    """Return the numbers of the cases about some subjects."""
    found: dict[Subject, int] = {}
    query = select(DOSSIERS.c.number, DOSSIERS.c.realm, DOSSIERS.c.kind, DOSSIERS.c.name)
    for some in _parts(subjects):
        same = (
            and_(DOSSIERS.c.kind == one.kind.value, DOSSIERS.c.realm == one.host, DOSSIERS.c.name == one.id)
            for one in some
        )
        for number, realm, kind, name in connection.execute(query.where(or_(*same))):
            found[Subject(realm, SubjectKind(kind), name)] = number
    return found


def read_named(connection: Connection, beginning: str, most: int, hosts: Collection[str]) -> list[Subject]:
    """Return the first subjects of cases on some hosts whose names begin so, by their names.

    Each kind on each host is looked up by itself: there the index has them by their names.
    """
    found: list[Subject] = []
    for host in hosts:
        for kind in SubjectKind:
            query = (
                select(DOSSIERS.c.name)
                .where(
                    DOSSIERS.c.kind == kind.value,
                    DOSSIERS.c.realm == host,
                    *_beginning(connection, beginning),
                )
                .order_by(DOSSIERS.c.name)
                .limit(most)
            )
            found += [Subject(host, kind, name) for name in connection.scalars(query)]
    return sorted(found, key=lambda one: (one.id, one.host, one.kind))[:most]


def _beginning(connection: Connection, beginning: str) -> Iterator[ColumnElement[bool]]:
    """Yield what holds of names that begin so.

    SQLite compares names by their code points, so that an index leads to them; how PostgreSQL does is up to
    how it was set up, so that there all names of a kind are looked through.
    """
    if not beginning:
        return
    yield func.substr(DOSSIERS.c.name, 1, len(beginning)) == beginning
    if connection.dialect.name == "sqlite":
        yield DOSSIERS.c.name >= beginning
        yield DOSSIERS.c.name < f"{beginning}\U0010ffff"


def read_backlog(connection: Connection, now: int, most: int, hosts: Collection[str] | None) -> Backlog:
    """Return what is left to be done: of what was tried most often first."""
    owed = DELIVERIES.join(DOSSIERS, DOSSIERS.c.number == DELIVERIES.c.dossier)
    first = (
        select(
            DELIVERIES.c.dossier, DELIVERIES.c.measure, DELIVERIES.c.round, DELIVERIES.c.due,
            DELIVERIES.c.tries, DELIVERIES.c.late, DELIVERIES.c.trouble,
        )
        .select_from(owed)
        .where(*_on(hosts))
        .order_by(
            DELIVERIES.c.tries.desc(), DELIVERIES.c.round.desc(), DELIVERIES.c.due, DELIVERIES.c.measure
        )
        .limit(most)
    )  # fmt: skip
    again = or_(DELIVERIES.c.tries > 0, DELIVERIES.c.round > 1)
    counted = select(func.count(), func.count().filter(again)).select_from(owed).where(*_on(hosts))
    waiting = STATEMENTS.join(DOSSIERS, DOSSIERS.c.number == STATEMENTS.c.dossier)
    told = select(func.count(), func.min(STATEMENTS.c.due)).select_from(waiting).where(*_on(hosts))
    deliveries = [Delivery(*row) for row in connection.execute(first)]
    number, tried = connection.execute(counted).one()
    statements, since = connection.execute(told).one()
    return Backlog(deliveries, number, tried, statements, since if since and since <= now else None)


def _on(hosts: Collection[str] | None) -> Sequence[ColumnElement[bool]]:
    """Return what holds of cases on some hosts, and of nothing else; of all where none is named."""
    return () if hosts is None else (DOSSIERS.c.kind.in_(_KINDS), DOSSIERS.c.realm.in_(hosts))


def _parts(all_of: Collection[_Item]) -> Iterator[list[_Item]]:
    """Yield as much at a time as one query takes."""
    rest = iter(all_of)
    while some := list(islice(rest, _MANY)):
        yield some
