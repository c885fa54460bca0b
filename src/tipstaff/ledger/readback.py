"""Reading back what a store holds, and comparing it with its tiles, before anything is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from tipstaff.ledger.errors import CorruptLogError
from tipstaff.ledger.store import Store
from tipstaff.ledger.tiles import Coordinates, kept, tile_path
from tipstaff.ledger.tree import HASH_SIZE, Range, leaf_hash


def read_back(store: Store, tree: Range, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield each statement from the size of the tree on, with its entry, and append it to the tree.

    Raises `CorruptLogError`, with the place, where a statement or a hash of a tile is missing or altered.
    """
    tiles: dict[Coordinates, bytes] = {}
    for position, statement in enumerate(store.statements(tree.size, size), start=tree.size):
        entry = sha256(statement).digest()
        for where, place, node in kept(tree.append(leaf_hash(entry)), position):
            if where not in tiles:
                tiles[where] = store.tile(*where)
            if tiles[where][place * HASH_SIZE : (place + 1) * HASH_SIZE] != node:
                raise CorruptLogError(
                    f"statement {position} was read back otherwise than written: {tile_path(*where)}"
                )
        yield statement, entry
    if tree.size != size:
        raise CorruptLogError(f"of {size:,} statements only {tree.size:,} could be read back")
