"""The checkpoints of a log, in a file of their own: rolling the store back leaves them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint
from tipstaff.ledger.errors import AnotherWriterError
from tipstaff.storage.ledger.database import BUSY_SECONDS, connect, connect_read_only, immediate, told

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS checkpoints (
    size INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    root BLOB NOT NULL,
    note BLOB NOT NULL,
    protected BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS last (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 0),
    size INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;
"""
_COLUMNS: Final = "origin, size, root, note, protected, signature"


class SqliteCheckpoints:
    """Checkpoints in a file."""

    def __init__(self, path: Path, patience: float = BUSY_SECONDS, *, read_only: bool = False) -> None:
        """Open the file, or create it; a swap waits `patience` seconds for another.

        With `read_only` the file is there and stays as it is: a swap fails. Raises `LogError`.
        """
        self._path = path
        self._connection = (
            connect_read_only(path, patience) if read_only else connect(path, _SCHEMA, patience)
        )
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def last(self) -> SignedCheckpoint | None:
        """Return the last one."""
        found = self._select("JOIN last USING (size, root)")
        return found[0] if found else None

    def swap(self, old: SignedCheckpoint | None, new: SignedCheckpoint) -> None:
        """Make `new` the last if `old` still is: the compare and the swap are one statement of SQL."""
        origin, size, root = new.checkpoint
        with self._lock, immediate(self._connection, self._path):
            if old is None:
                done = self._connection.execute("INSERT OR IGNORE INTO last VALUES (0, ?, ?)", (size, root))
            else:
                before = old.checkpoint
                done = self._connection.execute(
                    "UPDATE last SET size = ?, root = ? WHERE size = ? AND root = ? AND size < ?",
                    (size, root, before.size, before.root, size),
                )
            if done.rowcount != 1:
                raise AnotherWriterError(f"{self._path}: another writer has signed a checkpoint meanwhile")
            self._connection.execute(
                f"INSERT INTO checkpoints ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  a constant
                (origin, size, root, new.note, new.protected, new.signature),
            )

    def covering(self, position: int) -> SignedCheckpoint | None:
        """Return the first checkpoint over the statement at a position."""
        found = self._select("WHERE size > ? ORDER BY size LIMIT 1", position)
        return found[0] if found else None

    def all(self) -> Iterator[SignedCheckpoint]:
        """Yield every checkpoint, by size."""
        yield from self._select("ORDER BY size")

    def _select(self, clause: str, *values: int) -> list[SignedCheckpoint]:
        """Read checkpoints."""
        query = f"SELECT {_COLUMNS} FROM checkpoints {clause}"  # noqa: S608  the clauses are those above
        with self._lock, told(self._path):
            rows = self._connection.execute(query, values).fetchall()
        return [SignedCheckpoint(Checkpoint(*row[:3]), *row[3:]) for row in rows]
