"""Kill the writer of a log with SIGKILL, again and again, and check after each time that nothing is amiss.

    python tools/kill_log.py [--kills N] [--seed N] [--keep DIR]

A process appends batches to one log and reports each on a pipe: what it is about to send, each checkpoint
before it is taken, what was acknowledged. At a random moment it is killed. Then the log is opened again, and

- all that was acknowledged, this time and before, is where it was said to be, with the same receipt;
- what was sent and not acknowledged is sent again, twice, and stands in one place;
- no author's identifier stands twice;
- all checkpoints that were ever signed lie on one history;
- the log is exported, and an auditor who goes on from the time before finds it sound.

Exits with 1 at the first thing that is amiss, and keeps the directory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO

from killing import AmissError, arguments, run, show

from tipstaff.assembly.ledger import audit_folder, init_log, open_log, read_store, read_trust, system_clock
from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.export import export
from tipstaff.ledger.genesis import own_statement
from tipstaff.ledger.log import Log, Registered
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.statement import parse
from tipstaff.ledger.store import Store
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import prove_consistency, verify_consistency
from tipstaff.storage.ledger import directory as files
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.store import SqliteStore

ORIGIN = "example.org/killed"
LARGEST_BATCH = 40
EARLY = 0.3
"""The share of kills that come before the writer has said that it is ready: while it starts and recovers."""
BETWEEN = 0.5
"""The share of kills that come right after a checkpoint was signed, in the millisecond about its swap."""
SECONDS = 0.4
"""The longest that a writer lives."""
REMEMBERED = 50
"""Receipts of each round that are compared in all later ones."""


class Reporting:
    """Checkpoints that report each one before it is taken."""

    def __init__(self, checkpoints: SqliteCheckpoints) -> None:
        self._checkpoints = checkpoints

    def last(self) -> SignedCheckpoint | None:
        """Return the last one."""
        return self._checkpoints.last()

    def swap(self, old: SignedCheckpoint | None, new: SignedCheckpoint) -> None:
        """Report, then swap."""
        report("signed", new.note.decode())
        self._checkpoints.swap(old, new)

    def covering(self, position: int) -> SignedCheckpoint | None:
        """Return the first over a position."""
        return self._checkpoints.covering(position)

    def all(self) -> Iterator[SignedCheckpoint]:
        """Yield all."""
        return self._checkpoints.all()


def report(what: str, value: object) -> None:
    """Write a line to the pipe, in one piece."""
    os.write(sys.stdout.fileno(), (json.dumps([what, value]) + "\n").encode())


def write_for_ever(directory: Path, seed: int) -> None:
    """Append batches until killed."""
    chance = random.Random(seed)  # noqa: S311  seeded, not secret
    with files.lock(directory):
        store, checkpoints = (
            SqliteStore(directory / files.LOG),
            SqliteCheckpoints(directory / files.CHECKPOINT),
        )
        log = Log(ORIGIN, files.read_keys(directory).readable, store, Reporting(checkpoints), system_clock)
        report("ready", log.last.checkpoint.size)
        while True:
            batch = [make_note(log, chance) for _ in range(chance.choice((1, 1, 3, 10, LARGEST_BATCH)))]
            report("sent", [statement.hex() for statement in batch])
            outcomes = log.append(batch)
            report("told", [outcome.position for outcome in outcomes if isinstance(outcome, Registered)])


def make_note(log: Log, chance: random.Random) -> bytes:
    """Sign a statement."""
    claims = {"text": "x" * chance.randrange(1, 200)}
    return own_statement(ORIGIN, log.signing_key(), "note", dict(claims), log.now())


@dataclass
class Reported:
    """What a writer reported before it was killed."""

    ready: bool = False
    acknowledged: dict[bytes, int] = field(default_factory=dict)
    unacknowledged: list[bytes] = field(default_factory=list)
    signed: list[bytes] = field(default_factory=list)


def read_report(lines: Iterable[bytes]) -> Reported:
    """Read what a writer reported; a line that was cut off was not said."""
    found = Reported()
    for line in lines:
        if not line.endswith(b"\n"):
            break
        what, value = json.loads(line)
        if what == "ready":
            found.ready = True
        elif what == "signed":
            found.signed.append(value.encode())
        elif what == "sent":
            found.unacknowledged = [bytes.fromhex(statement) for statement in value]
        elif what == "told":
            if len(value) != len(found.unacknowledged):
                raise AmissError("a statement was refused")
            found.acknowledged |= dict(zip(found.unacknowledged, value, strict=True))
            found.unacknowledged = []
    return found


def run_and_kill(directory: Path, chance: random.Random) -> Reported:
    """Start a writer, and kill it at a random moment."""
    early, between = chance.random() < EARLY, chance.random() < BETWEEN
    seconds, instant, seed = chance.random() * SECONDS, chance.random() / 1000, chance.randrange(1 << 30)
    command = [sys.executable, __file__, "--write", str(directory), "--seed", str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    ready, signed = threading.Event(), threading.Event()
    lines: list[bytes] = []

    def collect(pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                lines.append(line)
                if line.startswith(b'["signed"'):
                    signed.set()
                elif line.startswith(b'["ready"'):
                    ready.set()
        ready.set()  # a writer that ends by itself is not waited for
        signed.set()

    reader = threading.Thread(target=collect, args=(process.stdout,))
    reader.start()
    if not early:
        ready.wait(60)
    time.sleep(seconds)
    if between:
        signed.clear()
        signed.wait(5)
        time.sleep(instant)
    if process.poll() is not None:
        raise AmissError(f"the writer ended by itself, with {process.returncode}")
    process.send_signal(signal.SIGKILL)
    process.wait()
    reader.join()
    return read_report(lines)


class Killed:
    """A log whose writers are killed, and all that is known of it from outside."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "log"
        self.out, self.state = directory / "out", directory / "seen.db"
        self.told: dict[bytes, int] = {}
        self.receipts: dict[int, bytes] = {}
        self.checkpoints: dict[int, Checkpoint] = {}
        self.identifiers: set[tuple[str, bytes]] = set()
        self.looked_at = self.verified = 0

    def check(self, reported: Reported) -> None:
        """Open the log again and check everything. Raises `AmissError`."""
        with open_log(self.directory) as log:
            self._send_again(log, reported)
            self._check_told(log.store)
            self._check_identifiers(log.store)
        with read_store(self.directory) as (store, checkpoints):
            self._check_receipts(Prover(store, checkpoints), reported)
            self._check_history(store, [*reported.signed, *(item.note for item in checkpoints.all())])
            last = checkpoints.last()
            if last is None:
                raise AmissError("no checkpoint is left")
            export(store, last, self.out, lambda _done, _of: None)
        trust = read_trust(self.directory / files.TRUST)
        found = audit_folder(self.out, trust, self.state, 1, lambda _done, _of: None)
        if not found.sound or found.size != self.looked_at:
            raise AmissError(f"the audit of {found.size} statements: {found.fault}")

    def _send_again(self, log: Log, reported: Reported) -> None:
        """Send all of this round again, twice: what was told is told again, the rest gets one place."""
        batch = [*reported.acknowledged, *reported.unacknowledged]
        first, second = log.append(batch), log.append(batch)
        if first != second:
            raise AmissError("a statement that was sent again stands in two places")
        for statement, outcome in zip(batch, first, strict=True):
            if not isinstance(outcome, Registered):
                raise AmissError(f"a statement that was sent again is refused: {outcome.reason}")
            if reported.acknowledged.get(statement, outcome.position) != outcome.position:
                raise AmissError(f"statement {outcome.position} was acknowledged elsewhere")
            self.told[statement] = outcome.position

    def _check_told(self, store: Store) -> None:
        """Look for all that was ever acknowledged."""
        statements = list(store.statements(0, store.size))
        for statement, position in self.told.items():
            if position >= len(statements) or statements[position] != statement:
                raise AmissError(f"statement {position} was acknowledged, and is not there")

    def _check_identifiers(self, store: Store) -> None:
        """Look for authors' identifiers that stand twice."""
        for position, data in enumerate(store.statements(self.looked_at, store.size), self.looked_at):
            statement = parse(data)
            if (statement.iss, statement.cti) in self.identifiers:
                raise AmissError(f"statement {position} stands twice")
            self.identifiers.add((statement.iss, statement.cti))
        self.looked_at = store.size

    def _check_receipts(self, prover: Prover, reported: Reported) -> None:
        """Compare receipts with those of the rounds before, and keep some of this one."""
        for position, receipt in self.receipts.items():
            if prover.receipt(position) != receipt:
                raise AmissError(f"statement {position} has another receipt than before")
        for position in list(reported.acknowledged.values())[:REMEMBERED]:
            self.receipts[position] = prover.receipt(position)

    def _check_history(self, store: Store, notes: list[bytes]) -> None:
        """Check that every checkpoint is a beginning of the next, and the last one of the log."""
        for note in notes:
            checkpoint, _ = parse_checkpoint(note)
            if self.checkpoints.setdefault(checkpoint.size, checkpoint) != checkpoint:
                raise AmissError(f"two checkpoints over {checkpoint.size} statements")
        nodes = TileNodes(store.tile)
        sizes = sorted(size for size in self.checkpoints if size >= self.verified)
        for old, new in pairwise(self.checkpoints[size] for size in sizes):
            try:
                proof = prove_consistency(nodes, old.size, new.size)
                verify_consistency(old.size, old.root, new.size, new.root, proof)
            except ProofError as error:
                raise AmissError(f"a fork was signed: {error}") from error
        self.verified = sizes[-1]
        if self.verified > store.size:
            raise AmissError(f"a checkpoint is over {self.verified}, the log has {store.size}")


