"""Kill a worker with SIGKILL, again and again, while people decide; then check that nothing is amiss.

    python tools/kill_work.py [--kills N] [--seed N] [--keep DIR]

An installation with square. One process decides, appeals and judges, complains, enters, confirms and
narrows orders, decides under them, and has texts erased; another one works: it appends statements, carries
measures out and reads them back, passes orders on and reports on them, and tells of each commit on a pipe.
At a random moment, or right after a commit, it is killed, and the next one is started. After each kill
nothing is in force on square whose statement has no receipt. After the last one all that is open is decided,
a worker finishes, and then

- every decision and result that was acknowledged is on the ledger once, and nothing was refused;
- every measure that was stated was carried out on square exactly once, and no other; what ended before it
  was begun is not;
- every order is known once to each case that it was about, with all its changes, and was reported on once;
- every complaint has one answer, and every erasure that was begun one statement, and nothing left;
- each case knows the place of each of its statements, and what is kept beside its events is what they say;
- nothing waits for the ledger, nothing is owed to a host, and the audit finds the ledger sound.

Exits with 1 at the first thing that is amiss, and keeps the directory.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from kill_checks import check_everything, check_receipts
from kill_load import CLERKS, JUDGE, Load
from killing import AmissError, arguments, run, show
from sqlalchemy import Engine, event

from tipstaff.assembly.casework import PAUSE, add_person, drain, open_desk, open_worker
from tipstaff.bench.casework import begin

LOAD: Final = 10
"""The most that is asked while one worker lives."""
SECONDS: Final = 0.5
"""The longest that a worker lives once it is ready."""
BETWEEN: Final = 0.6
"""The share of kills that come right after a commit, within a few milliseconds."""
EARLY: Final = 0.1
"""The share of kills that come before the worker is ready: while it starts."""


def work_for_ever(directory: Path, pipe: Connection) -> None:
    """Work until killed; say when it begins, and of each commit to the databases of casework and square."""
    event.listen(Engine, "commit", lambda _: pipe.send("commit"))
    with open_worker(directory) as turn:
        pipe.send("ready")
        while True:
            turn()
            time.sleep(PAUSE)


class Worker:
    """A worker in a process of its own, forked from one that has imported all it needs."""

    def __init__(self, directory: Path) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(["tipstaff.assembly.casework"])
        self._pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=work_for_ever, args=(directory, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.ready, self._committed = threading.Event(), threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def kill(self, wait: float, instant: float | None) -> None:
        """Kill it after some seconds; where `instant` is given, so long after the next commit."""
        time.sleep(wait)
        if instant is not None:
            self._committed.clear()
            self._committed.wait(1)
            time.sleep(instant)
        if not self._process.is_alive():
            raise AmissError(f"the worker ended by itself, with {self._process.exitcode}")
        self._process.kill()
        self._process.join()
        self._reader.join()

    def _read(self) -> None:
        """Note what it reports."""
        with self._pipe, suppress(EOFError):
            while True:
                if self._pipe.recv() == "ready":
                    self.ready.set()
                self._committed.set()
        self.ready.set()  # one that ends by itself is not waited for
        self._committed.set()


def later() -> int:
    """Return a time at which everything that was put off is tried again."""
    return int(time.time()) + 10_000


def finish(directory: Path, load: Load) -> None:
    """Have everything done that is left to do. Raises `AmissError` where a worker could not go on."""

    def work() -> None:
        if trouble := drain(directory, later).trouble:
            raise AmissError(f"a worker could not go on: {trouble[0]}")

    with open_desk(directory, later) as desk:
        load.desk = desk
        load.finish(work)


def kill_often(folder: Path, kills: int, seed: int) -> None:
    """Kill workers of a new installation, and say how it went. Raises `AmissError`."""
    chance = random.Random(seed)  # noqa: S311  seeded, not secret
    directory = folder / "here"
    policy = begin(directory, max(10, kills))
    for person in (JUDGE, *CLERKS):
        add_person(directory, person.name, person.role)
    started = time.monotonic()
    unfinished = 0
    with open_desk(directory) as desk:
        load = Load(desk, policy, chance)
        for number in range(1, kills + 1):
            worker = Worker(directory)
            if chance.random() >= EARLY:
                worker.ready.wait(60)
            instant = chance.random() / 200 if chance.random() < BETWEEN else None
            with ThreadPoolExecutor(1) as pool:
                killed = pool.submit(worker.kill, chance.random() * SECONDS, instant)
                for _ in range(LOAD):
                    if not killed.done():
                        load.ask()
                killed.result()
            measures = check_receipts(directory)
            unfinished += bool(desk.cases.waiting() or desk.cases.owed(desk.clock() + 100_000))
            show(f"{number} of {kills} kills, {measures:,} measures")
    finish(directory, load)
    size = check_everything(directory, load)
    print(
        f"{kills} kills, seed {seed}: {load.decisions.total():,} decisions, {load.results.total():,} "
        f"reversals, {len(load.orders):,} orders, {sum(map(len, load.complaints.values())):,} complaints, "
        f"{load.erasures.total():,} erasures, {size:,} statements; {unfinished} times something was left to "
        f"do; each measure carried out once; sound; {time.monotonic() - started:.0f} s"
    )


def main() -> int:
    """Kill workers, as often as is asked."""
    return run(arguments(__doc__).parse_args(), kill_often)


if __name__ == "__main__":
    sys.exit(main())
