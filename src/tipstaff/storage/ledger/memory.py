"""What an auditor remembers from one audit to the next, in a SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.ledger.audit import Remembered
from tipstaff.ledger.state import Changes
from tipstaff.storage.ledger.database import connect, immediate, told

_SCHEMA: Final = """ CREATE TABLE IF NOT EXISTS state (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT,
WITHOUT ROWID; CREATE TABLE IF NOT EXISTS remembered (only_row INTEGER PRIMARY KEY CHECK (only_row = 0),
value BLOB NOT NULL) STRICT;
"""
_SQLITE: Final = b"SQLite format 3\0"


class SqliteMemory:
    """An auditor's memory in a file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it. Raises `InputError` when it is something else."""
        if path.exists() and path.stat().st_size and not path.read_bytes()[: len(_SQLITE)] == _SQLITE:
            raise InputError(f"{path} is no state of an audit: name another file, or one that does not exist")
        self._path = path
        self._connection: sqlite3.Connection = connect(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        row = self._connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def recall(self) -> Remembered | None:
        """Return what is remembered."""
        with told(self._path):
            row = self._connection.execute("SELECT value FROM remembered").fetchone()
        return None if row is None else msgspec.msgpack.decode(row[0], type=Remembered)

    def remember(self, remembered: Remembered, changes: Changes) -> None:
        """Remember, together with changes of the state."""
        with immediate(self._connection, self._path), told(self._path):
            self._connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", changes.items())
            packed = msgspec.msgpack.encode(remembered)
            self._connection.execute("INSERT OR REPLACE INTO remembered VALUES (0, ?)", (packed,))
