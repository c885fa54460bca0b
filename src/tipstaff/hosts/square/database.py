"""The database of square: how it is brought to the newest schema, and how it is read and written.

All who write take turns, on every database: a turn begins by raising the one row of `turns`, which locks it
until the commit. So numbers are given in the order of the commits, a reader that has seen one has seen all
below it, and what was checked in a turn holds until its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Engine, exc, update
from sqlalchemy.orm import Session

from tipstaff.actions.host import HostError
from tipstaff.hosts.square.migrate import MIGRATIONS
from tipstaff.hosts.square.schema import TurnRow
from tipstaff.storage.migrate import Schema


class Turn(NamedTuple):
    """A transaction that writes, and its number."""

    session: Session
    number: int


def upgrade(engine: Engine) -> None:
    """Run the migrations that a square has not seen. Raises `HostError` where it cannot be reached.

    Raises `InputError` where it was made by a newer version.
    """
    with _told():
        MIGRATIONS.upgrade(engine)


def schema(engine: Engine) -> Schema:
    """Say how far a square is. Raises `HostError`."""
    with _told():
        return MIGRATIONS.schema(engine)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a transaction that reads. Raises `HostError` where the database cannot be reached."""
    with _told(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Turn]:
    """Take a turn: everything in it is committed at the end, or nothing. Raises `HostError`."""
    with _told(), Session(engine) as session, session.begin():
        raised = update(TurnRow).values(number=TurnRow.number + 1).returning(TurnRow.number)
        yield Turn(session, session.scalars(raised).one())


@contextmanager
def _told() -> Iterator[None]:
    """Turn a database that is away, or busy for too long, into the error of a host."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise HostError(f"the database of square cannot be used: {error.args[0]}. Ask again later") from error
