"""Finding accounts, apps and posts in the database, and what their rows say."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tipstaff.base.errors import InputError
from tipstaff.hosts.square.measures import NAME
from tipstaff.hosts.square.pages import Content
from tipstaff.hosts.square.schema import AccountRow, AppRow, FollowRow, PostRow
from tipstaff.screening.posts import Post


def find_account(session: Session, handle: str) -> AccountRow:
    """Return an account. Raises `InputError`."""
    row = session.get(AccountRow, handle)
    if row is None:
        raise InputError(f"there is no account {handle!r} on {NAME}")
    return row


def find_app(session: Session, name: str) -> AppRow:
    """Return an app. Raises `InputError`."""
    row = session.get(AppRow, name)
    if row is None:
        raise InputError(f"there is no app {name!r} on {NAME}")
    return row


def find_post(session: Session, name: str) -> PostRow:
    """Return a post. Raises `InputError`."""
    row = session.scalar(select(PostRow).where(PostRow.id == name))
    if row is None:
        raise InputError(f"there is no post {name!r} on {NAME}")
    return row


def followers(session: Session, handles: AbstractSet[str]) -> dict[str, int]:
    """Count the followers of some accounts."""
    counted = select(FollowRow.account, func.count()).where(FollowRow.account.in_(handles))
    found = dict(session.execute(counted.group_by(FollowRow.account)).tuples().all())
    return {handle: found.get(handle, 0) for handle in handles}


def post_of(row: PostRow, count: int | None = None) -> Post:
    """Return a post as it is screened; `count` are the followers of its account."""
    return Post(
        id=row.id,
        account=row.account,
        text=row.text,
        title=row.title,
        url=row.url,
        lang=row.lang,
        published_at=row.published_at,
        followers=count,
        sponsored=row.sponsored,
        host=NAME,
        app=row.app,
    )


def content_of(row: PostRow, files: tuple[str, ...] = ()) -> Content:
    """Return what a post says, as it was published; `files` are the names of the images that square holds."""
    images = tuple(row.images)
    return Content(row.title, row.text, row.url, images, row.lang, row.sponsored, row.app, files)
