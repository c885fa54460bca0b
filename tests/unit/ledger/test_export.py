"""Static export: the files of the formats, added to and never rewritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from worlds import ORIGIN, Files, World, audit, make_key, publish

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError
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
    """Whatever steps it grew in, a folder holds the files of the log, and narrower partial ones.

    Those whose full ones the export before has written already are gone.
    """
    world = World()
    old = 0
    full: set[str] = set()
    for count in (3, 250, 1, 1, 1, 255, 1, 300):
        grow(world, count)
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("[0-9][0-9][0-9]")}
        assert write(world, tmp_path)[:2] == (old, world.store.size)
        old = world.store.size
        found, wanted = files(tmp_path), publish(world.statements, make_key(ORIGIN))
        assert found.items() >= wanted.items()
        narrower = found.keys() - wanted.keys()
        assert all(path.partition(".p/")[0] not in full and ".p/" in path for path in narrower)
        full = {path for path in wanted if ".p/" not in path}
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


def test_what_an_auditor_may_still_ask_for_outlives_one_export(tmp_path: Path) -> None:
    """All that the checkpoint of before speaks of is there after the next export, and is sound."""
    world = World()
    grow(world, 298)
    write(world, tmp_path)
    before = files(tmp_path)
    grow(world, 300)
    write(world, tmp_path)
    assert files(tmp_path).items() >= {path: before[path] for path in before if path != "checkpoint"}.items()
    assert audit(files(tmp_path) | {"checkpoint": before["checkpoint"]}, world.trust).sound
    grow(world, 1)
    write(world, tmp_path)
    gone = before.keys() - files(tmp_path).keys()
    assert gone == {path for path in before if path.endswith(".p/44")}


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    """A folder whose name ends as those of partial files do, and which no export writes, stays."""
    world = World()
    write(world, tmp_path)
    for name in ("mine.p", "tile/x/000.p", "tile/0/0.p", "statements/x0/000.p"):
        (tmp_path / name).mkdir(parents=True)
    for _ in range(2):
        grow(world, 300)
        write(world, tmp_path)
    assert (tmp_path / "mine.p").is_dir()
    assert (tmp_path / "tile/x/000.p").is_dir()
    assert (tmp_path / "tile/0/0.p").is_dir()
    assert (tmp_path / "statements/x0/000.p").is_dir()
    assert not (tmp_path / "tile/0/000.p").exists()


def test_an_older_export_changes_nothing(tmp_path: Path) -> None:
    """Where a newer state of this log is exported already, an older one is not written over it."""
    world = World()
    older = world.log.last
    grow(world, 700)
    write(world, tmp_path)
    before = files(tmp_path)
    assert export(world.store, older, tmp_path, lambda _done, _of: None) == Exported(702, 702, 0)
    assert files(tmp_path) == before


def test_two_exports_into_one_folder_exclude_one_another(tmp_path: Path) -> None:
    """A second export is told to come later; the first one goes on."""
    world = World()

    def meanwhile(_done: int, _of: int) -> None:
        with pytest.raises(AnotherWriterError, match="another export writes to this folder"):
            write(world, tmp_path)

    assert export(world.store, world.log.last, tmp_path, meanwhile).size == 2
    assert audit(files(tmp_path), world.trust).sound


def test_a_checkpoint_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    """Where another export gets past the lock and is done first, its checkpoint stays."""
    world = World()
    older = world.log.last
    grow(world, 7)
    newer = world.log.last.note

    def meanwhile(_done: int, _of: int) -> None:
        (tmp_path / "checkpoint").write_bytes(newer)

    with pytest.raises(AnotherWriterError, match="meanwhile"):
        export(world.store, older, tmp_path, meanwhile)
    assert (tmp_path / "checkpoint").read_bytes() == newer


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("statement", "statement 20 was read back otherwise than written: tile/0/000"),
        ("order", "statement 20 was read back otherwise than written: tile/0/000"),
        ("tile", "statement 255 was read back otherwise than written: tile/1/000"),
        ("end", "statement 299 is missing"),
        ("root", "do not lead to the checkpoint"),
    ],
)
def test_what_the_store_has_lost_is_not_published(tmp_path: Path, where: str, told: str) -> None:
    """A statement or tile that is lost or altered is named, and no checkpoint is written."""
    world = World()
    grow(world, 298)
    last = world.log.last
    statements, tiles = world.store._statements, world.store._tiles
    if where == "statement":
        statements[20] = b"altered"
    elif where == "order":
        del statements[20]
        statements.append(b"one more")
    elif where == "tile":
        tiles[1, 0] = bytes(32)
    elif where == "end":
        statements.pop()
    else:
        other = World()
        grow(other, 298)
        last = other.log.last
    with pytest.raises(CorruptLogError, match=told):
        export(world.store, last, tmp_path, lambda _done, _of: None)
    assert not (tmp_path / "checkpoint").exists()


def test_all_is_durable_before_the_checkpoint_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the checkpoint takes its name, every file and every folder has been synced as it is."""
    world = World()
    grow(world, 600)
    synced: set[int] = set()
    lacking: list[Path] = []
    fsync, replace = os.fsync, os.replace

    def record(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def look(source: Path, target: Path) -> None:
        if target.name == "checkpoint":
            lacking.extend(path for path in (*out.rglob("*"), out) if path.stat().st_ino not in synced)
        replace(source, target)

    out = tmp_path / "out"
    monkeypatch.setattr(os, "fsync", record)
    monkeypatch.setattr(os, "replace", look)
    write(world, out)
    assert (out / "checkpoint").is_file()
    assert lacking == []
