"""What is counted, in SQL: written with the events of a case or an order, read by charts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, distinct, func, insert, literal, select

from tipstaff.casework.case import Case
from tipstaff.casework.counts import (
    Asked,
    Counted,
    Counting,
    Hits,
    Tally,
    Times,
    What,
    counted_of_order,
    counting,
)
from tipstaff.casework.events import Recorded
from tipstaff.casework.orders.order import Order
from tipstaff.storage.casework.schema import COUNTS

_RULE: Final = (What.FOUND, What.BORNE_OUT, What.DISMISSED, What.REVERSED)
"""What is counted of rules."""


def keep_counts_of_case(
    connection: Connection, before: Case | None, number: int, events: Sequence[Recorded]
) -> None:
    """Keep what more events of a case are counted as."""
    _keep(connection, number, counting(before, number, events))


def keep_counts_of_order(connection: Connection, before: Order | None, after: Order) -> None:
    """Keep what an order is counted as, instead of what it was before."""
    counted = counted_of_order(after)
    if counted != (counted_of_order(before) if before else []):
        connection.execute(delete(COUNTS).where(COUNTS.c.dossier == after.number))
        _keep(connection, after.number, Counting(counted, []))


def _keep(connection: Connection, dossier: int, found: Counting) -> None:
    """Keep what is counted more, and drop what is no more."""
    for entry in found.gone:
        connection.execute(delete(COUNTS).where(COUNTS.c.dossier == dossier, COUNTS.c.entry == entry))
    if found.added:
        connection.execute(insert(COUNTS), [_row(dossier, one) for one in found.added])


def _row(dossier: int, one: Counted) -> dict[str, object]:
    """Return a row."""
    return {"dossier": dossier, "number": one.number, "place": one.place, "what": one.what.value,
            "at": one.at, "realm": one.host, "word": str(one.word), "under": one.under,
            "seconds": one.seconds, "entry": one.entry}  # fmt: skip


def read_tallies(connection: Connection, asked: Asked) -> list[Tally]:
    """Return how often things were counted, by bucket and word."""
    bucket = _bucket(asked)
    grouped = (COUNTS.c.what, bucket, COUNTS.c.word, COUNTS.c.under)
    counted = (func.count(), func.count(distinct(COUNTS.c.dossier)))
    query = select(*grouped, *counted).where(*_there(asked)).group_by(*grouped).order_by(*grouped)
    return [Tally(What(what), *more) for what, *more in connection.execute(query)]


def read_times(connection: Connection, asked: Asked) -> list[Times]:
    """Return how long things took, by bucket: those values alone are read that are told."""
    bucket = _bucket(asked)
    there = (*_there(asked), COUNTS.c.seconds.is_not(None))
    inner = select(
        bucket.label("bucket"),
        COUNTS.c.seconds,
        func.row_number().over(partition_by=bucket, order_by=COUNTS.c.seconds).label("place"),
        func.count().over(partition_by=bucket).label("times"),
    ).where(*there)
    of = inner.subquery()
    median, most = (of.c.times + 1) // 2, (of.c.times * 9 + 9) // 10
    query: Select[Any] = (
        select(of.c.bucket, of.c.times, of.c.place, of.c.seconds)
        .where((of.c.place == median) | (of.c.place == most))
        .order_by(of.c.bucket, of.c.place)
    )
    found: dict[int, Times] = {}
    for number, times, _, seconds in connection.execute(query):
        before = found.get(number)
        found[number] = Times(number, times, before.median if before else seconds, seconds)
    return list(found.values())


def read_hits(
    connection: Connection, under: str, since: int, hosts: Collection[str] | None
) -> dict[str, Hits]:
    """Return what came of each rule of a version; what was found from `since` on is recent."""
    recent = COUNTS.c.at >= since
    where = [COUNTS.c.under == under, COUNTS.c.what.in_([one.value for one in _RULE])]
    if hosts is not None:
        where.append(COUNTS.c.realm.in_(hosts))
    grouped = (COUNTS.c.word, COUNTS.c.what)
    query = (
        select(
            *grouped,
            func.count(),
            func.count(distinct(COUNTS.c.dossier)),
            func.count().filter(recent),
            func.count(distinct(COUNTS.c.dossier)).filter(recent),
        )
        .where(*where)
        .group_by(*grouped)
    )
    found: dict[str, Hits] = {}
    for rule, what, times, cases, recent_times, recent_cases in connection.execute(query):
        before = found.get(rule, Hits())
        match What(what):
            case What.BORNE_OUT:
                found[rule] = before._replace(borne_out=times)
            case What.DISMISSED:
                found[rule] = before._replace(dismissed=times)
            case What.REVERSED:
                found[rule] = before._replace(reversed=times)
            case _:
                found[rule] = before._replace(
                    posts=times, cases=cases, recent_posts=recent_times, recent_cases=recent_cases
                )
    return found


def _bucket(asked: Asked) -> ColumnElement[int]:
    """Return the number of the bucket that a row is in."""
    # Literal: as parameters, what is grouped by and what is told would be two expressions to PostgreSQL.
    since, size = (literal(one, literal_execute=True) for one in (asked.since, asked.size))
    return (COUNTS.c.at - since) // size


def _there(asked: Asked) -> list[ColumnElement[bool]]:
    """Return what holds of the rows that are asked for."""
    there = [
        COUNTS.c.what.in_([one.value for one in asked.whats]),
        COUNTS.c.at >= asked.since,
        COUNTS.c.at < asked.until,
    ]
    return there if asked.hosts is None else [*there, COUNTS.c.realm.in_(asked.hosts)]
