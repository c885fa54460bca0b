"""What readers get of many posts, accounts or apps at once: as many queries as for one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tipstaff.casework.words import SubjectKind
from tipstaff.hosts.square import measures
from tipstaff.hosts.square.images import names_in
from tipstaff.hosts.square.links import withhold
from tipstaff.hosts.square.pages import AccountLine, AppDetails, AppPage, PostPage
from tipstaff.hosts.square.rows import content_of
from tipstaff.hosts.square.schema import AccountRow, AppRow, PostRow

_LATELY = 200
"""Posts among which it is looked for who has published lately."""


def pages_of(session: Session, rows: Sequence[PostRow]) -> list[PostPage]:
    """Return posts as readers get them."""
    hidden, sites = measures.in_place_of_posts(session, rows), measures.blocked_sites(session)
    files = names_in(session, {row.id for row in rows})
    authors = {line.handle: line for line in lines_of(session, {row.account for row in rows})}
    return [
        PostPage(
            row.id,
            row.account,
            row.published_at,
            None if row.id in hidden else withhold(content_of(row, files.get(row.id, ())), sites),
            hidden.get(row.id),
            authors[row.account],
        )
        for row in rows
    ]


def lines_of(session: Session, handles: Collection[str]) -> list[AccountLine]:
    """Return accounts in a line each, by their handles."""
    closed = measures.in_place_of_pages(session, SubjectKind.ACCOUNT, handles)
    query = select(AccountRow).where(AccountRow.handle.in_(handles)).order_by(AccountRow.handle)
    return [
        AccountLine(row.handle, None, "", verified=False, sentence=closed[row.handle])
        if row.handle in closed
        else AccountLine(row.handle, row.name, row.bio, row.verified_name is not None, None)
        for row in session.scalars(query)
    ]


def apps_of(session: Session, rows: Sequence[AppRow]) -> list[AppPage]:
    """Return apps as readers get them."""
    hidden = measures.in_place_of_pages(session, SubjectKind.APP, {row.id for row in rows})
    return [
        AppPage(row.id, None, hidden[row.id])
        if row.id in hidden
        else AppPage(row.id, AppDetails(row.name, row.publisher, tuple(row.scopes), row.url), None)
        for row in rows
    ]


def lately(session: Session) -> list[str]:
    """Return the handles of those who have published lately, the last first."""
    newest = select(PostRow.account, PostRow.number).order_by(PostRow.number.desc()).limit(_LATELY).subquery()
    query = select(newest.c.account).group_by(newest.c.account).order_by(func.max(newest.c.number).desc())
    return list(session.scalars(query))
