"""What an auditor remembers from one audit to the next, in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import CorruptLogError
from tipstaff.ledger.remembering import Remembered
from tipstaff.ledger.state import Changes
from tipstaff.storage.ledger.database import BUSY_SECONDS, connect, error_of, immediate, put, told

_TENTATIVE: Final = """
CREATE TABLE IF NOT EXISTS tentative_state (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""
_SCHEMA: Final = f"""
{_TENTATIVE}
CREATE TABLE IF NOT EXISTS state (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (
    tentative INTEGER PRIMARY KEY CHECK (tentative IN (0, 1)),
    value BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS seen (size INTEGER PRIMARY KEY, root BLOB NOT NULL, note BLOB NOT NULL) STRICT;
"""
_UNKEPT: Final = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
"""For a file that goes with its audit: nothing of it need be undone, or outlast a loss of power."""

_GET: Final = """
SELECT coalesce(
    (SELECT value FROM tentative_state WHERE key = ?1), (SELECT value FROM state WHERE key = ?1)
)
"""
_FILLED: Final = "SELECT EXISTS (SELECT 1 FROM state) OR EXISTS (SELECT 1 FROM tentative_state)"
_PLACES: Final = 1 << 27
"""Places, a bit each, by which keys that are not there are told: a million statements, with some three
million keys, take one of forty. A key that is looked up in vain costs as much as a hundred that are told.
"""

_SQLITE: Final = b"SQLite format 3\0"


class SqliteMemory:
    """An auditor's memory in a file."""

    def __init__(self, path: Path, patience: float = BUSY_SECONDS, *, kept: bool = True) -> None:
        """Open the file, or create it: for one audit at a time, for what is tentative is of one.

        One that is not `kept` after the audit is written faster.

        Raises `InputError` when it is something else, or cannot be read.
        """
        try:
            usable = _may_be(path, patience)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
        if not usable:
            raise InputError(f"{path} is no state of an audit: name another file, or one that does not exist")
        self._path = path
        self._connection: sqlite3.Connection = connect(
            path, f"PRAGMA locking_mode = EXCLUSIVE; {'' if kept else _UNKEPT} {_SCHEMA}", patience
        )
        with immediate(self._connection, path):
            pass  # the lock is kept from here on
        self._lookup = self._connection.cursor()
        # A 1 at the place, by its hash, of every key that may be there. Most keys that are asked for are not,
        # and need not be looked up to know it. What a file holds already may be anywhere.
        with told(path):
            (filled,) = self._lookup.execute(_FILLED).fetchone()
        self._places = bytearray(b"\xff" if filled else b"\0") * (_PLACES // 8)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        place = hash(key) % _PLACES
        if not self._places[place >> 3] >> (place & 7) & 1:
            return None
        try:  # no `told`: some are looked up for every statement
            (value,) = self._lookup.execute(_GET, (key,)).fetchone()
        except sqlite3.DatabaseError as error:
            raise error_of(self._path, error) from error
        found: bytes | None = value
        return found

    def recall(self) -> Remembered | None:
        """Return what is remembered, with what is tentative. Raises `CorruptLogError`."""
        with told(self._path):
            row = self._connection.execute("SELECT value FROM progress ORDER BY tentative DESC").fetchone()
        try:
            return None if row is None else msgspec.msgpack.decode(row[0], type=Remembered)
        except msgspec.DecodeError as error:
            raise CorruptLogError(
                f"{self._path} is damaged: {error}. Restore it from a backup, or begin with another state"
            ) from error

    def seen(self) -> Mapping[int, bytes]:
        """Return the roots of the checkpoints that were believed, by size."""
        with told(self._path):
            return dict(self._connection.execute("SELECT size, root FROM seen"))

    def remember(self, remembered: Remembered, changes: Changes) -> None:
        """Remember tentatively."""
        self._mark(changes)
        with immediate(self._connection, self._path):
            put(self._connection, "tentative_state", changes.items())
            self._connection.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", (_pack(remembered),))

    def pin(self, remembered: Remembered, changes: Changes, note: bytes) -> None:
        """Remember together with all that is tentative. Of each size one checkpoint is kept, the first."""
        self._mark(changes)
        with immediate(self._connection, self._path):
            self._move_tentative()
            put(self._connection, "state", changes.items())
            self._connection.execute("INSERT OR REPLACE INTO progress VALUES (0, ?)", (_pack(remembered),))
            seen = remembered.size, remembered.root, note
            self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", seen)
            self._discard()

    def _mark(self, keys: Iterable[bytes]) -> None:
        """Mark keys that are about to be there. Marks are not taken away: they only cost a look-up."""
        places = self._places
        for key in keys:
            place = hash(key) % _PLACES
            places[place >> 3] |= 1 << (place & 7)

    def _move_tentative(self) -> None:
        """Make the tentative state a part of what is pinned; at first it is all that is."""
        if self._connection.execute("SELECT 1 FROM state LIMIT 1").fetchone():
            self._connection.execute("INSERT OR REPLACE INTO state SELECT key, value FROM tentative_state")
        else:
            self._connection.execute("DROP TABLE state")
            self._connection.execute("ALTER TABLE tentative_state RENAME TO state")
            self._connection.execute(_TENTATIVE)

    def discard(self) -> None:
        """Forget what is tentative."""
        with immediate(self._connection, self._path):
            self._discard()

    def _discard(self) -> None:
        """Forget what is tentative, within a transaction."""
        self._connection.execute("DELETE FROM tentative_state")
        self._connection.execute("DELETE FROM progress WHERE tentative")


def _pack(remembered: Remembered) -> bytes:
    """Encode what is remembered."""
    return msgspec.msgpack.encode(remembered)


def _may_be(path: Path, patience: float) -> bool:
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
    with told(path), closing(sqlite3.connect(path, timeout=patience)) as connection:
        tables = connection.execute("SELECT count(*), sum(name = 'progress') FROM sqlite_schema").fetchone()
    return tables[0] == 0 or bool(tables[1])
