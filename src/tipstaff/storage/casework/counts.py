"""What is counted, in SQL: written with the events of a case or an order, read by charts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, literal, select

from tipstaff.casework.case import Case
from tipstaff.casework.counts import (
    DAY,
    Asked,
    Counted,
    Counting,
    Hits,
    Tally,
    Times,
    Total,
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
            "day": one.day, "at": one.at, "realm": one.host, "word": str(one.word), "under": one.under,
            "seconds": one.seconds, "entry": one.entry}  # fmt: skip


def read_tallies(connection: Connection, asked: Asked) -> list[Tally]:
    """Return how often things were counted, by day and word."""
    grouped = (COUNTS.c.what, COUNTS.c.day, COUNTS.c.word, COUNTS.c.under)
    query = select(*grouped, func.count()).where(*_there(asked)).group_by(*grouped).order_by(*grouped)
    return [Tally(What(what), *more) for what, *more in connection.execute(query)]


def read_totals(connection: Connection, asked: Asked) -> list[Total]:
    """Return how often things were counted in all, by word."""
    grouped = (COUNTS.c.what, COUNTS.c.word)
    inner = (
        select(*grouped, func.count().label("times"))
        .where(*_there(asked))
        .group_by(*grouped, COUNTS.c.dossier)
        .subquery()
    )
    told = (inner.c.what, inner.c.word)
    query = select(*told, func.sum(inner.c.times), func.count()).group_by(*told).order_by(*told)
    return [
        Total(What(what), word, int(times), cases) for what, word, times, cases in connection.execute(query)
    ]


def read_times(connection: Connection, asked: Asked, size: int) -> list[Times]:
    """Return how long things took, by spans of `size` seconds: those values alone are read that are told."""
    # Literal: as parameters, what is parted by and what is told would be two expressions to PostgreSQL.
    since, each = (literal(one, literal_execute=True) for one in (asked.since, size))
    span = (COUNTS.c.at - since) // each
    inner = select(
        span.label("span"),
        COUNTS.c.seconds,
        func.row_number().over(partition_by=span, order_by=COUNTS.c.seconds).label("place"),
        func.count().over(partition_by=span).label("times"),
    ).where(*_there(asked), COUNTS.c.seconds.is_not(None))
    of = inner.subquery()
    median, most = (of.c.times + 1) // 2, (of.c.times * 9 + 9) // 10
    query = (
        select(of.c.span, of.c.times, of.c.seconds)
        .where((of.c.place == median) | (of.c.place == most))
        .order_by(of.c.span, of.c.place)
    )
    found: dict[int, Times] = {}
    for number, times, seconds in connection.execute(query):
        before = found.get(number)
        found[number] = Times(number, times, before.median if before else seconds, seconds)
    return list(found.values())


def read_hits(
    connection: Connection, under: str, since: int, hosts: Collection[str] | None
) -> dict[str, Hits]:
    """Return what came of each rule of a version; what was found from `since` on is recent."""
    where = [COUNTS.c.under == under, COUNTS.c.what.in_([one.value for one in _RULE])]
    if hosts is not None:
        where.append(COUNTS.c.realm.in_(hosts))
    grouped = (COUNTS.c.what, COUNTS.c.word)
    recent = func.sum(case((COUNTS.c.at >= since, 1), else_=0))
    inner = (
        select(*grouped, func.count().label("times"), recent.label("recent"))
        .where(*where)
        .group_by(*grouped, COUNTS.c.dossier)
        .subquery()
    )
    told = (inner.c.what, inner.c.word)
    sums = (
        func.sum(inner.c.times),
        func.count(),
        func.sum(inner.c.recent),
        func.sum(case((inner.c.recent > 0, 1), else_=0)),
    )
    found: dict[str, Hits] = {}
    for what, rule, *counted in connection.execute(select(*told, *sums).group_by(*told)):
        times, cases, recent_times, recent_cases = map(int, counted)
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


def _there(asked: Asked) -> list[ColumnElement[bool]]:
    """Return what holds of the rows that are asked for."""
    there = [
        COUNTS.c.what.in_([one.value for one in asked.whats]),
        COUNTS.c.day >= asked.since // DAY,
        COUNTS.c.at >= asked.since,
        COUNTS.c.day <= asked.until // DAY,
        COUNTS.c.at < asked.until,
    ]
    return there if asked.hosts is None else [*there, COUNTS.c.realm.in_(asked.hosts)]
