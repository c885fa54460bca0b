"""Cases in a line each, in SQL: written with the events of a case, read by lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from tipstaff.base.errors import MissingError
from tipstaff.casework.outline import PENDING, Outline, Standing, Which
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.casework.schema import DOSSIERS, OUTLINES

_OUTLINES: Final = (
    select(
        DOSSIERS.c.number, DOSSIERS.c.realm, DOSSIERS.c.kind, DOSSIERS.c.name,
        OUTLINES.c.posts, OUTLINES.c.severity, OUTLINES.c.rules, OUTLINES.c.standing,
        OUTLINES.c.complaints, OUTLINES.c.deadline, OUTLINES.c.escalated, OUTLINES.c.heard_until,
        OUTLINES.c.waits,
    )
    .join(DOSSIERS, DOSSIERS.c.number == OUTLINES.c.dossier)
    .order_by(OUTLINES.c.rank.desc(), OUTLINES.c.dossier)
)  # fmt: skip

_RANK: Final = select(OUTLINES.c.rank).join(DOSSIERS, DOSSIERS.c.number == OUTLINES.c.dossier)


def keep_outline(connection: Connection, one: Outline) -> None:
    """Keep a case in one line, instead of what was kept of it before."""
    row: dict[str, object] = {
        "posts": one.posts,
        "severity": one.severity,
        "rules": list(one.rules),
        "standing": one.standing.value,
        "complaints": one.complaints,
        "deadline": one.deadline,
        "escalated": one.escalated,
        "heard_until": one.heard_until,
        "waits": one.waits,
        "rank": one.rank,
    }
    kept = connection.execute(update(OUTLINES).where(OUTLINES.c.dossier == one.number).values(row))
    if kept.rowcount == 0:
        connection.execute(insert(OUTLINES).values(dossier=one.number, **row))


def read_outlines(
    connection: Connection,
    most: int,
    after: int | None,
    which: Which,
) -> list[Outline]:
    """Return cases in a line each, by their rank, of equals the oldest; from behind `after` on."""
    there = () if which.hosts is None else (DOSSIERS.c.realm.in_(which.hosts),)
    shown = (*there, *_shown(which))
    if after is None:
        return _read(connection, most, *shown)
    rank = connection.scalar(_RANK.where(OUTLINES.c.dossier == after, *there))
    if rank is None:
        raise MissingError(f"there is no case {after}")
    # Two queries that each begin at their place in the index; one for both would walk to it.
    same = _read(connection, most, *shown, OUTLINES.c.rank == rank, OUTLINES.c.dossier > after)
    return same + _read(connection, most - len(same), *shown, OUTLINES.c.rank < rank)


def _shown(which: Which) -> Iterator[ColumnElement[bool]]:
    """Yield what holds of the cases that are shown, among those that are there."""
    if which.waiting:
        yield OUTLINES.c.waits.is_(True)
    if which.about is not None:
        yield DOSSIERS.c.realm == which.about.host
        yield DOSSIERS.c.kind == which.about.kind.value
        yield DOSSIERS.c.name == which.about.id
    if which.standings is not None:
        yield OUTLINES.c.standing.in_([one.value for one in which.standings])
    if which.pending is not None:
        yield or_(
            OUTLINES.c.escalated,
            OUTLINES.c.standing.in_([one.value for one in PENDING]),
            OUTLINES.c.heard_until <= which.pending,
        )


def _read(connection: Connection, most: int, *where: ColumnElement[bool]) -> list[Outline]:
    """Return some cases in a line each."""
    rows = connection.execute(_OUTLINES.where(*where).limit(most))
    return [
        Outline(
            number,
            Subject(realm, SubjectKind(kind), name),
            posts,
            severity,
            tuple(rules),
            Standing(stands),
            *more,
        )
        for number, realm, kind, name, posts, severity, rules, stands, *more in rows
    ]
