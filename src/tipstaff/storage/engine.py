"""Engines: how the databases of casework and of square are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from tipstaff.base.errors import MissingExtraError
from tipstaff.base.files import reserve_private

_SETTINGS: Final = ("busy_timeout = 5000", "journal_mode = WAL", "foreign_keys = ON")


def open_engine(url: str, *, durable: bool = True) -> Engine:
    """Return an engine for a database; a SQLite file is made where there is none, for its owner alone.

    On SQLite whoever writes waits for others. A commit that is `durable` outlasts a power cut; one that is
    not outlasts the end of the process, and does not wait for the disk.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        postgresql = parsed.get_backend_name() == "postgresql"
        lax = {"options": "-c synchronous_commit=off"} if postgresql and not durable else {}
        engine = create_engine(parsed, connect_args=lax)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"for {parsed.drivername} {error.name} is missing: pip install 'tipstaff[postgres]'"
        ) from error
    if engine.dialect.name == "sqlite":
        if parsed.database:
            reserve_private(Path(parsed.database))
        event.listen(engine, "connect", _set_up_durable if durable else _set_up_lax)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up_durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Prepare a new connection, whose commits outlast a power cut."""
    _set_up_sqlite(connection, "synchronous = FULL")


def _set_up_lax(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Prepare a new connection, whose commits outlast the process."""
    _set_up_sqlite(connection, "synchronous = NORMAL")


def _set_up_sqlite(connection: DBAPIConnection, synchronous: str) -> None:
    """Prepare a new connection, and leave it to SQLAlchemy where transactions begin."""
    connection.isolation_level = None  # of sqlite3
    cursor = connection.cursor()
    for setting in (*_SETTINGS, synchronous):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin a transaction: sqlite3 itself would begin one only before a write."""
    connection.exec_driver_sql("BEGIN")
