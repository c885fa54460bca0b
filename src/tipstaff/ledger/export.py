"""Static export: the whole log as files that any web server can serve, and an auditor reads."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tipstaff.base.errors import InputError
from tipstaff.base.files import replace_file, replace_files, sync
from tipstaff.ledger.checkpoint import SignedCheckpoint, parse_checkpoint
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError, ProofError
from tipstaff.ledger.readback import read_back
from tipstaff.ledger.store import Store
from tipstaff.ledger.tiles import (
    ENTRIES,
    STATEMENTS,
    WIDTH,
    TileNodes,
    bundle_path,
    pack_bundle,
    statements_path,
    tile_path,
    tiles_of,
)
from tipstaff.ledger.tree import HASH_SIZE, Range, root_of, subtrees

CHECKPOINT: Final = "checkpoint"
PARTS: Final = (CHECKPOINT, "tile", STATEMENTS)
"""What stands in the folder of an export."""

_BEGUN: Final = frozenset(("tile", STATEMENTS, f".{CHECKPOINT}.new"))
"""What stands in a folder whose first export was interrupted: it is begun again."""

_PARTIAL: Final = re.compile(
    rf"(?:tile/(?:(\d+)|{ENTRIES})|{STATEMENTS})/((?:x\d{{3}}/)*\d{{3}})\.p", re.ASCII
)


class Exported(NamedTuple):
    """What an export did: the sizes before and after, and how many files it wrote."""

    old: int
    size: int
    files: int


def export(store: Store, last: SignedCheckpoint, out: Path, progress: Callable[[int, int], None]) -> Exported:
    """Write the log up to its last checkpoint into a folder; what an earlier export wrote is added to.

    What is written is read back and compared with the tiles and the checkpoint. The checkpoint comes last,
    when all else is durable, so that whoever reads the folder finds all that it speaks of, meanwhile and
    after a power cut. Where a later export was here first, nothing is written.

    Partial files that are full now stay for one more export: somebody may be reading what the checkpoint of
    before speaks of.

    Raises `InputError` when the folder holds another log, or a state that this log did not come from,
    `CorruptLogError` when the store has lost or altered something, `AnotherWriterError` while another export
    writes to the folder.
    """
    size = last.checkpoint.size
    if not out.exists():
        out.mkdir(parents=True)
        sync(out.parent)
    with _alone(out):
        old = _exported(store, last, out)
        if old > size:
            return Exported(old, old, 0)
        files = replace_files(out, _files(store, old, last, progress))
        if old < size or not (out / CHECKPOINT).exists():
            if (
                _exported(store, last, out) != old
            ):  # the lock did not keep it: not every file system has locks
                raise AnotherWriterError(f"{out}: another export has written to this folder meanwhile")
            replace_file(out / CHECKPOINT, last.note)
            files += 1
            for path in list(_full_since(out, old)):
                shutil.rmtree(path, ignore_errors=True)
        return Exported(old, size, files)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the lock of the folder itself: a file for it would be served. It goes with its process."""
    descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherWriterError(
                f"{out}: another export writes to this folder; try again later"
            ) from error
        yield
    finally:
        os.close(descriptor)


def _exported(store: Store, last: SignedCheckpoint, out: Path) -> int:
    """Return the size that a folder holds, a state of this log: earlier than `last`, or later."""
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
    if found.size > store.size or root_of(TileNodes(store.tile), found.size) != found.root:
        raise InputError(
            f"{out} holds {found.size:,} entries that this log does not begin with: one of the "
            "two was rolled back or "
            "altered. `tipstaff ledger audit` tells more; nothing was written"
        )
    return found.size


def _files(
    store: Store, old: int, last: SignedCheckpoint, progress: Callable[[int, int], None]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files that are new since `old`, and check what they are made of."""
    size = last.checkpoint.size
    if old == size:
        return
    first, nodes = old // WIDTH, TileNodes(store.tile)
    tree = Range(first * WIDTH, [nodes(*subtree) for subtree in subtrees(first * WIDTH)])
    for number in range(first, -(-size // WIDTH)):
        end = min(size, (number + 1) * WIDTH)
        width = end - tree.size
        statements, entries = zip(*read_back(store, tree, end), strict=True)
        yield statements_path(number, width), pack_bundle(list(statements))
        yield bundle_path(number, width), pack_bundle(list(entries))
        progress(end, size)
    for (level, number), width in tiles_of(size, old):
        yield tile_path(level, number, width), store.tile(level, number)[: width * HASH_SIZE]
    if tree.root() != last.checkpoint.root:
        raise CorruptLogError(
            f"the tiles do not lead to the checkpoint that was signed over {size:,} entries: it was not "
            "published"
        )


def _full_since(out: Path, old: int) -> Iterator[Path]:
    """Yield the folders of partial files whose full ones were there at `old` already."""
    for folder, names, _ in os.walk(out):
        partial = [name for name in names if name.endswith(".p")]
        names[:] = [name for name in names if name not in partial]
        for path in (Path(folder, name) for name in partial):
            found = _PARTIAL.fullmatch(str(path.relative_to(out)))
            if found is None:
                continue
            level, number = int(found[1] or 0), int(found[2].replace("/", "").replace("x", ""))
            if (number + 1) * WIDTH ** (level + 1) <= old:
                yield path
