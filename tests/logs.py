"""Logs for tests: keys from seeds, a clock that is told, statements of the log's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count, pairwise
from pathlib import Path

from tipstaff.ledger.audit import Auditor
from tipstaff.ledger.checkpoint import SignedCheckpoint, parse_checkpoint
from tipstaff.ledger.export import export
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.memory import MemoryMemory
from tipstaff.ledger.remembering import Memory
from tipstaff.ledger.report import Report
from tipstaff.ledger.statement import Draft, parse, sign
from tipstaff.ledger.store import Checkpoints, Store
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import prove_consistency, verify_consistency
from tipstaff.ledger.trust import Trust, make_trust

ORIGIN = "example.org/log"
NOW = 1_790_000_000
KEY = SigningKey.from_seed(bytes(range(32)))

_numbers = count(1)


def clock() -> int:
    """Return the time of the tests."""
    return NOW


def note(text: str, key: SigningKey = KEY) -> bytes:
    """Sign a statement of the log's own that differs from all others."""
    return sign(Draft("note", 1, ORIGIN, ORIGIN, NOW, next(_numbers).to_bytes(16), {"text": text}), key)


def notes(number: int) -> list[bytes]:
    """Sign some statements."""
    return [note(f"note {index}") for index in range(number)]


def authors(store: Store) -> list[tuple[str, bytes]]:
    """Return author and identifier of every statement that is stored."""
    return [author(statement) for statement in store.statements(0, store.size)]


@lru_cache(maxsize=10_000)
def author(data: bytes) -> tuple[str, bytes]:
    """Return author and identifier of a statement."""
    statement = parse(data)
    return statement.iss, statement.cti


def assert_one_history(signed: Iterable[bytes], store: Store) -> None:
    """Check that the notes are the log's, and each a beginning of the next and of the store."""
    nodes = TileNodes(store.tile)
    seen = []
    for data in set(signed):
        checkpoint, parsed = parse_checkpoint(data)
        assert parsed.signed_by(ORIGIN, KEY.public)
        seen.append(checkpoint)
    seen.sort(key=lambda checkpoint: checkpoint.size)
    for old, new in pairwise(seen):
        proof = prove_consistency(nodes, old.size, new.size)
        verify_consistency(old.size, old.root, new.size, new.root, proof)
    if seen:
        assert seen[-1].size <= store.size


def trust_in(store: Store) -> Trust:
    """Return the trust file of a log of these tests."""
    return make_trust(ORIGIN, KEY.public, store.size, store)


def audit(store: Store, checkpoints: Checkpoints, out: Path, memory: Memory | None = None) -> Report:
    """Export a log into a folder, and audit that."""
    last = checkpoints.last()
    assert last is not None
    export(store, last, out, lambda _done, _of: None)
    return audit_exported(store, out, memory)


def audit_exported(store: Store, out: Path, memory: Memory | None = None) -> Report:
    """Audit what was exported."""
    read = lambda path: (out / path).read_bytes()  # noqa: E731  a function of one line
    return Auditor(read, trust_in(store), memory or MemoryMemory()).run()


class RecordingCheckpoints:
    """Checkpoints that keep every note that was signed, also those that were not taken."""

    def __init__(self, checkpoints: Checkpoints, signed: list[bytes]) -> None:
        self._checkpoints = checkpoints
        self.signed = signed

    def last(self) -> SignedCheckpoint | None:
        """Return the last one."""
        return self._checkpoints.last()

    def swap(self, old: SignedCheckpoint | None, new: SignedCheckpoint) -> None:
        """Keep the note, then swap."""
        self.signed.append(new.note)
        self._checkpoints.swap(old, new)

    def covering(self, position: int) -> SignedCheckpoint | None:
        """Return the first checkpoint over a statement."""
        return self._checkpoints.covering(position)

    def all(self) -> Iterator[SignedCheckpoint]:
        """Yield every checkpoint."""
        return self._checkpoints.all()
