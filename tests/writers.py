"""Writers of a log that other processes run; kept where those can import them."""

from __future__ import annotations

import threading
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from logs import KEY, ORIGIN, RecordingCheckpoints, clock, note

from tipstaff.assembly.ledger import open_log
from tipstaff.ledger.errors import AnotherWriterError
from tipstaff.ledger.log import Log, Registered
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.store import SqliteStore

BATCHES = 40


def hold(directory: Path, pipe: Connection) -> None:
    """Hold a log open until told to let go; in a process of its own."""
    with open_log(directory):
        pipe.send("open")
        pipe.recv()


class Sent(NamedTuple):
    """What a writer was told, what it signed, and how often it was overtaken."""

    told: dict[bytes, int]
    signed: list[bytes]
    overtaken: int


def write(folder: Path, name: str, barrier: threading.Barrier) -> Sent:
    """Append batches through stores of its own, each again until it goes through."""
    told: dict[bytes, int] = {}
    signed: list[bytes] = []
    overtaken = 0
    with (
        closing(SqliteStore(folder / "log.db", 20)) as store,
        closing(SqliteCheckpoints(folder / "checkpoint.db", 20)) as checkpoints,
    ):
        recording = RecordingCheckpoints(checkpoints, signed)
        log: Log | None = None
        barrier.wait(30)
        for number in range(BATCHES):
            batch = [note(f"{name} {number} {index}") for index in range(number % 5 + 1)]
            while True:
                try:
                    log = log or Log(ORIGIN, [KEY], store, recording, clock)
                    outcomes = log.append(batch)
                    break
                except AnotherWriterError:
                    overtaken += 1
            for statement, outcome in zip(batch, outcomes, strict=True):
                assert isinstance(outcome, Registered), outcome
                told[statement] = outcome.position
    return Sent(told, signed, overtaken)


def write_in_process(folder: Path, name: str, first: int, pipe: Connection) -> None:
    """Append batches in a process of its own, with statements that no other process makes."""
    for _ in range(first):
        note("passed over")
    pipe.send("ready")
    pipe.recv()
    pipe.send(write(folder, name, threading.Barrier(1)))
