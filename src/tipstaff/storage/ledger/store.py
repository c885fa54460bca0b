"""The store of a log in one SQLite file: statements, tiles and state, committed together."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError
from tipstaff.ledger.state import Changes
from tipstaff.ledger.tiles import Coordinates
from tipstaff.storage.ledger.database import BUSY_SECONDS, connect, connect_read_only, immediate, put, told

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS statements (
    position INTEGER PRIMARY KEY,
    prefix INTEGER NOT NULL,
    statement BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS by_prefix ON statements (prefix);
CREATE TABLE IF NOT EXISTS tiles (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (
    key BLOB PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""
# `prefix` are 8 bytes of the entry: an index over them takes a third of one over entries, and hits are
# hashed anyhow.

_PAGE: Final = 1024
"""Statements that are read at a time."""

_KEYS: Final = 1000
"""Keys that are looked up at a time: fewer than SQLite takes values in one command."""


class SqliteStore:
    """A store in a file.

    It writes through one connection and reads through another, which sees what is committed.
    """

    def __init__(self, path: Path, patience: float = BUSY_SECONDS, *, read_only: bool = False) -> None:
        """Open the file, or create it; a transaction waits `patience` seconds for another.

        With `read_only` the file is there and stays as it is: a transaction fails. Raises `LogError`.
        """
        self._path = path
        self._patience = patience
        if read_only:
            self._reader = self._writer = connect_read_only(path, patience)
        else:
            self._writer = connect(path, _SCHEMA, patience)
            self._reader = connect(path, _SCHEMA, patience)
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()
        self._writer.close()

    @property
    def size(self) -> int:
        """How many statements there are."""
        with self._read_lock, told(self._path):
            return _size(self._reader)

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        with self._read_lock, told(self._path):
            return _value(self._reader.cursor(), key)

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, as wide as it has grown."""
        with self._read_lock, told(self._path):
            return _tile(self._reader, level, number)

    def statements(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the statements at positions [start, end), in order. Raises `CorruptLogError`."""
        query = "SELECT position, statement FROM statements WHERE position >= ? AND position < ?"
        for first in range(start, end, _PAGE):
            positions = range(first, min(end, first + _PAGE))
            with self._read_lock, told(self._path):
                found = dict(self._reader.execute(query, (positions.start, positions.stop)))
            for position in positions:
                if position not in found:
                    raise CorruptLogError(
                        f"statement {position} is missing from {self._path}. Restore it from a backup"
                    )
                yield found[position]

    def position(self, entry: bytes) -> int | None:
        """Return where the statement with that entry stands."""
        query = "SELECT position, statement FROM statements WHERE prefix = ?"
        with self._read_lock, told(self._path):
            rows = self._reader.execute(query, (_prefix(entry),)).fetchall()
        return next((position for position, statement in rows if sha256(statement).digest() == entry), None)

    @contextmanager
    def transaction(self) -> Iterator[_Transaction]:
        """Open the one transaction that writes."""
        if not self._write_lock.acquire(timeout=self._patience):
            raise AnotherWriterError(f"{self._path}: another thread has a transaction open")
        try:
            with immediate(self._writer, self._path):
                yield _Transaction(self._writer)
        finally:
            self._write_lock.release()


class _Transaction:
    """The transaction that writes; what SQLite says against it is told by `immediate`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lookup = connection.cursor()

    @property
    def size(self) -> int:
        """How many statements there are."""
        return _size(self._connection)

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        return _value(self._lookup, key)

    def get_all(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what of the state there is at some keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _KEYS):
            some = keys[start : start + _KEYS]
            marks = ", ".join("?" * len(some))
            found.update(self._lookup.execute(f"SELECT key, value FROM state WHERE key IN ({marks})", some))  # noqa: S608  marks only
        return found

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, as wide as it has grown."""
        return _tile(self._connection, level, number)

    def write(
        self,
        statements: Sequence[bytes],
        entries: Sequence[bytes],
        tiles: Mapping[Coordinates, bytes],
        changes: Changes,
    ) -> None:
        """Append statements with their entries, replace tiles, and change the state."""
        rows = zip(
            range(self.size, self.size + len(statements)), map(_prefix, entries), statements, strict=True
        )
        self._connection.executemany("INSERT INTO statements VALUES (?, ?, ?)", rows)
        self._connection.executemany(
            "INSERT OR REPLACE INTO tiles VALUES (?, ?, ?)",
            ((*where, data) for where, data in tiles.items()),
        )
        # In order, neighbours on a page of the tree are written together.
        put(self._connection, "state", sorted(changes.items()))


def _size(connection: sqlite3.Connection) -> int:
    """Count the statements: they are numbered without gaps."""
    (last,) = connection.execute("SELECT max(position) FROM statements").fetchone()
    return 0 if last is None else last + 1


def _value(cursor: sqlite3.Cursor, key: bytes) -> bytes | None:
    """Look a key up."""
    row = cursor.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return None if row is None else row[0]


def _tile(connection: sqlite3.Connection, level: int, number: int) -> bytes:
    """Look a tile up."""
    row = connection.execute(
        "SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number)
    ).fetchone()
    return b"" if row is None else row[0]


def _prefix(entry: bytes) -> int:
    """Return the first 8 bytes of an entry as a number that SQLite can hold."""
    return int.from_bytes(entry[:8], "big", signed=True)
