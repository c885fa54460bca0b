"""An audit that was interrupted, and one that goes on from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from logs import KEY, ORIGIN, audit, audit_exported, clock, notes

from tipstaff.ledger.audit import Memory
from tipstaff.ledger.export import export
from tipstaff.ledger.genesis import begin
from tipstaff.ledger.log import Log
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore


def begun() -> tuple[Log, MemoryStore, MemoryCheckpoints]:
    """Begin a log in memory."""
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    return begin(ORIGIN, KEY, store, checkpoints, clock), store, checkpoints


def interrupted(store: MemoryStore, checkpoints: MemoryCheckpoints, out: Path) -> Memory:
    """Return what is remembered of a log that was replayed before its checkpoint was believed."""
    memory = MemoryMemory()
    assert audit(store, checkpoints, out, memory).sound
    remembered = memory.recall()
    assert remembered is not None
    memory.remember(msgspec.structs.replace(remembered, seen=()), {})
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


def test_an_interrupted_audit_does_not_let_another_past_in(tmp_path: Path) -> None:
    """Other statements than an interrupted audit replayed are a fork, also where no checkpoint was seen."""
    log, store, checkpoints = begun()
    log.append(notes(5))
    memory = interrupted(store, checkpoints, tmp_path / "one")
    other, other_store, other_checkpoints = begun()
    other.append(notes(9))
    report = audit(other_store, other_checkpoints, tmp_path / "two", memory)
    assert report.fault is not None
    assert report.fault.what == "forked: other statements than the first 7 were replayed before"
    assert report.fault.index == 6


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
