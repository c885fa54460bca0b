"""Square for those who publish and read: accounts, apps, posts, a feed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, select, true

from tipstaff.actions.host import Image, Sentence
from tipstaff.base.errors import InputError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.effects import SILENCING, gravest
from tipstaff.hosts.square import measures
from tipstaff.hosts.square.database import reading, writing
from tipstaff.hosts.square.images import (
    find_image,
    image_of,
    keep_images,
    posts_with,
    read_images,
)
from tipstaff.hosts.square.links import blocked
from tipstaff.hosts.square.pages import (
    AccountLine,
    AccountPage,
    AppDetails,
    AppPage,
    Draft,
    PostPage,
    Profile,
    RefusedError,
)
from tipstaff.hosts.square.rows import (
    content_of,
    find_account,
    find_app,
    find_post,
    followers,
    post_of,
)
from tipstaff.hosts.square.schema import NAME, AccountRow, AppRow, FollowRow, PostRow
from tipstaff.hosts.square.showing import apps_of, lately, lines_of, pages_of
from tipstaff.screening.posts import Post

FEED: Final = 20
"""Posts on one page of a feed."""

LINES: Final = 50
"""Accounts or apps on one page of a list."""

_NAME: Final = re.compile(rf"[a-z0-9][a-z0-9_.-]{{0,{NAME - 1}}}")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
"""No encoding carries lone surrogates, and PostgreSQL no zero character."""


class Platform:
    """The built-in platform, for those who use it. All that is refused by a measure is a `RefusedError`.

    Every method raises `InputError` for what is not there, and `HostError` where the database is away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def register_account(
        self, handle: str, name: str, bio: str = "", verified_name: str | None = None
    ) -> None:
        """Open an account; the name under which it was verified, if it was, is kept from readers."""
        _check_name(handle)
        with writing(self._engine) as (session, _):
            if session.get(AccountRow, handle) is not None:
                raise InputError(f"the handle {handle} is taken, and is never given again: choose another")
            verified = None if verified_name is None else _storable(verified_name)
            session.add(
                AccountRow(handle=handle, name=_storable(name), bio=_storable(bio), verified_name=verified)
            )

    def register_app(self, name: str, details: AppDetails) -> None:
        """Admit a third-party app under a name of its own."""
        _check_name(name)
        with writing(self._engine) as (session, _):
            if session.get(AppRow, name) is not None:
                raise InputError(f"the name {name} is taken: choose another")
            session.add(
                AppRow(
                    id=name,
                    name=_storable(details.name),
                    publisher=_storable(details.publisher),
                    scopes=[_storable(scope) for scope in details.scopes],
                    url=_storable(details.url),
                )
            )

    def follow(self, reader: str, handle: str) -> None:
        """Have a reader follow an account; who follows it already, goes on."""
        _check_name(reader)
        with writing(self._engine) as (session, _):
            find_account(session, handle)
            _refuse(measures.in_place_of_page(session, handle))
            if session.get(FollowRow, (reader, handle)) is None:
                session.add(FollowRow(reader=reader, account=handle))

    def unfollow(self, reader: str, handle: str) -> None:
        """Have a reader follow an account no longer; who never did, does not."""
        _check_name(reader)
        with writing(self._engine) as (session, _):
            find_account(session, handle)
            row = session.get(FollowRow, (reader, handle))
            if row is not None:
                session.delete(row)

    def publish(self, handle: str, draft: Draft) -> str:
        """Publish a post of an account; returns its identifier. Raises `InputError` for an empty one."""
        _check_time(draft.published_at)
        if not (draft.text.strip() or draft.title or draft.url or draft.images or draft.files):
            raise InputError("the post is empty: give it a text, a title, a link or an image")
        images = read_images(draft.files)
        with writing(self._engine) as (session, number):
            find_account(session, handle)
            account = measures.whole(SubjectKind.ACCOUNT, handle)
            _refuse(gravest(measures.in_force_on(session, account), SILENCING))
            if draft.app is not None:
                find_app(session, draft.app)
                _refuse(measures.in_place_of(session, measures.whole(SubjectKind.APP, draft.app)))
            row = _row(number, handle, draft)
            for sentence in blocked(content_of(row), measures.blocked_sites(session)):
                _refuse(sentence)
            session.add(row)
            session.flush()  # before its images, which name it
            keep_images(session, row.id, images)
            return row.id

    def as_screened(self, post: str) -> Post:
        """Return a post as it is screened, whatever measure is in force on it."""
        with reading(self._engine) as session:
            row = find_post(session, post)
            return post_of(row, followers(session, {row.account})[row.account])

    def standing_of(self, handle: str) -> tuple[str, str, Sentence | None] | None:
        """Return the handle and the name of an account, and the sentence under which it publishes nothing.

        None for an account that is not there.
        """
        with reading(self._engine) as session:
            row = session.get(AccountRow, handle)
            if row is None:
                return None
            whole = measures.whole(SubjectKind.ACCOUNT, handle)
            return handle, row.name, gravest(measures.in_force_on(session, whole), SILENCING)

    def read_post(self, post: str) -> PostPage:
        """Return a post as readers get it."""
        with reading(self._engine) as session:
            (page,) = pages_of(session, [find_post(session, post)])
            return page

    def image(self, name: str) -> Image:
        """Return an image that some post shows to readers; nobody gets one all of whose posts are hidden."""
        with reading(self._engine) as session:
            row = find_image(session, name)
            for posts in posts_with(session, name):
                hidden = measures.in_place_of_posts(session, posts)
                if any(post.id not in hidden for post in posts):
                    return image_of(row)
            raise RefusedError(hidden[posts[0].id])

    def read_account(self, handle: str) -> AccountPage:
        """Return the page of an account."""
        with reading(self._engine) as session:
            row = find_account(session, handle)
            sentence = measures.in_place_of_page(session, handle)
            count = followers(session, {handle})[handle]
            profile = Profile(row.name, row.bio, row.verified_name is not None, count)
            return AccountPage(handle, None if sentence else profile, sentence)

    def verified_name(self, handle: str) -> str | None:
        """Return the name under which an account was verified: for the platform's own people alone."""
        with reading(self._engine) as session:
            return find_account(session, handle).verified_name

    def read_app(self, name: str) -> AppPage:
        """Return the page of an app."""
        with reading(self._engine) as session:
            (page,) = apps_of(session, [find_app(session, name)])
            return page

    def feed(self, reader: str, before: str | None = None, most: int = FEED) -> list[PostPage]:
        """Return a page of what the accounts that a reader follows published, newest first.

        The next page begins before the last post of this one; so it is with other lists of posts.
        """
        followed = select(FollowRow.account).where(FollowRow.reader == reader)
        return self._newest(PostRow.account.in_(followed), before, most)

    def newest(self, before: str | None = None, most: int = FEED) -> list[PostPage]:
        """Return a page of what all accounts published, newest first."""
        return self._newest(true(), before, most)

    def posts_of(self, handle: str, before: str | None = None, most: int = FEED) -> list[PostPage]:
        """Return a page of what an account published, newest first."""
        return self._newest(PostRow.account == handle, before, most)

    def posts_through(self, app: str, before: str | None = None, most: int = FEED) -> list[PostPage]:
        """Return a page of what was published through an app, newest first."""
        return self._newest(PostRow.app == app, before, most)

    def _newest(self, which: ColumnElement[bool], before: str | None, most: int) -> list[PostPage]:
        """Return a page of some posts, newest first."""
        query = select(PostRow).where(which).order_by(PostRow.number.desc()).limit(most)
        with reading(self._engine) as session:
            if before is not None:
                query = query.where(PostRow.number < find_post(session, before).number)
            return pages_of(session, session.scalars(query).all())

    def accounts(self, after: str = "", most: int = LINES) -> list[AccountLine]:
        """Return a page of all accounts, by their handles, from behind one on."""
        query = select(AccountRow.handle).where(AccountRow.handle > after)
        with reading(self._engine) as session:
            return lines_of(session, session.scalars(query.order_by(AccountRow.handle).limit(most)).all())

    def active(self, most: int) -> list[AccountLine]:
        """Return some open accounts, who has published last the first."""
        with reading(self._engine) as session:
            handles = lately(session)
            lines = {line.handle: line for line in lines_of(session, handles) if line.sentence is None}
            return [lines[handle] for handle in handles if handle in lines][:most]

    def followed(self, reader: str, after: str = "", most: int = LINES) -> list[AccountLine]:
        """Return a page of the accounts that a reader follows, by their handles, from behind one on."""
        query = select(FollowRow.account).where(FollowRow.reader == reader, FollowRow.account > after)
        with reading(self._engine) as session:
            return lines_of(session, session.scalars(query.order_by(FollowRow.account).limit(most)).all())

    def follows(self, reader: str, handle: str) -> bool:
        """Say whether a reader follows an account."""
        with reading(self._engine) as session:
            return session.get(FollowRow, (reader, handle)) is not None

    def apps(self, after: str = "", most: int = LINES) -> list[AppPage]:
        """Return a page of all apps, by their names in addresses, from behind one on."""
        query = select(AppRow).where(AppRow.id > after).order_by(AppRow.id).limit(most)
        with reading(self._engine) as session:
            return apps_of(session, session.scalars(query).all())

    def notices(self, subject: Subject) -> list[Sentence]:
        """Return the warnings that are kept for an account or the publisher of an app, the first first."""
        with reading(self._engine) as session:
            return measures.notices(session, subject)


