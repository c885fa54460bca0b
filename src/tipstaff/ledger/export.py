"""Static export: the whole log as files that any web server can serve, and an auditor reads."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from tipstaff.base.errors import InputError
from tipstaff.ledger.checkpoint import SignedCheckpoint, parse_checkpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.store import Store
from tipstaff.ledger.tiles import (
    STATEMENTS,
    WIDTH,
    TileNodes,
    bundle_path,
    pack_bundle,
    statements_path,
    tile_path,
    tiles_of,
)
from tipstaff.ledger.tree import HASH_SIZE, root_of

CHECKPOINT: Final = "checkpoint"
_BEGUN: Final = frozenset(("tile", STATEMENTS, f".{CHECKPOINT}.new"))
"""What stands in a folder whose first export was interrupted: it is begun again."""


class Exported(NamedTuple):
    """What an export did: the sizes before and after, and how many files it wrote."""

    old: int
    size: int
    files: int


def export(store: Store, last: SignedCheckpoint, out: Path, progress: Callable[[int, int], None]) -> Exported:
    """Write the log up to its last checkpoint into a folder; what an earlier export wrote is added to.

    The checkpoint comes last, so that whoever reads the folder meanwhile finds all that it speaks of. Raises
    `InputError` when the folder holds another log, or a state that this log did not come from.
    """
    size = last.checkpoint.size
    old = _exported(store, last, out)
    files = 0
    for path, data in _files(store, old, size, progress):
        _write(out / path, data)
        files += 1
    if old < size or not (out / CHECKPOINT).exists():
        _write(out / CHECKPOINT, last.note)
        files += 1
    for path in _grown(old, size):
        shutil.rmtree(out / path, ignore_errors=True)
    return Exported(old, size, files)


def _exported(store: Store, last: SignedCheckpoint, out: Path) -> int:
    """Return the size that a folder holds, which must be an earlier state of this log."""
    if not (out / CHECKPOINT).exists():
        if out.exists() and any(path.name not in _BEGUN for path in out.iterdir()):
            raise InputError(
                f"{out} is not empty and holds no log: name an empty folder, or that of an earlier export"
            )
        return 0
    try:
        found, _ = parse_checkpoint((out / CHECKPOINT).read_bytes())
    except ProofError as error:
        raise InputError(f"{out / CHECKPOINT}: {error}") from error
    if found.origin != last.checkpoint.origin:
        raise InputError(f"{out} holds the log {found.origin!r}, not {last.checkpoint.origin!r}")
    if found.size > last.checkpoint.size or root_of(TileNodes(store.tile), found.size) != found.root:
        raise InputError(
            f"{out} holds {found.size:,} entries that this log does not begin with: one of the "
            "two was rolled back or "
            "altered. `tipstaff ledger audit` tells more; nothing was written"
        )
    return found.size


def _files(
    store: Store, old: int, size: int, progress: Callable[[int, int], None]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files that are new since `old`."""
    for number in range(old // WIDTH, -(-size // WIDTH)):
        start, end = number * WIDTH, min(size, (number + 1) * WIDTH)
        if end <= old:
            continue
        statements = list(store.statements(start, end))
        entries = [sha256(statement).digest() for statement in statements]
        yield statements_path(number, end - start), pack_bundle(statements)
        yield bundle_path(number, end - start), pack_bundle(entries)
        progress(end, size)
    for (level, number), width in tiles_of(size, old):
        yield tile_path(level, number, width), store.tile(level, number)[: width * HASH_SIZE]


def _grown(old: int, size: int) -> Iterator[str]:
    """Yield the folders of partial files whose full ones are there since `old`."""
    level = 0
    while old:
        number = old // WIDTH
        if old % WIDTH and size // WIDTH > number:
            yield f"{tile_path(level, number)}.p"
            if not level:
                yield f"{bundle_path(number)}.p"
                yield f"{statements_path(number)}.p"
        level, old, size = level + 1, old // WIDTH, size // WIDTH


def _write(path: Path, data: bytes) -> None:
    """Write a file so that readers see it whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
