"""Logs without rules: entries, tiles and checkpoints of any size, in little time."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from tipstaff.ledger.export import export
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import grow
from tipstaff.ledger.memory import MemoryStore
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import Range, leaf_hash

ORIGIN = "example.org/log"
NOW = 1_800_000_000
KEY = SigningKey.from_seed(bytes(range(32)))
OTHER_KEY = SigningKey.from_seed(bytes(32))


class BareLog:
    """A log whose statements are made up, signed with one key."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.nodes = TileNodes(self.store.tile)
        self._tree = Range()

    def grow(self, size: int) -> SignedCheckpoint:
        """Grow to a size, and return the checkpoint over it."""
        statements = [b"statement %d" % position for position in range(self.store.size, size)]
        entries = [sha256(statement).digest() for statement in statements]
        with self.store.transaction() as transaction:
            tiles = grow(self._tree, map(leaf_hash, entries), transaction.tile)
            transaction.write(statements, entries, tiles, {})
        return sign_checkpoint(Checkpoint(ORIGIN, size, self._tree.root()), NOW, KEY)

    def entry(self, position: int) -> bytes:
        """Return the entry at a position."""
        return sha256(next(self.store.statements(position, position + 1))).digest()

    def export(self, signed: SignedCheckpoint, folder: Path) -> Path:
        """Export to a folder, and return it."""
        export(self.store, signed, folder, quiet)
        return folder


def quiet(_done: int, _all: int) -> None:
    """Show no progress."""


def flipped(data: bytes, bit: int = 0) -> bytes:
    """Return bytes with another bit."""
    at = bit // 8
    return data[:at] + bytes((data[at] ^ 1 << bit % 8,)) + data[at + 1 :]
