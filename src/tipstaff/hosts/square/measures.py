"""Measures on square: what is applied and lifted, what is in force, and what it does.

A measure is a row and changes nothing else, so lifting it leaves everything as it was. Every page, every
publication and every reading back asks these functions again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tipstaff.actions.host import Act, Sentence
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.effects import HIDING, Measure, check_kind, gravest
from tipstaff.hosts.square.database import Turn
from tipstaff.hosts.square.schema import ActRow, MeasureRow, PostRow

NAME = "square"
"""The name of the platform in subjects."""

_CLOSING: Final = frozenset({MeasureKind.CLOSE_ACCOUNT})


def whole(kind: SubjectKind, name: str) -> Target:
    """Return all of a subject on square as a target."""
    return Target(Subject(NAME, kind, name))


def take(turn: Turn, act: Act) -> None:
    """Apply or lift a measure; the act's key is kept in the same transaction. Raises `HostError`."""
    session = turn.session
    found = select(MeasureRow).where(_on(act.target), MeasureRow.measure == act.measure)
    row = session.scalar(found)
    check_kind(act, None if row is None else row.kind)
    if row is None:
        session.add(_row(turn.number, act))
    elif act.direction is Direction.LIFT:
        row.in_force = False
    elif not row.in_force:
        session.delete(row)
        session.flush()  # before the new row, whose names are the same
        session.add(_row(turn.number, act))
    session.add(ActRow(key=act.key))


def was_carried_out(session: Session, key: str) -> bool:
    """Say whether an act with that key was carried out."""
    return session.get(ActRow, key) is not None


def in_force_on(session: Session, target: Target) -> list[Measure]:
    """Return the measures in force on a target itself, the first applied first."""
    return _in_force(session, _on(target))


def in_place_of(session: Session, target: Target) -> Sentence | None:
    """Return what readers see in place of a target, if not the target."""
    return gravest(in_force_on(session, target), HIDING)


def in_place_of_page(session: Session, handle: str) -> Sentence | None:
    """Return what readers see in place of the page of an account: blocking its posts leaves the page."""
    return in_place_of_pages(session, SubjectKind.ACCOUNT, {handle}).get(handle)


def in_place_of_pages(session: Session, kind: SubjectKind, names: Collection[str]) -> dict[str, Sentence]:
    """Return what readers see in place of the pages of accounts or apps, where it is not the pages."""
    where = and_(MeasureRow.subject_kind == kind, MeasureRow.subject.in_(names), MeasureRow.post == "")
    rows, kinds = _rows(session, where), _CLOSING if kind is SubjectKind.ACCOUNT else HIDING
    found = {name: gravest((_measure(row) for row in rows if row.subject == name), kinds) for name in names}
    return {name: sentence for name, sentence in found.items() if sentence is not None}


def in_place_of_posts(session: Session, posts: Sequence[PostRow]) -> dict[str, Sentence]:
    """Return what readers see in place of posts: what is on a post counts, and on all of its account."""
    on_posts = MeasureRow.post.in_({post.id for post in posts})
    on_accounts = and_(
        MeasureRow.subject_kind == SubjectKind.ACCOUNT,
        MeasureRow.subject.in_({post.account for post in posts}),
        MeasureRow.post == "",
    )
    rows = _rows(session, or_(on_posts, on_accounts))
    found = {post.id: gravest(map(_measure, _bearing(post, rows)), HIDING) for post in posts}
    return {post: sentence for post, sentence in found.items() if sentence is not None}


def _bearing(post: PostRow, rows: Sequence[MeasureRow]) -> list[MeasureRow]:
    """Return the rows on a post, and on all of its account."""
    return [row for row in rows if row.post == post.id or (not row.post and row.subject == post.account)]


def blocked_sites(session: Session) -> dict[str, Sentence]:
    """Return the sites to which links are blocked; of two measures on one, the first counts."""
    rows = _rows(session, MeasureRow.kind == MeasureKind.BLOCK_LINKS)
    return {row.subject: _measure(row).sentence for row in reversed(rows)}


def notices(session: Session, subject: Subject) -> list[Sentence]:
    """Return the warnings in force on a subject and its posts, the first applied first."""
    warnings = and_(
        MeasureRow.subject_kind == subject.kind,
        MeasureRow.subject == subject.id,
        MeasureRow.kind == MeasureKind.WARN,
    )
    return [measure.sentence for measure in _in_force(session, warnings)]


def _in_force(session: Session, where: ColumnElement[bool]) -> list[Measure]:
    """Return some of the measures that are in force, the first applied first."""
    return [_measure(row) for row in _rows(session, where)]


def _rows(session: Session, where: ColumnElement[bool]) -> Sequence[MeasureRow]:
    """Return their rows."""
    query = select(MeasureRow).where(where, MeasureRow.in_force).order_by(MeasureRow.number)
    return session.scalars(query).all()


def _on(target: Target) -> ColumnElement[bool]:
    """Select what was taken on a target."""
    return and_(
        MeasureRow.subject_kind == target.subject.kind,
        MeasureRow.subject == target.subject.id,
        MeasureRow.post == (target.post or ""),
    )


def _row(number: int, act: Act) -> MeasureRow:
    """Return the row of an act."""
    return MeasureRow(
        number=number,
        subject_kind=act.target.subject.kind,
        subject=act.target.subject.id,
        post=act.target.post or "",
        measure=act.measure,
        kind=act.kind,
        text=act.sentence.text,
        provision=act.sentence.provision,
        statement=act.sentence.statement,
        in_force=True,
    )


def _measure(row: MeasureRow) -> Measure:
    """Return what a row says."""
    return Measure(row.measure, row.kind, Sentence(row.text, row.provision, row.statement))
