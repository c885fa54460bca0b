"""Engines: how the databases of casework and of square are opened."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

_BUSY_MS: Final = 5_000


def open_engine(url: str) -> Engine:
    """Open a database. On SQLite every commit is durable, and writers wait for one another."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Prepare a new connection to SQLite; transactions are begun by us, for the driver begins them late."""
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"not a connection to SQLite: {connection!r}")
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
