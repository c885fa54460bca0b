"""Static export: the files of the formats, added to and never rewritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from worlds import ORIGIN, Files, World, audit, make_key, publish

from tipstaff.base.errors import InputError
from tipstaff.ledger.export import Exported, export


def write(world: World, out: Path) -> Exported:
    """Export the log of a world."""
    return export(world.store, world.log.last, out, lambda _done, _of: None)


def files(out: Path) -> Files:
    """Return the files of a folder."""
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def grow(world: World, count: int) -> None:
    """Add notes."""
    world.register([world.draft("note", "log", {"n": number}) for number in range(count)])


@pytest.mark.parametrize("size", [2, 3, 255, 256, 257, 512, 600])
def test_the_files_are_those_of_the_formats(tmp_path: Path, size: int) -> None:
    """Byte by byte what the formats say, written by other code, at the borders of bundles too."""
    world = World()
    grow(world, size - 2)
    write(world, tmp_path)
    assert files(tmp_path) == publish(world.statements, make_key(ORIGIN))
    assert audit(files(tmp_path), world.trust).sound


def test_a_later_export_adds_to_an_earlier_one(tmp_path: Path) -> None:
    """Whatever steps it grew in, a folder holds the files of the log, and narrower partial ones."""
    world = World()
    old = 0
    for count in (3, 250, 1, 1, 1, 255, 1, 300):
        grow(world, count)
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("[0-9][0-9][0-9]")}
        assert write(world, tmp_path)[:2] == (old, world.store.size)
        old = world.store.size
        found, wanted = files(tmp_path), publish(world.statements, make_key(ORIGIN))
        assert found.items() >= wanted.items()
        narrower = found.keys() - wanted.keys()
        assert all(path.partition(".p/")[0] not in wanted and ".p/" in path for path in narrower)
        assert all(path.stat().st_mtime_ns == time for path, time in before.items() if path.is_file())


def test_an_export_of_what_is_there_writes_nothing(tmp_path: Path) -> None:
    """The same log again is no work."""
    world = World()
    write(world, tmp_path)
    assert write(world, tmp_path) == Exported(2, 2, 0)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A folder that is not empty and holds no log is refused, and nothing is written."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="holds no log"):
        write(World(), tmp_path)
    assert list(files(tmp_path)) == ["letter.txt"]


@pytest.mark.parametrize("checkpoint", [b"", b"not a note", b"x\n1\nAAAA\n\n"])
def test_a_checkpoint_that_is_none_is_refused(tmp_path: Path, checkpoint: bytes) -> None:
    """A damaged folder is not written over."""
    world = World()
    write(world, tmp_path)
    (tmp_path / "checkpoint").write_bytes(checkpoint)
    with pytest.raises(InputError, match="checkpoint"):
        write(world, tmp_path)


def test_the_folder_of_another_log_or_another_past_is_refused(tmp_path: Path) -> None:
    """Another origin, a longer log, or other statements: one of the two was altered; nothing is written."""
    world, fork = World(), World()
    grow(world, 5)
    fork.register([fork.draft("note", "log", {"other": number}) for number in range(9)])
    write(world, tmp_path)
    before = files(tmp_path)
    with pytest.raises(InputError, match="does not begin with"):
        write(fork, tmp_path)
    with pytest.raises(InputError, match="does not begin with"):
        write(World(), tmp_path)
    text = before["checkpoint"].replace(ORIGIN.encode(), b"example.net/log")
    assert files(tmp_path) == before
    (tmp_path / "checkpoint").write_bytes(text)
    with pytest.raises(InputError, match=r"holds the log 'example\.net/log'"):
        write(world, tmp_path)
