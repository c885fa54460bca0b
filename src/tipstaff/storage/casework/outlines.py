"""Cases in a line each, in SQL: written with the events of a case, read by lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from tipstaff.base.errors import MissingError
from tipstaff.casework.events import Recorded
from tipstaff.casework.outline import EVERY_CASE, PENDING, SETTLED, Outline, Standing, rank_before
from tipstaff.casework.priority import PENDING_ABOVE
from tipstaff.casework.which import Which
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.casework.lookups import read_events
from tipstaff.storage.casework.schema import DOSSIERS, FACETS, OUTLINES

_decode: Final = msgspec.json.Decoder(Recorded).decode

_COLUMNS: Final = (
    DOSSIERS.c.number, DOSSIERS.c.realm, DOSSIERS.c.kind, DOSSIERS.c.name,
    OUTLINES.c.posts, OUTLINES.c.severity, OUTLINES.c.rules, OUTLINES.c.standing,
    OUTLINES.c.complaints, OUTLINES.c.deadline, OUTLINES.c.escalated, OUTLINES.c.heard_until,
    OUTLINES.c.waits, DOSSIERS.c.version, OUTLINES.c.since, OUTLINES.c.followers,
    OUTLINES.c.measured,
    OUTLINES.c.policies, OUTLINES.c.languages, OUTLINES.c.territories,
    OUTLINES.c.claimed_by, OUTLINES.c.claimed_until,
)  # fmt: skip

_CASES: Final = OUTLINES.join(DOSSIERS, DOSSIERS.c.number == OUTLINES.c.dossier)
_DEADLINE: Final = "deadline"
"""The facet of what has a deadline that is to be kept, listed by that instead of the rank."""

_RANK: Final = select(OUTLINES.c.rank).select_from(_CASES)


_WALKED: Final = 2000
"""Cases that are walked past, at the most, to find decided ones."""


def keep_outline(connection: Connection, one: Outline, before: Outline | None = None) -> None:
    """Keep a case in one line, instead of what was kept of it before, if that is known."""
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
        "since": one.since,
        "followers": one.followers,
        "measured": one.measured,
        "policies": list(one.policies),
        "languages": list(one.languages),
        "territories": list(one.territories),
        "claimed_by": one.claimed_by,
        "claimed_until": one.claimed_until,
    }
    kept = connection.execute(update(OUTLINES).where(OUTLINES.c.dossier == one.number).values(row))
    if kept.rowcount == 0:
        connection.execute(insert(OUTLINES).values(dossier=one.number, **row))
    ranks = _ranks(one)
    if before is None or _ranks(before) != ranks:
        connection.execute(delete(FACETS).where(FACETS.c.dossier == one.number))
        rows = [{"dossier": one.number, "facet": name, "rank": rank} for name, rank in ranks.items()]
        connection.execute(insert(FACETS), rows)


def _ranks(one: Outline) -> dict[str, int]:
    """Return the facets of a case, each with what it is listed by: of deadlines the nearest comes first."""
    deadline = {} if one.due is None else {_DEADLINE: -one.due}
    return dict.fromkeys(sorted(one.facets), one.rank) | deadline


def read_outlines(
    connection: Connection,
    most: int,
    after: int | None,
    which: Which,
) -> list[Outline]:
    """Return cases in a line each, by their rank, of equals the oldest; from behind `after` on."""
    source = _source(which)
    if after is None:
        return _read(connection, source.ordered(most))
    there = () if which.hosts is None else (DOSSIERS.c.realm.in_(which.hosts),)
    rank = connection.scalar(_RANK.where(OUTLINES.c.dossier == after, *there))
    if rank is None:
        raise MissingError(f"there is no case {after}")
    if which.pending is not None and rank <= PENDING_ABOVE:  # it was decided since it was listed
        rank = _rank_before(connection, after) or rank
    # Two queries that each begin at their place in the index; one for both would walk to it.
    same = _read(connection, source.ordered(most, source.rank == rank, source.dossier > after))
    return same + _read(connection, source.ordered(most - len(same), source.rank < rank))


def _rank_before(connection: Connection, number: int) -> int | None:
    """Return by which rank a case was listed when somebody had to decide in it last."""
    return rank_before(number, map(_decode, read_events(connection, [number])[number]))


def first_due(connection: Connection, which: Which) -> Outline | None:
    """Return the case that has the first deadline, of those hosts."""
    led = FACETS.join(OUTLINES, OUTLINES.c.dossier == FACETS.c.dossier)
    place = led.join(DOSSIERS, DOSSIERS.c.number == OUTLINES.c.dossier)
    there = () if which.hosts is None else (DOSSIERS.c.realm.in_(which.hosts),)
    source = _Source(place, FACETS.c.rank, FACETS.c.dossier, (FACETS.c.facet == _DEADLINE, *there))
    return next(iter(_read(connection, source.ordered(1))), None)


def read_outlines_of(connection: Connection, subjects: Collection[Subject]) -> list[Outline]:
    """Return the cases about some subjects in a line each, the oldest first."""
    same = [
        and_(DOSSIERS.c.kind == one.kind.value, DOSSIERS.c.realm == one.host, DOSSIERS.c.name == one.id)
        for one in subjects
    ]
    if not same:
        return []
    query = select(*_COLUMNS).select_from(_CASES).where(or_(*same))
    return _read(connection, query.order_by(OUTLINES.c.dossier))


def read_settled(connection: Connection, severities: Collection[int], most: int) -> list[Outline]:
    """Return cases of some severities that somebody has decided, in a line each, the newest first.

    No index has these: the walk from the newest case on ends after so many.
    """
    walked = select(OUTLINES.c.dossier).order_by(OUTLINES.c.dossier.desc()).limit(_WALKED)
    query = select(*_COLUMNS).select_from(_CASES).where(
        OUTLINES.c.dossier.in_(walked.scalar_subquery()),
        OUTLINES.c.standing.in_([one.value for one in SETTLED]),
        OUTLINES.c.severity.in_(severities),
    )  # fmt: skip
    return _read(connection, query.order_by(OUTLINES.c.dossier.desc()).limit(most))


def count_outlines(connection: Connection, most: int, every: Sequence[Which]) -> list[int]:
    """Return how many cases there are of each, `most` where there are more, by one query."""
    if not every:
        return []
    counted = [
        select(func.count()).select_from(_source(which).some(most).subquery()).scalar_subquery()
        for which in every
    ]
    return list(connection.execute(select(*counted)).one())


class _Source(NamedTuple):
    """Where cases are read from, in the order of which index, and what holds of those that are shown."""

    place: FromClause
    rank: ColumnElement[int]
    dossier: ColumnElement[int]
    where: tuple[ColumnElement[bool], ...]

    def ordered(self, most: int, *where: ColumnElement[bool]) -> Select[tuple[object, ...]]:
        """Return the query for so many of them, by their rank."""
        query = select(*_COLUMNS).select_from(self.place).where(*self.where, *where)
        return query.order_by(self.rank.desc(), self.dossier).limit(most)

    def some(self, most: int) -> Select[tuple[int]]:
        """Return the query for so many of them: in order, so that the index is walked that leads to them."""
        query = select(literal(1).label("one")).select_from(self.place).where(*self.where)
        return query.order_by(self.rank.desc(), self.dossier).limit(most)


def _source(which: Which) -> _Source:
    """Return where the cases that are shown are read from: by their rarest facet.

    Where it is known otherwise which those are, as few wait, an index of that leads to them.
    """
    first, *others = which.facets or (EVERY_CASE,)
    by_facet = bool(which.facets) or not (which.waiting or which.about)
    ranks, dossiers = (FACETS.c.rank, FACETS.c.dossier) if by_facet else (OUTLINES.c.rank, OUTLINES.c.dossier)
    shown = tuple(_shown(which, ranks))
    if not by_facet:
        return _Source(_CASES, ranks, dossiers, shown)
    led = FACETS.join(OUTLINES, OUTLINES.c.dossier == FACETS.c.dossier)
    place = led.join(DOSSIERS, DOSSIERS.c.number == OUTLINES.c.dossier)
    also = FACETS.alias("also")
    has = tuple(exists().where(also.c.dossier == FACETS.c.dossier, also.c.facet == one) for one in others)
    return _Source(place, ranks, dossiers, (FACETS.c.facet == first, *has, *shown))


def _shown(which: Which, rank: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    """Yield what holds of the cases that are shown, but for their facets."""
    if which.hosts is not None:
        yield DOSSIERS.c.realm.in_(which.hosts)
    if which.waiting:
        yield OUTLINES.c.waits.is_(True)
    if which.about is not None:
        yield DOSSIERS.c.realm == which.about.host
        yield DOSSIERS.c.kind == which.about.kind.value
        yield DOSSIERS.c.name == which.about.id
    if which.pending is not None:
        yield rank > PENDING_ABOVE  # what is done comes after these, however much of it there is
        yield or_(
            OUTLINES.c.escalated,
            OUTLINES.c.standing.in_([one.value for one in PENDING]),
            OUTLINES.c.heard_until <= which.pending,
        )
    if which.due_by is not None:
        yield OUTLINES.c.deadline <= which.due_by
    if which.claimed_by is not None:
        yield OUTLINES.c.claimed_until > which.claimed_at
    if which.free_at is not None:
        yield OUTLINES.c.claimed_until <= which.free_at


def _read(connection: Connection, query: Select[tuple[object, ...]]) -> list[Outline]:
    """Return some cases in a line each."""
    rows: Sequence[Row[Any]] = connection.execute(query).all()
    return [
        Outline(
            number,
            Subject(realm, SubjectKind(kind), name),
            posts,
            severity,
            tuple(rules),
            Standing(stands),
            *more,
            *map(tuple, (policies, languages, territories)),
            *claim,
        )
        for number, realm, kind, name, posts, severity, rules, stands, *rest in rows
        for more, policies, languages, territories, claim in [(rest[:-5], *rest[-5:-2], rest[-2:])]
    ]
