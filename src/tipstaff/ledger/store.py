"""The port to what a log is kept in: statements, tiles and state together, the checkpoints apart.

Every implementation passes tests/contracts/test_ledger_stores.py; `memory` is one,
`tipstaff.storage.ledger` another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tipstaff.ledger.checkpoint import SignedCheckpoint
from tipstaff.ledger.state import Changes, View
from tipstaff.ledger.tiles import Coordinates


class Transaction(View, Protocol):
    """A transaction that writes: no other one is open, and nobody sees of it before it is committed."""

    @property
    def size(self) -> int:
        """How many statements there are."""

    def get_all(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what of the state there is at some keys: sooner than `get` would, one after another."""

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, as wide as it has grown; empty where there is none."""

    def write(
        self,
        statements: Sequence[bytes],
        entries: Sequence[bytes],
        tiles: Mapping[Coordinates, bytes],
        changes: Changes,
    ) -> None:
        """Append statements with their entries, replace tiles, and change the state."""


class Store(View, Protocol):
    """Statements, tiles and state.

    What it returns has been committed; the bytes come from where they are kept.
    """

    @property
    def size(self) -> int:
        """How many statements there are."""

    def statements(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the statements at positions [start, end), in order.

        Raises `CorruptLogError`, with the position, where one of them is missing.
        """

    def position(self, entry: bytes) -> int | None:
        """Return where the statement with that entry stands; None where there is none."""

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, as wide as it has grown; empty where there is none."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open the one transaction that writes: committed, durably, at the end, or undone by an exception.

        Raises `AnotherWriterError` where somebody else has one open for too long.
        """


class Checkpoints(Protocol):
    """The checkpoints that were signed, the last of which only moves on from where its signer saw it."""

    def last(self) -> SignedCheckpoint | None:
        """Return the last one; None for a new log."""

    def swap(self, old: SignedCheckpoint | None, new: SignedCheckpoint) -> None:
        """Make `new` the last, durably, if `old` still is.

        Raises `AnotherWriterError` if it is not: another writer has signed meanwhile.
        """

    def covering(self, position: int) -> SignedCheckpoint | None:
        """Return the first checkpoint over the statement at a position; None where there is none yet."""

    def all(self) -> Iterator[SignedCheckpoint]:
        """Yield every checkpoint, by size."""
