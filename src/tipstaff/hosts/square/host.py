"""Square behind the port to a host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Engine, select, true
from sqlalchemy.orm import Session

from tipstaff.actions.host import Ability, Act, HostError, Seen, Snapshot
from tipstaff.base.errors import InputError
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.effects import ALL_ABILITIES, check_fitting, is_item_of, told
from tipstaff.hosts.links import links_to
from tipstaff.hosts.square.database import reading, schema, writing
from tipstaff.hosts.square.images import images_in
from tipstaff.hosts.square.links import is_site
from tipstaff.hosts.square.measures import (
    NAME,
    in_force_on,
    in_place_of,
    in_place_of_posts,
    take,
    was_carried_out,
)
from tipstaff.hosts.square.rows import find_account, find_app, find_post, followers, post_of
from tipstaff.hosts.square.schema import AccountRow, PostRow
from tipstaff.screening.posts import Post
from tipstaff.storage.migrate import NEWER_MEND, NEWER_TOLD, Schema

_PAGE: Final = 500
"""Posts that are read at a time: no transaction stays open while their reader works."""


class Square:
    """The built-in platform, for those who moderate it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_newest = False

    @property
    def name(self) -> str:
        """Its name in subjects and statements."""
        return NAME

    @property
    def abilities(self) -> Mapping[MeasureKind, Ability]:
        """Everything, and it can be undone; nothing ends by itself."""
        return ALL_ABILITIES

    @property
    def idempotent(self) -> bool:
        """Acts are known by their keys."""
        return True

    def _database(self) -> Engine:
        """Return the database, once it was seen to be at the newest schema. Raises `HostError`.

        It may have been away when whoever works with it began, and come back as another version left it.
        """
        if not self._is_newest:
            found = schema(self._engine)
            if found is Schema.NEWER:
                raise HostError(f"the database of square {NEWER_TOLD}. Mend: {NEWER_MEND}")
            if found is Schema.OLDER:
                raise HostError("square is at an older schema than this version: run `tipstaff rebuild`")
            self._is_newest = True
        return self._engine

    def carry_out(self, act: Act) -> None:
        """Do what is asked; done already under that key, it is not done again. Raises `HostError`.

        The key is looked for and kept within one turn: whoever asks at the same time waits, and finds it.
        """
        with writing(self._database()) as turn:
            if was_carried_out(turn.session, act.key):
                return
            try:
                _check(turn.session, act.target)
            except InputError as error:
                raise HostError(str(error)) from error
            check_fitting(act)
            take(turn, act)

    def read_back(self, target: Target) -> Seen:
        """Return what is in force on a target. Raises `HostError`; `InputError` for what never existed."""
        with reading(self._database()) as session:
            post = _check(session, target)
            own = {measure.name: measure.kind for measure in in_force_on(session, target)}
            sentence = (
                in_place_of(session, target)
                if post is None
                else in_place_of_posts(session, [post]).get(post.id)
            )
            return Seen(own, sentence)

    def posts(self, after: str | None = None) -> Iterator[Post]:
        """Yield what was published, in order, from behind the post `after` on.

        Raises `HostError`, and `InputError` where `after` is no post.
        """
        last = 0
        if after is not None:
            with reading(self._database()) as session:
                last = find_post(session, after).number
        yield from self._pages(true(), last)

    def posts_of(self, subject: Subject) -> Iterator[Post]:
        """Yield the posts of an account, those through an app, or those that link to a site, oldest first.

        Raises `HostError`, `InputError`.
        """
        with reading(self._database()) as session:
            _check(session, Target(subject))
        match subject.kind:
            case SubjectKind.ACCOUNT:
                yield from self._pages(PostRow.account == subject.id)
            case SubjectKind.APP:
                yield from self._pages(PostRow.app == subject.id)
            case SubjectKind.SITE:
                yield from (post for post in self._pages(true()) if links_to(post, subject))

    def profile(self, subject: Subject) -> Mapping[str, str]:
        """Return the fields of an account or an app, by name. Raises `HostError`, `InputError`."""
        with reading(self._database()) as session:
            _check(session, Target(subject))
            match subject.kind:
                case SubjectKind.ACCOUNT:
                    return _profile(find_account(session, subject.id))
                case SubjectKind.APP:
                    app = find_app(session, subject.id)
                    scopes = ", ".join(app.scopes)
                    return {"name": app.name, "publisher": app.publisher, "url": app.url, "scopes": scopes}
                case SubjectKind.SITE:
                    return {"name": subject.id}

    def _pages(self, which: ColumnElement[bool], last: int = 0) -> Iterator[Post]:
        """Yield some posts from behind a number on, a page at a time."""
        query = select(PostRow).where(which).order_by(PostRow.number).limit(_PAGE)
        while True:
            with reading(self._database()) as session:
                rows = session.scalars(query.where(PostRow.number > last)).all()
                counts = followers(session, {row.account for row in rows})
                page = [post_of(row, counts[row.account]) for row in rows]
            if not rows:
                return
            last = rows[-1].number
            yield from page

    def snapshot(self, subject: Subject, post: str) -> Snapshot:
        """Return a post as it is, whatever measure is in force on it. Raises `HostError`, `InputError`."""
        with reading(self._database()) as session:
            row = _check(session, Target(subject, post))
            if row is None:
                raise InputError(f"{subject} has no posts")
            account = find_account(session, row.account)
            count = followers(session, {row.account})[row.account]
            files = images_in(session, row.id)
            return Snapshot(post_of(row, count), tuple(row.images), _profile(account), files)


def _profile(account: AccountRow) -> dict[str, str]:
    """Return what an account says of itself; the name under which it was verified is kept from others."""
    return {
        "handle": account.handle,
        "name": account.name,
        "bio": account.bio,
        "verified": "no" if account.verified_name is None else "yes",
    }


def _check(session: Session, target: Target) -> PostRow | None:
    """Return the post of a target, if it is one. Raises `InputError` for what never existed."""
    subject = target.subject
    if subject.host != NAME:
        raise InputError(f"{subject} is not on {NAME}: ask the host {subject.host}")
    match subject.kind:
        case SubjectKind.ACCOUNT:
            find_account(session, subject.id)
        case SubjectKind.APP:
            find_app(session, subject.id)
        case SubjectKind.SITE if not is_site(subject.id):
            raise InputError(f"{subject.id!r} is no host of a site: write it small, like example.com")
    if target.post is None:
        return None
    row = find_post(session, target.post)
    if not is_item_of(post_of(row), subject):
        raise InputError(f"there is no {told(target)}")
    return row
