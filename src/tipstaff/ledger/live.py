"""The files of an export, made from the store whenever somebody asks for one (C2SP tlog-tiles).

What is served is what `export` would write, up to the last checkpoint and no further.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final, NamedTuple

from tipstaff.ledger.checkpoint import Checkpoint
from tipstaff.ledger.export import CHECKPOINT
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.state import KeyRecord, find_key
from tipstaff.ledger.statement import Statement, parse
from tipstaff.ledger.store import Checkpoints, Store
from tipstaff.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    STATEMENTS,
    WIDTH,
    bundle_path,
    pack_bundle,
    statements_path,
    tile_path,
)
from tipstaff.ledger.tree import HASH_SIZE

_PATH: Final = re.compile(
    rf"(?P<kind>tile/(?:\d{{1,2}}|{ENTRIES})|{STATEMENTS})/(?P<number>(?:x\d{{3}}/){{0,5}}\d{{3}})"
    r"(?:\.p/(?P<width>\d{1,3}))?",
    re.ASCII,
)


class File(NamedTuple):
    """A file of a log. One that is `lasting` never changes."""

    data: bytes
    lasting: bool


class Found(NamedTuple):
    """A statement that is on the log for good, and where."""

    position: int
    statement: Statement


class Live:
    """A log that is read beside its writer."""

    def __init__(self, store: Store, checkpoints: Checkpoints) -> None:
        self._store = store
        self._checkpoints = checkpoints

    def last(self) -> Checkpoint | None:
        """Return how far the log had come when that was last signed; None of a new one."""
        last = self._checkpoints.last()
        return last.checkpoint if last else None

    def file(self, path: str) -> File | None:
        """Return a file by its path; None where the log has none there, or not yet."""
        last = self._checkpoints.last()
        if last is None:
            return None
        if path == CHECKPOINT:
            return File(last.note, lasting=False)
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        kind, number = found["kind"], int(found["number"].replace("/", "").replace("x", ""))
        width = WIDTH if found["width"] is None else int(found["width"])
        data = self._data(path, kind, number, width, last.checkpoint.size)
        return None if data is None else File(data, lasting=True)

    def find(self, entry: bytes) -> Found | None:
        """Return the statement with that entry; None where the last checkpoint is over none."""
        position, last = self._store.position(entry), self._checkpoints.last()
        if position is None or last is None or position >= last.checkpoint.size:
            return None
        (data,) = self._store.statements(position, position + 1)
        return Found(position, parse(data))

    def signer(self, statement: Statement) -> KeyRecord | None:
        """Return whose key has signed a statement that was found, and in which role; None of no such key."""
        return find_key(self._store, statement.kid)

    def receipt(self, position: int) -> bytes:
        """Return the receipt of a statement that was found, always the same.

        Each is made with nodes of its own: they are asked for at the same time, and a few tiles are enough.
        """
        return Prover(self._store, self._checkpoints).receipt(position)

    def _data(self, path: str, kind: str, number: int, width: int, size: int) -> bytes | None:
        """Return what is in a file, if its path is the one spelling of it, and the log reaches so far."""
        if kind in (STATEMENTS, f"tile/{ENTRIES}"):
            spelled = statements_path if kind == STATEMENTS else bundle_path
            start = number * WIDTH
            if path != spelled(number, width) or not 0 < width <= min(WIDTH, size - start):
                return None
            statements = list(self._store.statements(start, start + width))
            if kind == STATEMENTS:
                return pack_bundle(statements)
            return pack_bundle([sha256(statement).digest() for statement in statements])
        level = int(kind.removeprefix("tile/"))
        there = (size >> level * HEIGHT) - number * WIDTH
        if path != tile_path(level, number, width) or not 0 < width <= min(WIDTH, there):
            return None
        return self._store.tile(level, number)[: width * HASH_SIZE]
