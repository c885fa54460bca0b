"""Kill a worker with SIGKILL, again and again, while decisions are made; then check that nothing is amiss.

    python tools/kill_work.py [--kills N] [--seed N] [--keep DIR]

An installation with square. One process decides, appeals and judges; another one works: it appends
statements, carries measures out and reads them back, and reports each commit on a pipe. At a random moment,
or right after a commit, it is killed, and the next one is started. After each kill nothing is in force on
square whose statement has no receipt. After the last one a worker finishes, and then

- every decision and result that was acknowledged is on the ledger once, and nothing was refused;
- every measure that was stated was carried out on square exactly once, and no other; what ended before it
  was begun is not;
- each case knows the place of each of its statements, and what is kept beside its events is what they say;
- nothing waits for the ledger, nothing is owed to a host, and the audit finds the ledger sound.

Exits with 1 at the first thing that is amiss, and keeps the directory.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import Engine, event, select

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.assembly.casework import PAUSE, add_person, drain, open_desk, open_worker
from tipstaff.assembly.doctor import examine
from tipstaff.assembly.ledger import audit_folder, read_store, read_trust
from tipstaff.assembly.rebuild import rebuild_all
from tipstaff.bench.casework import begin, decide
from tipstaff.casework.commands import Actor, Appeal, Rule
from tipstaff.casework.events import Result
from tipstaff.hosts.square.schema import ActRow, MeasureRow
from tipstaff.ledger.export import export
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.statement import Statement, parse
from tipstaff.storage import installation
from tipstaff.storage.engine import open_engine

LOAD = 10
"""The most that is asked while one worker lives."""
SECONDS = 0.5
"""The longest that a worker lives once it is ready."""
BETWEEN = 0.6
"""The share of kills that come right after a commit, within a few milliseconds."""
EARLY = 0.1
"""The share of kills that come before the worker is ready: while it starts."""
REVERSED = 0.3
"""The share of what is asked that is an appeal with its result, where one is possible."""
JUDGE = Actor("judge", "reviewer")


class AmissError(Exception):
    """Something that must never happen has happened."""


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


class Load:
    """Those who decide, appeal and judge; and what was acknowledged to them."""

    def __init__(self, desk: Desk, decide_on: Callable[[int], object], chance: random.Random) -> None:
        self._desk, self._decide, self._chance = desk, decide_on, chance
        self._numbers = desk.cases.numbers()
        self.decisions: Counter[int] = Counter()
        self.results: Counter[int] = Counter()

    def ask(self) -> None:
        """Ask something of a case; where the worker was faster, nothing was acknowledged."""
        with suppress(MovedError):
            self._ask()

    def _ask(self) -> None:
        """Ask something of a case."""
        number = self._chance.choice(self._numbers)
        case = self._desk.cases.load(number)
        open_ones = [one for one in case.decisions if one.entry in case.logged and not one.appeal]
        if open_ones and self._chance.random() < REVERSED:
            decision = open_ones[0].said.number
            text = self._desk.keep(case.subject, "appeal", "text", "这是新闻")
            ask(self._desk, number, PLATFORM, Appeal(decision, text))
            ask(self._desk, number, JUDGE, Rule(decision, Result.REVERSED, text))
            self.results[number] += 1
        else:
            self._decide(number)
            self.decisions[number] += 1


def check_receipts(directory: Path) -> int:
    """Check that all that square has done has a receipt; returns how many measures were ever in force."""
    engine = open_engine(f"sqlite:///{directory / installation.SQUARE}")
    with engine.connect() as connection:
        stated = list(connection.scalars(select(MeasureRow.statement)))
        acts = list(connection.scalars(select(ActRow.key)))
    engine.dispose()
    with read_store(directory / installation.LEDGER) as (store, checkpoints):
        prover = Prover(store, checkpoints)
        for entry in {*stated, *(act.partition("/")[0] for act in acts)}:
            position = store.position(bytes.fromhex(entry))
            if position is None:
                raise AmissError(f"measure {entry[:16]} is in force, and its statement is not on the ledger")
            prover.receipt(position)
    return len(stated)


def check_everything(directory: Path, load: Load) -> int:
    """Check everything once nothing is left to do; returns how many statements there are."""
    with read_store(directory / installation.LEDGER) as (store, checkpoints):
        statements = [parse(data) for data in store.statements(0, store.size)]
        last = checkpoints.last()
        if last is None:
            raise AmissError("no checkpoint is left")
        export(store, last, directory.with_name("out"), lambda _done, _of: None)
    check_ledger(statements, load)
    check_square(directory, statements)
    with open_desk(directory) as desk:
        check_cases(desk, statements)
    if found := [*rebuild_all(directory, repair=False), *examine(directory)]:
        raise AmissError(f"something is wrong with the installation: {found[0]}")
    trust = read_trust(directory / installation.LEDGER / "trust.json")
    audited = audit_folder(directory.with_name("out"), trust, None, 1, lambda _done, _of: None)
    if not audited.sound or audited.size != len(statements):
        raise AmissError(f"the audit of {audited.size} statements: {audited.fault}")
    return len(statements)


def check_ledger(statements: list[Statement], load: Load) -> None:
    """Look for what was acknowledged, once each."""
    for kind, told in (("decision", load.decisions), ("result", load.results)):
        there = Counter(int(one.sub.removeprefix("case-")) for one in statements if one.kind == kind)
        if there != told:
            raise AmissError(
                f"{kind}s on the ledger by case: {there - told} too many, {told - there} missing"
            )
    twice = [cti for cti, times in Counter((one.iss, one.cti) for one in statements).items() if times > 1]
    if twice:
        raise AmissError(f"{twice[0]} stands twice")


def check_square(directory: Path, statements: list[Statement]) -> None:
    """Compare what was carried out with what was stated: each once, but what ended before it had begun."""
    engine = open_engine(f"sqlite:///{directory / installation.SQUARE}")
    with engine.connect() as connection:
        acts = Counter(key.partition("/")[0] for key in connection.scalars(select(ActRow.key)))
        in_force = set(connection.scalars(select(MeasureRow.statement).where(MeasureRow.in_force)))
    engine.dispose()
    measures: dict[tuple[object, ...], dict[object, str]] = {}
    for one in statements:
        if one.kind == "measure":
            name = tuple(one.claims[part] for part in ("decision", "measure", "target"))
            measures.setdefault(name, {})[one.claims["direction"]] = one.entry.hex()
    for stated in measures.values():
        begun, ended = (acts.pop(stated.get(direction, ""), 0) for direction in ("apply", "lift"))
        if (begun, ended) != ((1, 1) if "lift" in stated and begun else (int("lift" not in stated), 0)):
            raise AmissError(
                f"measure {stated['apply'][:16]} was carried out {begun} and ended {ended} times"
            )
        if (stated["apply"] in in_force) is ("lift" in stated):
            raise AmissError(f"measure {stated['apply'][:16]} is in force and has ended, or neither")
    if acts:
        raise AmissError(f"{acts.total()} acts were never stated")


def check_cases(desk: Desk, statements: list[Statement]) -> None:
    """Compare the cases with the ledger, and with what their events add up to."""
    if desk.cases.waiting() or desk.cases.owed(desk.clock() + 100_000):
        raise AmissError("something waits for the ledger, or is owed to a host")
    places = {one.entry: place for place, one in enumerate(statements)}
    for case in map(desk.cases.load, desk.cases.numbers()):
        if case.refused:
            raise AmissError(f"{case}: a statement was refused: {case.refused}")
        if any(places.get(entry) != place for entry, place in case.logged.items()):
            raise AmissError(f"{case} has a statement elsewhere than the ledger")
        for carrying in case.carryings:
            never_begun = case.has_ended(carrying) and not carrying.effects
            if not never_begun and (not carrying.done or len(carrying.effects) != 1):
                raise AmissError(f"{case} has a measure that was not read back once")


def kill_often(directory: Path, kills: int, seed: int) -> None:
    """Kill workers of a new installation, and say how it went. Raises `AmissError`."""
    chance = random.Random(seed)  # noqa: S311  seeded, not secret
    policy = begin(directory, max(10, kills))
    add_person(directory, JUDGE.name, JUDGE.role)
    started = time.monotonic()
    unfinished = 0
    with open_desk(directory) as desk:
        load = Load(desk, lambda number: decide(desk, policy, number), chance)
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
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number} of {kills} kills, {measures:,} measures ")
                sys.stderr.flush()
    trouble = drain(directory, lambda: int(time.time()) + 10_000).trouble
    if trouble:
        raise AmissError(f"a worker could not go on: {trouble[0]}")
    size = check_everything(directory, load)
    print(
        f"{kills} kills, seed {seed}: {load.decisions.total():,} decisions, {load.results.total():,} "
        f"reversals, {size:,} statements; {unfinished} times something was left to do; each measure carried "
        f"out once; sound; {time.monotonic() - started:.0f} s"
    )


def main() -> int:
    """Kill workers, as often as is asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="how often (100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what chance begins with (1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a folder to work in, and to leave there")
    args = parser.parse_args()
    folder = args.keep or Path(tempfile.mkdtemp(prefix="tipstaff-killed-"))
    try:
        kill_often(folder / "here", args.kills, args.seed)
    except AmissError as error:
        print(f"amiss: {error}; see {folder}", file=sys.stderr)
        return 1
    if not args.keep:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
