"""A log that is served from its store: the files of its export, byte for byte, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from bare_logs import BareLog
from worlds import World

from tipstaff.ledger.export import CHECKPOINT
from tipstaff.ledger.live import File, Live
from tipstaff.ledger.memory import MemoryCheckpoints
from tipstaff.ledger.statement import parse
from tipstaff.ledger.tiles import bundle_path, statements_path, tile_path


@pytest.mark.parametrize("size", [1, 255, 256, 257, 66_000])
def test_what_is_served_is_what_is_exported(size: int, tmp_path: Path) -> None:
    """Each file of an export is served, and says whether it stays as it is."""
    log, checkpoints = BareLog(), MemoryCheckpoints()
    signed = log.grow(size)
    checkpoints.swap(None, signed)
    live = Live(log.store, checkpoints)
    folder = log.export(signed, tmp_path / "out")
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert len(paths) >= 4
    for path in paths:
        assert live.file(path) == File((folder / path).read_bytes(), lasting=path != CHECKPOINT), path


def test_what_the_last_checkpoint_is_not_over_is_not_served(tmp_path: Path) -> None:
    """Statements behind it are not published yet; earlier, partial files still are."""
    log, checkpoints = BareLog(), MemoryCheckpoints()
    live = Live(log.store, checkpoints)
    assert live.file(CHECKPOINT) is None
    checkpoints.swap(None, log.grow(300))
    log.grow(310)
    last = [spelled(1, 44) for spelled in (bundle_path, statements_path)] + [tile_path(0, 1, 44)]
    more = [spelled(1, 45) for spelled in (bundle_path, statements_path)] + [tile_path(0, 1, 45)]
    assert all(live.file(path) for path in last)
    assert not any(live.file(path) for path in more)
    folder = log.export(log.grow(310), tmp_path / "out")
    assert (folder / tile_path(0, 1, 54)).read_bytes()[: 44 * 32] == (
        live.file(last[2]) or File(b"", lasting=True)
    ).data
    assert live.file(tile_path(0, 0, 7)) is not None


def test_a_statement_is_found_once_a_checkpoint_is_over_it() -> None:
    """What is stored and not signed yet is not there: nothing proves it."""
    world = World.told()
    last, size = world.checkpoints.last(), world.store.size
    assert last is not None
    (data,) = world.store.statements(size - 1, size)
    found = Live(world.store, world.checkpoints).find(parse(data).entry)
    assert found is not None
    assert (found.position, found.statement.encoded) == (size - 1, data)
    before = MemoryCheckpoints()
    live = Live(world.store, before)
    assert live.find(found.statement.entry) is None
    before.swap(None, next(one for one in world.checkpoints.all() if one.checkpoint.size < size))
    assert live.find(found.statement.entry) is None
    assert live.find(bytes(32)) is None
