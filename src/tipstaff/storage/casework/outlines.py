"""Cases in a line each, in SQL: written with the events of a case, read by lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, insert, or_, select, update

from tipstaff.base.errors import MissingError
from tipstaff.casework.outline import PENDING, SETTLED, Outline, Standing, Which
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


_WALKED: Final = 2000
"""Cases that are walked past, at the most, to find decided ones."""


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


def read_outlines_of(connection: Connection, subjects: Collection[Subject]) -> list[Outline]:
    """Return the cases about some subjects in a line each, the oldest first."""
    same = [
        and_(
            DOSSIERS.c.kind == one.kind.value, DOSSIERS.c.realm == one.host, DOSSIERS.c.name == one.id
        )
        for one in subjects
    ]  # fmt: skip
    found = _read(connection, len(same), or_(*same)) if same else []
    return sorted(found, key=lambda one: one.number)


def read_settled(connection: Connection, severities: Collection[int], most: int) -> list[Outline]:
    """Return cases of some severities that somebody has decided, in a line each, the newest first.

    No index has these: the walk from the newest case on ends after so many.
    """
    walked = select(OUTLINES.c.dossier).order_by(OUTLINES.c.dossier.desc()).limit(_WALKED)
    decided = OUTLINES.c.standing.in_([one.value for one in SETTLED])
    found = _OUTLINES.where(
        OUTLINES.c.dossier.in_(walked), decided, OUTLINES.c.severity.in_(severities)
    ).order_by(None)
    return _lines(connection, found.order_by(OUTLINES.c.dossier.desc()).limit(most))


def _shown(which: Which) -> Iterator[ColumnElement[bool]]:
    """Yield what holds of the cases that are shown, among those that are there."""
    if which.waiting:
        yield OUTLINES.c.waits.is_(True)
    if which.about is not None:
        yield DOSSIERS.c.realm == which.about.host
        yield DOSSIERS.c.kind == which.about.kind.value
        yield DOSSIERS.c.name == which.about.id
    if which.pending is not None:
        yield or_(
            OUTLINES.c.escalated,
            OUTLINES.c.standing.in_([one.value for one in PENDING]),
            OUTLINES.c.heard_until <= which.pending,
        )


def _read(connection: Connection, most: int, *where: ColumnElement[bool]) -> list[Outline]:
    """Return some cases in a line each."""
    return _lines(connection, _OUTLINES.where(*where).limit(most))


def _lines(connection: Connection, query: Select[Any]) -> list[Outline]:
    """Return the cases that a query finds in a line each."""
    rows = connection.execute(query)
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
