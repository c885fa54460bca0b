"""What is counted, in SQL: written with the events of a case or an order, read by charts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, distinct, func, insert, literal, select

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

_FIELDS: Final[Mapping[str, str]] = {
    What.FOUND.value: "posts",
    What.BORNE_OUT.value: "borne_out",
    What.DISMISSED.value: "dismissed",
    What.REVERSED.value: "reversed",
}
"""What is counted of rules, and as what it is told."""


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


def read_totals(connection: Connection, asked: Asked, *, once: bool) -> list[Total]:
    """Return how often things were counted in all, by word; in how many cases and orders with `once`."""
    grouped = (COUNTS.c.what, COUNTS.c.word)
    times = func.count(distinct(COUNTS.c.dossier)) if once else func.count()
    query = select(*grouped, times).where(*_there(asked)).group_by(*grouped).order_by(*grouped)
    return [Total(What(what), *more) for what, *more in connection.execute(query)]


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
    there = [COUNTS.c.under == under]
    if hosts is not None:
        there.append(COUNTS.c.realm.in_(hosts))
    found: dict[str, Hits] = {}
    every = select(COUNTS.c.what, COUNTS.c.word, func.count()).group_by(COUNTS.c.what, COUNTS.c.word)
    for what, rule, times in connection.execute(every.where(*there, COUNTS.c.what.in_(list(_FIELDS)))):
        found[rule] = found.get(rule, Hits())._replace(**{_FIELDS[what]: times})
    late = select(COUNTS.c.word, func.count(), func.count(distinct(COUNTS.c.dossier))).group_by(COUNTS.c.word)
    late = late.where(*there, COUNTS.c.what == What.FOUND.value, COUNTS.c.at >= since)
    for rule, posts, cases in connection.execute(late):
        found[rule] = found[rule]._replace(recent_posts=posts, recent_cases=cases)
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
