"""Two writers of one log: the lock keeps the second out; where it does not, there is still one history."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from logs import KEY, ORIGIN, assert_one_history, audit, authors, clock
from writers import Sent, hold, write, write_in_process

from tipstaff.assembly.ledger import init_log, open_log, read_proofs
from tipstaff.ledger.checkpoint import parse_checkpoint
from tipstaff.ledger.errors import AnotherWriterError
from tipstaff.ledger.genesis import begin
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.store import SqliteStore


@contextmanager
def another_process(directory: Path) -> Iterator[BaseProcess]:
    """Have another process hold a log open."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=hold, args=(directory, there))
    process.start()
    try:
        assert here.poll(60)
        assert here.recv() == "open"
        yield process
    finally:
        if process.is_alive():
            here.send("close")
        process.join(60)
        here.close()
        there.close()


def test_a_second_process_is_kept_out(tmp_path: Path) -> None:
    """While a process has a log open, another cannot write to it, but can prove; afterwards it can."""
    directory = tmp_path / "log"
    init_log(directory, ORIGIN)
    with another_process(directory):
        with (
            pytest.raises(AnotherWriterError, match="another process writes to this log"),
            open_log(directory),
        ):
            pytest.fail("the log was opened twice")
        with read_proofs(directory) as proofs:
            assert proofs.receipt(1)
    with open_log(directory) as log:
        assert log.last.checkpoint.size == 2


def test_a_patient_process_waits_for_another(tmp_path: Path) -> None:
    """It has the log as soon as the other one has let go, and gives up when its patience ends."""
    directory = tmp_path / "log"
    init_log(directory, ORIGIN)
    with another_process(directory) as process:
        with pytest.raises(AnotherWriterError), open_log(directory, patience=0.1):
            pytest.fail("the log was opened twice")
        killer = threading.Timer(0.3, process.kill)
        killer.start()
        with open_log(directory, patience=30) as log:
            assert log.last.checkpoint.size == 2
        killer.join()


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    """A process that is killed holds the log no longer."""
    directory = tmp_path / "log"
    init_log(directory, ORIGIN)
    with another_process(directory) as process:
        process.kill()
        process.join(60)
        with open_log(directory) as log:
            assert log.last.checkpoint.size == 2


def assert_nothing_lost(folder: Path, out: Path, sent: list[Sent]) -> None:
    """Check what writers were told against the log, and one another."""
    with (
        closing(SqliteStore(folder / "log.db")) as store,
        closing(SqliteCheckpoints(folder / "checkpoint.db")) as checkpoints,
    ):
        statements = list(store.statements(0, store.size))
        for writer in sent:
            for statement, position in writer.told.items():
                assert statements[position] == statement
        assert len(statements) == 2 + sum(len(writer.told) for writer in sent)
        assert max(Counter(authors(store)).values()) == 1
        signed = [note for writer in sent for note in writer.signed]
        assert_one_history(signed, store)
        roots = Counter(parse_checkpoint(data)[0].size for data in set(signed))
        assert max(roots.values()) == 1, "two checkpoints of one size"
        kept = [item.checkpoint.size for item in checkpoints.all()]
        assert len(set(kept)) == len(kept)
        report = audit(store, checkpoints, out)
        assert report.sound, report.fault
        assert report.size == len(statements)


def begin_in(folder: Path) -> None:
    """Begin a log in files."""
    with (
        closing(SqliteStore(folder / "log.db")) as store,
        closing(SqliteCheckpoints(folder / "checkpoint.db")) as checkpoints,
    ):
        begin(ORIGIN, KEY, store, checkpoints, clock)


def test_without_the_lock_two_threads_sign_one_history(tmp_path: Path) -> None:
    """Two writers that race past the lock are overtaken cleanly, lose nothing, and sign no size twice."""
    begin_in(tmp_path)
    barrier = threading.Barrier(2)
    sent: list[Sent] = []
    threads = [
        threading.Thread(target=lambda name=name: sent.append(write(tmp_path, name, barrier)))
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(sent) == 2
    assert sum(writer.overtaken for writer in sent), "they never met"
    assert_nothing_lost(tmp_path, tmp_path / "out", sent)


def test_without_the_lock_two_processes_sign_one_history(tmp_path: Path) -> None:
    """So do two processes."""
    begin_in(tmp_path)
    context = multiprocessing.get_context("spawn")
    started = []
    for name, first in (("one", 0), ("two", 500)):
        here, there = context.Pipe()
        process = context.Process(target=write_in_process, args=(tmp_path, name, first, there))
        process.start()
        started.append((process, here))
    for _, pipe in started:
        assert pipe.poll(60)
        assert pipe.recv() == "ready"
    for _, pipe in started:
        pipe.send("go")
    sent = []
    for process, pipe in started:
        assert pipe.poll(120)
        sent.append(pipe.recv())
        process.join(60)
        pipe.close()
    assert sum(writer.overtaken for writer in sent), "they never met"
    assert_nothing_lost(tmp_path, tmp_path / "out", sent)
