"""Connections to the SQLite files of a log, and what their errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tipstaff.base.files import reserve_private
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError, LogError

BUSY_SECONDS: Final = 5.0
_CACHE_KIB: Final = 65_536


def connect(path: Path, schema: str, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open a file, durable at every commit, and create what is not there yet, for its owner alone."""
    with told(path):
        reserve_private(path)
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.executescript(schema)
    return connection


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite into those of the log."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # Python's own errors have none
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise AnotherWriterError(f"{path}: another writer holds it: {error}") from error
        raise LogError(
            f"{path} cannot be used: {error}. Nothing was acknowledged that is not on the disk"
        ) from error
    except OSError as error:
        raise LogError(f"{path} cannot be used: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        raise CorruptLogError(f"{path} is damaged: {error}. Restore it from a backup") from error


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
