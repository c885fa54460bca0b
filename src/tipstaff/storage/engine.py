"""Engines: how the databases of casework and of square are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from tipstaff.base.errors import MissingExtraError
from tipstaff.base.files import reserve_private

_SETTINGS: Final = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
)


def open_engine(url: str) -> Engine:
    """Return an engine for a database; a SQLite file is made where there is none, for its owner alone.

    On SQLite every commit is durable, and whoever writes waits for others.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = create_engine(parsed)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"for {parsed.drivername} {error.name} is missing: pip install 'tipstaff[postgres]'"
        ) from error
    if engine.dialect.name == "sqlite":
        if parsed.database:
            reserve_private(Path(parsed.database))
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Prepare a new connection, and leave it to SQLAlchemy where transactions begin."""
    connection.isolation_level = None  # of sqlite3
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin a transaction: sqlite3 itself would begin one only before a write."""
    connection.exec_driver_sql("BEGIN")
