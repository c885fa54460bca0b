"""Connections to the SQLite files of a log, and what their errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from tipstaff.base.files import reserve_private
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError, LayoutError, LogError
from tipstaff.ledger.state import LAYOUT

BUSY_SECONDS: Final = 5.0
_CACHE_KIB: Final = 65_536
_LOG_PAGES: Final = 16_384
"""Pages that the write-ahead log grows to before it is moved into the database.

Keys of the state are spread all over it: the same pages are written batch after batch, and moved once.
"""
_AT_ONCE: Final = 64
"""Rows that a command writes: the way into SQLite and back costs as much as writing one."""


def connect(path: Path, schema: str, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open a file, durable at every commit, and create what is not there yet, for its owner alone."""
    try:
        reserve_private(path)
    except OSError as error:
        raise LogError(f"{path} cannot be used: {error.strerror}") from error
    with told(path):
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if _is_new(connection):
            connection.execute(f"PRAGMA user_version = {LAYOUT}")
        _check_layout(connection, path)
        connection.executescript(schema)
    return connection


def _is_new(connection: sqlite3.Connection) -> bool:
    """Say whether there is nothing in a file yet."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return not tables


def _check_layout(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that another version has laid out otherwise. Raises `LayoutError`."""
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if layout != LAYOUT:
        raise LayoutError(
            f"{path} is laid out for another version of Tipstaff ({layout}, not {LAYOUT}), and this one "
            "cannot open it: keep a log with the version that wrote it"
        )


def connect_read_only(path: Path, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open a file that stays as it is, beside whoever writes to it; a copy on a read-only disk will do.

    Beside a database SQLite keeps an index of its write-ahead log, also for readers. Where it cannot make one
    and there is no such log, nobody is writing, and the database is all there is.
    """
    with told(path):
        try:
            return _open_read_only(path, "mode=ro", patience)
        except sqlite3.OperationalError as error:
            log = path.with_name(f"{path.name}-wal")
            refused = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not refused or (log.exists() and log.stat().st_size):
                raise
        return _open_read_only(path, "immutable=1", patience)


def _open_read_only(path: Path, how: str, patience: float) -> sqlite3.Connection:
    """Open a file in one way of reading, and read."""
    address = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(
        address, timeout=patience, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        _check_layout(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite into those of the log."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise error_of(path, error) from error


def error_of(path: Path, error: sqlite3.DatabaseError) -> LogError:
    """Return the error of the log that an error of SQLite is."""
    if not isinstance(error, sqlite3.OperationalError):
        return CorruptLogError(f"{path} is damaged: {error}. Restore it from a backup")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # Python's own errors have none
    if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return AnotherWriterError(f"{path}: another writer holds it: {error}")
    return LogError(f"{path} cannot be used: {error}. Nothing was acknowledged that is not on the disk")


@contextmanager
def immediate(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Hold the write lock: commit at the end, or undo everything. Errors within are told as well."""
    with told(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def put(connection: sqlite3.Connection, table: str, changes: Iterable[tuple[bytes, bytes]]) -> None:
    """Write keys with their values into a table of these two."""
    parts = list(chain.from_iterable(changes))
    for at in range(0, len(parts), 2 * _AT_ONCE):
        some = parts[at : at + 2 * _AT_ONCE]
        connection.execute(_insertion(table, len(some) // 2), some)


@cache
def _insertion(table: str, rows: int) -> str:
    """Return the command that writes so many rows."""
    return f"INSERT OR REPLACE INTO {table} VALUES {', '.join(['(?, ?)'] * rows)}"  # noqa: S608  constants
