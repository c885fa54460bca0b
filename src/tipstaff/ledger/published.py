"""What an export publishes, read and hashed: bundles of statements, their entries, tiles, the checkpoint.

Whoever serves it may serve anything: each file is as long as it must be, or it is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Final, NamedTuple

from tipstaff.ledger.checkpoint import Checkpoint, parse_checkpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.export import CHECKPOINT
from tipstaff.ledger.note import Note
from tipstaff.ledger.report import FaultError
from tipstaff.ledger.statement import MAX_SIZE
from tipstaff.ledger.tiles import (
    WIDTH,
    Coordinates,
    bundle_path,
    statements_path,
    tile_path,
    unpack_bundle,
)
from tipstaff.ledger.tree import HASH_SIZE, leaf_hash

LARGEST: Final = WIDTH * (2 + MAX_SIZE)
"""The size of the greatest file that an export can have: a bundle of the longest statements."""

Read = Callable[[str], bytes]
"""Gives a file of the export by its path, or `LARGEST` bytes and one more. Raises `FileNotFoundError`."""


class _File(NamedTuple):
    """A file that was read, and how many items are in it."""

    path: str
    data: bytes
    held: int


class Bundle(NamedTuple):
    """A bundle of statements as it was read from `where`, with their leaves.

    The first `sound` of them are what entries and tile say; `fault` is what is wrong with the next.
    """

    number: int
    where: str
    statements: list[bytes]
    leaves: list[bytes]
    sound: int
    fault: FaultError | None


class Published:
    """The files of one export. Everything raises `FaultError` where a file is not what it must be."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def checkpoint(self) -> tuple[Checkpoint, Note, bytes]:
        """Read the checkpoint, parsed and as it is. Nobody has verified it yet."""
        try:
            published = self._limited(CHECKPOINT, None)
            return *parse_checkpoint(published), published
        except FileNotFoundError as error:
            raise FaultError("the file is missing", CHECKPOINT) from error
        except ProofError as error:
            raise FaultError(str(error), CHECKPOINT) from error

    def bundle(self, number: int, width: int) -> Bundle:
        """Read the first statements of a bundle, and compare entries and tile with them."""
        start = number * WIDTH
        where, statements = self._items(partial(statements_path, number), start, width)
        _, entries = self._items(partial(bundle_path, number), start, width)
        path, hashes = self.tile((0, number), start, width)
        found = [sha256(statement).digest() for statement in statements]
        leaves = [leaf_hash(entry) for entry in found]
        sound, fault = _agreeing(found, entries), None
        if sound < width:
            fault = FaultError("the statement is not that of the entry", where, start + sound)
        held = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
        if (agreeing := _agreeing(leaves, held)) < sound:
            sound, fault = agreeing, FaultError("the entry is not that of the tile", path, start + agreeing)
        return Bundle(number, where, statements, leaves, sound, fault)

    def tile(self, where: Coordinates, index: int, width: int) -> tuple[str, bytes]:
        """Read the first hashes of a tile, which leaf `index` is below; returns the path as well."""
        path, data, held = self._part(partial(tile_path, *where), index, width)
        if len(data) != held * HASH_SIZE:
            raise FaultError(f"the tile holds {len(data)} bytes, not {held * HASH_SIZE}", path, index)
        return path, data[: width * HASH_SIZE]

    def _items(self, name: Callable[[int], str], start: int, width: int) -> tuple[str, list[bytes]]:
        """Read the first items of a bundle; returns the path as well."""
        path, data, held = self._part(name, start, width)
        try:
            items = unpack_bundle(data)
        except ValueError as error:
            raise FaultError(str(error), path, start) from error
        if len(items) != held:
            raise FaultError(
                f"the bundle holds {len(items)} items, not {held}", path, start + min(len(items), width)
            )
        return path, items[:width]

    def _part(self, name: Callable[[int], str], index: int, width: int) -> _File:
        """Read a file that is `width` wide; one that is partial may be full by now, and begins the same."""
        for held in (width, WIDTH):
            with suppress(FileNotFoundError):
                return _File(name(held), self._limited(name(held), index), held)
        raise FaultError("the file is missing", name(width), index)

    def _limited(self, path: str, index: int | None) -> bytes:
        """Read a file that is no longer than any of an export can be. Raises `FileNotFoundError`."""
        try:
            data = self._read(path)
        except (NotADirectoryError, IsADirectoryError) as error:
            raise FileNotFoundError(path) from error
        if len(data) > LARGEST:
            raise FaultError(f"the file is longer than {LARGEST:,} bytes", path, index)
        return data


def _agreeing(found: list[bytes], told: list[bytes]) -> int:
    """Return how many items of two lists of one length are the same before one is not."""
    if found == told:
        return len(found)
    return next(place for place, (one, other) in enumerate(zip(found, told, strict=True)) if one != other)