def kill_often(folder: Path, kills: int, seed: int) -> None:
    """Kill writers of a new log, and say how it went. Raises `AmissError`."""
    chance = random.Random(seed)  # noqa: S311  seeded, not secret
    init_log(folder / "log", ORIGIN)
    log = Killed(folder)
    started, unacknowledged, recovered = time.monotonic(), 0, 0
    for number in range(1, kills + 1):
        with read_store(log.directory) as (store, _):
            before = store.size
        reported = run_and_kill(log.directory, chance)
        with read_store(log.directory) as (store, checkpoints):
            last = checkpoints.last()
            recovered += last is not None and store.size > last.checkpoint.size
            added = store.size - before
        log.check(reported)
        unacknowledged += len(reported.unacknowledged)
        show(f"{number} of {kills} kills, {log.looked_at:,} statements ({added:,} new)")
    print(
        f"{kills} kills, seed {seed}: {len(log.told):,} statements, {unacknowledged:,} of them not "
        f"acknowledged when the writer was killed; {recovered} times they were stored and not signed; "
        f"{len(log.checkpoints):,} checkpoints on one history; sound; {time.monotonic() - started:.0f} s"
    )


def main() -> int:
    """Kill, or write and be killed."""
    parser = arguments(__doc__)
    parser.add_argument("--write", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        write_for_ever(args.write, args.seed)
    return run(args, kill_often)


if __name__ == "__main__":
    sys.exit(main())
