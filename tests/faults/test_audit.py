"""An audit that was interrupted, and one that goes on from it."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from bare_logs import flipped
from logs import KEY, ORIGIN, audit, audit_exported, clock, notes, trust_in
from worlds import Files, publish

from tipstaff.ledger.audit import Auditor
from tipstaff.ledger.export import export
from tipstaff.ledger.genesis import begin
from tipstaff.ledger.log import Log
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore
from tipstaff.ledger.published import LARGEST, Published
from tipstaff.ledger.remembering import Memory
from tipstaff.ledger.report import FaultError, Report
from tipstaff.ledger.tiles import WIDTH
from tipstaff.ledger.trust import Trust
from tipstaff.storage.ledger.exported import reader
from tipstaff.storage.ledger.memory import SqliteMemory


def begun() -> tuple[Log, MemoryStore, MemoryCheckpoints]:
    """Begin a log in memory."""
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    return begin(ORIGIN, KEY, store, checkpoints, clock), store, checkpoints


def interrupted(store: MemoryStore, checkpoints: MemoryCheckpoints, out: Path) -> Memory:
    """Return what is remembered of a log that was replayed before its checkpoint was believed."""
    whole, memory = MemoryMemory(), MemoryMemory()
    assert audit(store, checkpoints, out, whole).sound
    remembered = whole.recall()
    assert remembered is not None
    memory.remember(remembered, store._state)
    return memory


def test_an_audit_goes_on_from_one_that_was_interrupted(tmp_path: Path) -> None:
    """What an interrupted audit replayed is not replayed again."""
    log, store, checkpoints = begun()
    log.append(notes(5))
    memory = interrupted(store, checkpoints, tmp_path)
    log.append(notes(5))
    report = audit(store, checkpoints, tmp_path, memory)
    assert report.sound, report.fault
    assert (report.resumed_from, report.checked) == (7, 12)


@pytest.mark.parametrize("number", [2, 5, 9])
def test_an_interrupted_audit_accuses_nobody(tmp_path: Path, number: int) -> None:
    """Where another past was shown to an audit that broke off, the log is replayed from the beginning."""
    log, store, checkpoints = begun()
    log.append(notes(5))
    memory = interrupted(store, checkpoints, tmp_path / "one")
    other, other_store, other_checkpoints = begun()
    other.append(notes(number))
    report = audit(other_store, other_checkpoints, tmp_path / "two", memory)
    assert report.sound, report.fault
    assert (report.resumed_from, report.checked, report.counts["note"]) == (0, 2 + number, number)


def test_a_fault_before_the_end_of_what_is_tentative_is_told_of_this_log(tmp_path: Path) -> None:
    """What is counted before a fault is of the log that was audited, not of what was replayed before."""
    log, store, checkpoints = begun()
    log.append(notes(5))
    memory = interrupted(store, checkpoints, tmp_path)
    file = tmp_path / "statements" / "000.p" / "7"
    file.write_bytes(file.read_bytes().replace(b"note 2", b"note 3"))
    report = audit_exported(store, tmp_path, memory)
    assert report.fault is not None
    assert (report.fault.index, report.checked, report.counts["note"]) == (4, 4, 2)


SAVED_EVERY = 2
LONG = (SAVED_EVERY + 1) * WIDTH


def audit_files(
    files: Files, trust: Trust, memory: Memory, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> Report:
    """Audit files; what is learned is saved after every second bundle."""

    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return Auditor(read, trust, memory, saved_every=SAVED_EVERY).run(progress)


@pytest.fixture(scope="module")
def long_log() -> tuple[Trust, list[bytes]]:
    """Begin a log, and return its trust and statements, more than are replayed between two savings."""
    _, store, _ = begun()
    return trust_in(store), [*store.statements(0, 2), *notes(LONG - 2)]


def test_a_mirror_does_not_poison_what_is_remembered(
    long_log: tuple[Trust, list[bytes]], tmp_path: Path
) -> None:
    """A mirror without a key, whose made-up past was replayed and found out, leaves the log sound."""
    trust, statements = long_log
    files = publish(statements, KEY, ORIGIN)
    swapped = [*statements[:100], statements[101], statements[100], *statements[102:]]
    mirrored = publish(swapped, KEY, ORIGIN) | {
        path: data for path, data in files.items() if path == "checkpoint" or path.startswith("tile/1")
    }
    memory = SqliteMemory(tmp_path / "seen.db")
    assert audit_files(mirrored, trust, memory).fault is not None
    remembered = memory.recall()
    assert remembered is not None
    assert remembered.size == SAVED_EVERY * WIDTH
    report = audit_files(files, trust, memory)
    assert report.sound, report.fault
    assert memory.seen() == {LONG: bytes.fromhex(report.root)}
    memory.close()


def test_what_was_saved_before_ctrl_c_is_not_replayed_again(
    long_log: tuple[Trust, list[bytes]], tmp_path: Path
) -> None:
    """An audit that is interrupted goes on from where it last saved."""
    trust, statements = long_log
    files = publish(statements, KEY, ORIGIN)

    def interrupt(done: int, _: int) -> None:
        if done == LONG:
            raise KeyboardInterrupt

    memory = SqliteMemory(tmp_path / "seen.db")
    with pytest.raises(KeyboardInterrupt):
        audit_files(files, trust, memory, interrupt)
    memory.close()
    memory = SqliteMemory(tmp_path / "seen.db")
    report = audit_files(files, trust, memory)
    assert (report.fault, report.resumed_from, report.checked) == (None, SAVED_EVERY * WIDTH, LONG)
    memory.close()


def test_an_interrupted_export_is_begun_again(tmp_path: Path) -> None:
    """A folder whose first export ended before its checkpoint is filled by the next."""
    log, store, _ = begun()
    log.append(notes(300))
    export(store, log.last, tmp_path / "whole", lambda _done, _of: None)
    for name in ("statements", "tile"):
        shutil.copytree(tmp_path / "whole" / name, tmp_path / "part" / name)
    (tmp_path / "part" / "tile" / "0" / "000").write_bytes(b"cut o")
    export(store, log.last, tmp_path / "part", lambda _done, _of: None)
    assert audit_exported(store, tmp_path / "part").sound


def test_an_audit_beside_an_export_finds_what_it_was_shown() -> None:
    """Files that were partial when the checkpoint was read, and are full now, begin with what they held."""
    log, store, _ = begun()
    log.append(notes(300))
    files = publish([*store.statements(0, store.size)], KEY, ORIGIN)
    log.append(notes(300))
    grown = publish([*store.statements(0, store.size)], KEY, ORIGIN)
    partial = {path: files[path] for path in ("checkpoint", "tile/1/000.p/1")}
    report = audit_files(grown | partial, trust_in(store), MemoryMemory())
    assert (report.fault, report.size) == (None, 302)


def test_a_full_file_in_the_place_of_a_partial_one_is_checked() -> None:
    """What a full file holds of the statements under the checkpoint is compared, and its size is its own."""
    log, store, _ = begun()
    log.append(notes(100))
    checkpoint = publish([*store.statements(0, store.size)], KEY, ORIGIN)["checkpoint"]
    log.append(notes(300))
    grown = publish([*store.statements(0, store.size)], KEY, ORIGIN) | {"checkpoint": checkpoint}
    for path, data, what in [
        ("tile/0/000", grown["tile/0/000"][:-32], "the tile holds 8160 bytes, not 8192"),
        ("tile/0/000", flipped(grown["tile/0/000"]), "the entry is not that of the tile"),
        (
            "tile/entries/000",
            flipped(grown["tile/entries/000"], 16),
            "the statement is not that of the entry",
        ),
        ("statements/000", grown["statements/000"] + bytes(2), "the bundle holds more than 256 items"),
    ]:
        fault = audit_files({**grown, path: data}, trust_in(store), MemoryMemory()).fault
        assert fault is not None
        assert (fault.where, fault.what) == (path.replace("tile/entries", "statements"), what)


def test_a_bundle_is_not_taken_apart_without_end() -> None:
    """A file of millions of items of two bytes is a fault, and takes no more memory than it has bytes."""
    published = Published(lambda _: b"\0\2ab" * (LARGEST // 4))
    tracemalloc.start()
    try:
        with pytest.raises(FaultError, match="more than 256 items"):
            published.bundle(0, WIDTH)
        assert tracemalloc.get_traced_memory()[1] < 2 * LARGEST
    finally:
        tracemalloc.stop()


def test_a_file_is_not_read_without_end(tmp_path: Path) -> None:
    """A file longer than any of an export is a fault, and read no further; what is no file is missing."""
    log, store, checkpoints = begun()
    log.append(notes(300))
    assert audit(store, checkpoints, tmp_path).sound
    for path in ("tile/0/000", "statements/000", "checkpoint"):
        file = tmp_path / path
        sound = file.read_bytes()
        with file.open("r+b") as opened:
            opened.truncate(50 * 2**30)  # a sparse file
        assert len(reader(tmp_path)(path)) == LARGEST + 1
        found = Auditor(reader(tmp_path), trust_in(store), MemoryMemory()).run().fault
        assert found is not None
        assert (found.where, found.what) == (path, "the file is longer than 16,777,472 bytes")
        file.unlink()
        os.mkfifo(file)
        found = Auditor(reader(tmp_path), trust_in(store), MemoryMemory()).run().fault
        assert found is not None
        assert (found.where, found.what) == (path, "the file is missing")
        file.unlink()
        file.write_bytes(sound)
