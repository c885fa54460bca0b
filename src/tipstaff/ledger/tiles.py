"""Tiles (C2SP tlog-tiles): the hashes of the tree in pieces of 256, which any web server can serve.

Tile (L, N) holds the hashes of the complete subtrees of height 8 * L, from number 256 * N on. A tile only
grows: the first W hashes of it are the tile of an earlier, smaller tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from tipstaff.ledger.errors import CorruptLogError
from tipstaff.ledger.tree import HASH_SIZE, Subtree, node_hash

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
ENTRIES: Final = "entries"
STATEMENTS: Final = "statements"
_CACHED: Final = 4096
"""Tiles that are kept with the subtrees inside of them, 16 KiB each."""

Coordinates: TypeAlias = tuple[int, int]
"""Level and number of a tile."""

Tiles: TypeAlias = Callable[[int, int], bytes]
"""Gives a tile by level and number, as wide as it has grown."""


def kept(completed: list[bytes], index: int) -> Iterator[tuple[Coordinates, int, bytes]]:
    """Yield those hashes which tiles hold of the subtrees that leaf `index` completed: tile, place, hash."""
    for level in range(0, len(completed), HEIGHT):
        number = index >> level
        yield (level // HEIGHT, number // WIDTH), number % WIDTH, completed[level]


def tiles_of(size: int, old: int = 0) -> Iterator[tuple[Coordinates, int]]:
    """Yield the tiles, with their widths, that a tree of that size does not share with the one at `old`."""
    level = 0
    while size:
        for number in range(old // WIDTH, -(-size // WIDTH)):
            width = min(WIDTH, size - number * WIDTH)
            if number * WIDTH + width > old:
                yield (level, number), width
        level, size, old = level + 1, size // WIDTH, old // WIDTH


def number_path(number: int, width: int = WIDTH) -> str:
    """Return the last part of a path: 1234067 is x001/x234/067, and .p/W follows where it is partial."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Return the path of a tile below the prefix of a log."""
    return f"tile/{level}/{number_path(number, width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of entries."""
    return f"tile/{ENTRIES}/{number_path(number, width)}"


def statements_path(number: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of statements."""
    return f"{STATEMENTS}/{number_path(number, width)}"


def pack_bundle(items: list[bytes]) -> bytes:
    """Return a bundle: each item after its length in two bytes."""
    return b"".join(len(item).to_bytes(2, "big") + item for item in items)


def unpack_bundle(data: bytes) -> list[bytes]:
    """Return the items of a bundle. Raises `ValueError` where it ends within one, or holds too many."""
    items: list[bytes] = []
    start, size = 0, len(data)
    while start < size:
        if len(items) == WIDTH:
            raise ValueError(f"the bundle holds more than {WIDTH} items")
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if end > size:
            raise ValueError(f"the bundle ends within item {len(items)}")
        items.append(data[start + 2 : end])
        start = end
    return items


class TileNodes:
    """Hashes of subtrees from tiles; subtrees are computed once and kept a while."""

    def __init__(self, tiles: Tiles, cached: int = _CACHED) -> None:
        self._tiles = tiles
        self._cached = cached
        self._full: dict[Coordinates, bytes] = {}
        self._inner: dict[Subtree, bytes] = {}

    def __call__(self, level: int, number: int) -> bytes:
        """Return the hash of a complete subtree."""
        inside = level % HEIGHT
        first = number << inside
        tile = (level // HEIGHT, first // WIDTH)
        expanded = self._full.get(tile) or self._expand(tile)
        if expanded is None:
            return self._from_partial((level, number), tile, first % WIDTH, 1 << inside)
        start = (_STARTS[inside] + (first % WIDTH >> inside)) * HASH_SIZE
        return expanded[start : start + HASH_SIZE]

    def _expand(self, tile: Coordinates) -> bytes | None:
        """Return a full tile and, behind it, the subtrees inside of it by level; None for a partial one."""
        data = self._tiles(*tile)
        if len(data) != WIDTH * HASH_SIZE:
            return None
        rows = [[data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]]
        while len(rows[-1]) > 1:
            rows.append(_pairs(rows[-1]))
        if len(self._full) >= self._cached:
            del self._full[next(iter(self._full))]
        self._full[tile] = expanded = b"".join(node for row in rows for node in row)
        return expanded

    def _from_partial(self, subtree: Subtree, tile: Coordinates, place: int, width: int) -> bytes:
        """Hash a complete subtree of a tile that still grows: the tile is not kept, the subtree is."""
        found = self._inner.get(subtree)
        if found is not None:
            return found
        data = self._tiles(*tile)
        hashes = [data[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(place, place + width)]
        if len(hashes[-1]) != HASH_SIZE:
            raise CorruptLogError(f"tile {tile_path(*tile)} lacks hash {place + width - 1}")
        while len(hashes) > 1:
            hashes = _pairs(hashes)
        if len(self._inner) >= self._cached:
            self._inner.clear()
        self._inner[subtree] = hashes[0]
        return hashes[0]


_STARTS: Final = tuple(sum(WIDTH >> level for level in range(height)) for height in range(HEIGHT + 1))
"""Where each level of subtrees begins in an expanded tile, in hashes."""


def _pairs(row: list[bytes]) -> list[bytes]:
    """Hash a row of an even number of nodes by pairs."""
    return [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
