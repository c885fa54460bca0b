"""A log in memory: for tests and trials. It forgets, and otherwise behaves as the one on disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tipstaff.ledger.checkpoint import SignedCheckpoint
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError
from tipstaff.ledger.remembering import Remembered
from tipstaff.ledger.state import Changes, Overlay
from tipstaff.ledger.tiles import Coordinates


class MemoryStore:
    """Statements, tiles and state in memory."""

    def __init__(self, patience: float = 5) -> None:
        """`patience` is how many seconds a transaction waits for another."""
        self._patience = patience
        self._statements: list[bytes] = []
        self._positions: dict[bytes, int] = {}
        self._tiles: dict[Coordinates, bytes] = {}
        self._state: dict[bytes, bytes] = {}
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many statements there are."""
        return len(self._statements)

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        return self._state.get(key)

    def statements(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the statements at positions [start, end), in order. Raises `CorruptLogError`."""
        yield from self._statements[start:end]
        if end > max(start, self.size):
            raise CorruptLogError(f"statement {max(start, self.size)} is missing")

    def position(self, entry: bytes) -> int | None:
        """Return where the statement with that entry stands."""
        return self._positions.get(entry)

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, as wide as it has grown."""
        return self._tiles.get((level, number), b"")

    @contextmanager
    def transaction(self) -> Iterator[_Transaction]:
        """Open the one transaction that writes."""
        if not self._lock.acquire(timeout=self._patience):
            raise AnotherWriterError("another writer has a transaction open")
        try:
            transaction = _Transaction(self)
            yield transaction
            self._commit(transaction)
        finally:
            self._lock.release()

    def _commit(self, transaction: _Transaction) -> None:
        """Make what a transaction wrote visible."""
        for entry in transaction.entries:
            self._positions[entry] = len(self._positions)
        self._statements += transaction.statements
        self._tiles |= transaction.tiles
        self._state |= transaction.overlay.changes


class _Transaction:
    """What is written, until it is committed."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.overlay = Overlay(store)
        self.statements: list[bytes] = []
        self.entries: list[bytes] = []
        self.tiles: dict[Coordinates, bytes] = {}

    @property
    def size(self) -> int:
        """How many statements there are."""
        return self._store.size + len(self.statements)

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        return self.overlay.get(key)

    def get_all(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what of the state there is at some keys."""
        found = ((key, self.get(key)) for key in keys)
        return {key: value for key, value in found if value is not None}

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, as wide as it has grown."""
        return self.tiles.get((level, number)) or self._store.tile(level, number)

    def write(
        self,
        statements: Sequence[bytes],
        entries: Sequence[bytes],
        tiles: Mapping[Coordinates, bytes],
        changes: Changes,
    ) -> None:
        """Append statements with their entries, replace tiles, and change the state."""
        if len(statements) != len(entries):
            raise ValueError(f"{len(statements)} statements with {len(entries)} entries")
        self.statements += statements
        self.entries += entries
        self.tiles |= tiles
        self.overlay.apply(changes)


class MemoryCheckpoints:
    """Checkpoints in memory."""

    def __init__(self) -> None:
        self._all: list[SignedCheckpoint] = []
        self._lock = threading.Lock()

    def last(self) -> SignedCheckpoint | None:
        """Return the last one."""
        return self._all[-1] if self._all else None

    def swap(self, old: SignedCheckpoint | None, new: SignedCheckpoint) -> None:
        """Make `new` the last if `old` still is."""
        with self._lock:
            last = self.last()
            if last != old or (last is not None and last.checkpoint.size >= new.checkpoint.size):
                raise AnotherWriterError("another writer has signed a checkpoint meanwhile")
            self._all.append(new)

    def covering(self, position: int) -> SignedCheckpoint | None:
        """Return the first checkpoint over the statement at a position."""
        return next((signed for signed in self._all if signed.checkpoint.size > position), None)

    def all(self) -> Iterator[SignedCheckpoint]:
        """Yield every checkpoint, by size."""
        yield from self._all


class MemoryMemory:
    """An auditor's memory for one audit."""

    def __init__(self) -> None:
        self._state: dict[bytes, bytes] = {}
        self._pinned: Remembered | None = None
        self._seen: dict[int, bytes] = {}
        self._tentative: Remembered | None = None
        self._changes: dict[bytes, bytes] = {}

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        return self._changes.get(key, self._state.get(key))

    def recall(self) -> Remembered | None:
        """Return what is remembered, with what is tentative."""
        return self._tentative or self._pinned

    def seen(self) -> Mapping[int, bytes]:
        """Return the roots of the checkpoints that were believed, by size."""
        return self._seen

    def remember(self, remembered: Remembered, changes: Changes) -> None:
        """Remember tentatively."""
        self._tentative = remembered
        self._changes.update(changes)

    def pin(self, remembered: Remembered, changes: Changes, note: bytes) -> None:  # noqa: ARG002  kept in files
        """Remember together with all that is tentative."""
        self._state |= {**self._changes, **changes}
        self._pinned = remembered
        self._seen[remembered.size] = remembered.root
        self.discard()

    def discard(self) -> None:
        """Forget what is tentative."""
        self._tentative = None
        self._changes = {}
