"""What is kept about who asks, of an installation: users, their tokens and logins, links, the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from tipstaff.actions.access.links import Links
from tipstaff.actions.access.logins import Logins
from tipstaff.actions.access.once import Answers
from tipstaff.actions.access.tokens import Users
from tipstaff.actions.access.trail import Trail
from tipstaff.actions.filters import Filters
from tipstaff.actions.webhooks.hooks import Hooks
from tipstaff.assembly.casework import casework_engine
from tipstaff.storage import installation
from tipstaff.storage.access.answers import SqlAnswers
from tipstaff.storage.access.filters import SqlFilters
from tipstaff.storage.access.hooks import SqlHooks
from tipstaff.storage.access.links import SqlLinks
from tipstaff.storage.access.logins import SqlLogins
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.trail import SqlTrail
from tipstaff.storage.access.users import SqlUsers


class Access(NamedTuple):
    """Who may ask, with what, and who is told."""

    users: Users
    logins: Logins
    links: Links
    answers: Answers
    hooks: Hooks
    filters: Filters


@contextmanager
def open_access(directory: Path) -> Iterator[Access]:
    """Open what is kept for good, which is made where it is not there yet.

    Raises `InputError` where there is no installation.
    """
    with _open_engine(directory) as engine:
        yield Access(
            SqlUsers(engine), SqlLogins(engine), SqlLinks(engine), SqlAnswers(engine), SqlHooks(engine),
            SqlFilters(engine),
        )  # fmt: skip


@contextmanager
def open_users(directory: Path) -> Iterator[Users]:
    """Open where users and their tokens are kept. Raises `InputError` where there is no installation."""
    with open_access(directory) as access:
        yield access.users


@contextmanager
def open_logins(directory: Path) -> Iterator[Logins]:
    """Open where the logins of users are kept. Raises `InputError` where there is no installation."""
    with open_access(directory) as access:
        yield access.logins


@contextmanager
def open_trail(directory: Path) -> Iterator[Trail]:
    """Open the audit trail; a visit is kept once it is added, but for those right before a power cut.

    Raises `InputError` where there is no installation.
    """
    with _open_engine(directory, durable=False) as engine:
        yield SqlTrail(engine)


@contextmanager
def _open_engine(directory: Path, *, durable: bool = True) -> Iterator[Engine]:
    """Open the database with the tables of access."""
    installation.passphrase(directory)
    engine = casework_engine(directory, durable=durable)
    try:
        if not MIGRATIONS.is_newest(engine):
            MIGRATIONS.upgrade(engine)
        yield engine
    finally:
        engine.dispose()