def _row(number: int, handle: str, draft: Draft) -> PostRow:
    """Return the row of a new post, named after its number."""
    return PostRow(
        number=number,
        id=f"p{number}",
        account=handle,
        title=None if draft.title is None else _storable(draft.title),
        text=_storable(draft.text),
        url=None if draft.url is None else _storable(draft.url),
        images=[_storable(image) for image in draft.images],
        lang=draft.lang,
        published_at=draft.published_at,
        sponsored=draft.sponsored,
        app=draft.app,
    )


def _refuse(sentence: Sentence | None) -> None:
    """Raise `RefusedError` where there is a sentence against what was asked."""
    if sentence is not None:
        raise RefusedError(sentence)


def _check_name(name: str) -> None:
    """Raise `InputError` for what is no name in addresses."""
    if _NAME.fullmatch(name) is None:
        raise InputError(
            f"{name!r} is no name: take up to {NAME} small letters, digits, `_`, `.` and `-`, "
            "with a letter or digit first"
        )


def _check_time(written: str) -> None:
    """Raise `InputError` for what is no time with an offset."""
    try:
        offset = datetime.fromisoformat(written).tzinfo
    except ValueError as error:
        raise InputError(f"{written!r} is no time: write it like 2018-08-21T09:00:00+08:00") from error
    if offset is None:
        raise InputError(f"{written} has no offset: write it like 2018-08-21T09:00:00+08:00")


def _storable(text: str) -> str:
    """Return a text that every database can hold: what cannot be stored becomes U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)
