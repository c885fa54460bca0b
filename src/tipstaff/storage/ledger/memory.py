"""What an auditor remembers from one audit to the next, in a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.ledger.audit import Remembered
from tipstaff.ledger.state import Changes
from tipstaff.storage.ledger.database import connect, immediate, told

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remembered (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 0),
    value BLOB NOT NULL
) STRICT;
"""
_SQLITE: Final = b"SQLite format 3\0"


class SqliteMemory:
    """An auditor's memory in a file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it. Raises `InputError` when it is something else."""
        if not _may_be(path):
            raise InputError(f"{path} is no state of an audit: name another file, or one that does not exist")
        self._path = path
        self._connection: sqlite3.Connection = connect(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        with told(self._path):
            row = self._connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def recall(self) -> Remembered | None:
        """Return what is remembered."""
        with told(self._path):
            row = self._connection.execute("SELECT value FROM remembered").fetchone()
        return None if row is None else msgspec.msgpack.decode(row[0], type=Remembered)

    def remember(self, remembered: Remembered, changes: Changes) -> None:
        """Remember, together with changes of the state."""
        with immediate(self._connection, self._path):
            self._connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", changes.items())
            packed = msgspec.msgpack.encode(remembered)
            self._connection.execute("INSERT OR REPLACE INTO remembered VALUES (0, ?)", (packed,))


def _may_be(path: Path) -> bool:
    """Say whether a path is free, or holds what an auditor remembers and no other database."""
    if not path.exists():
        return True
    if not path.is_file():
        return False
    if not path.stat().st_size:
        return True
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            return False
    with told(path), closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT count(*), sum(name = 'remembered') FROM sqlite_schema").fetchone()
    return tables[0] == 0 or bool(tables[1])
