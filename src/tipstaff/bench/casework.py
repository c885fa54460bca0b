"""How fast casework is: from a decision to its effect, and beside the ledger alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from shutil import copytree
from time import perf_counter, sleep
from typing import Final, NamedTuple

from tipstaff.actions.ask import ask
from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import snapshot_of
from tipstaff.assembly.casework import PAUSE, add_person, adopt, install, open_desk, open_square, open_worker
from tipstaff.assembly.ledger import open_log, read_store
from tipstaff.base.errors import InputError
from tipstaff.bench import listing, results
from tipstaff.bench.machine import machine
from tipstaff.bench.timing import percentile
from tipstaff.casework.commands import Actor, Asked, Decide
from tipstaff.casework.events import Found, Opened, Recorded, Source
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.pages import Draft
from tipstaff.ledger.log import Registered
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy
from tipstaff.storage import installation

BATCH: Final = 20
"""Decisions that are made before the worker's turn, where they are many."""

_APPENDED: Final = 500
"""Statements that the ledger alone is given at a time."""

_LOOK: Final = 0.0005
"""Seconds between two looks at square."""

_LONGEST: Final = 30.0
_REVIEWER: Final = Actor("reviewer", "reviewer")
_POLICY: Final = "crypto-promotion"
_TIME: Final = "2018-08-21T09:00:00+08:00"

Progress = Callable[[str, float], None]


def measure(decisions: int, cases: int, progress: Progress) -> results.CaseworkReport:
    """Measure everything: so many decisions each way, and lists of a tenth of so many cases, then of all."""
    with tempfile.TemporaryDirectory() as scratch:
        progress("decisions, one by one", 0.0)
        waits = _effects(Path(scratch) / "one", decisions)
        progress("decisions, many at a time", 0.3)
        many = _many(Path(scratch) / "many", decisions)
        progress("lists of cases", 0.6)
        lists = listing.measure(Path(scratch), cases)
    progress("done", 1.0)
    return results.CaseworkReport(
        version("tipstaff"),
        results.Casework(
            decisions=decisions,
            effect_ms=results.Percentiles(percentile(waits, 0.5) * 1e3, percentile(waits, 0.99) * 1e3),
            decisions_per_second=decisions / many.seconds,
            statements_per_second=many.statements / many.seconds,
            appends_per_second=many.statements / many.append_seconds,
            casework_ratio_to_append=many.append_seconds / many.seconds,
            lists=lists,
            list_growth=lists[-1].list_ms / lists[0].list_ms,
            view_growth=lists[-1].view_ms / lists[0].view_ms,
            list_ratio_to_sql=lists[-1].list_ms / lists[-1].list_sql_ms,
            view_ratio_to_sql=lists[-1].view_ms / lists[-1].view_sql_ms,
        ),
        machine(("cryptography", "msgspec", "sqlalchemy")),
    )


def begin(directory: Path, cases: int) -> Policy:
    """Make an installation with a reviewer and so many cases, each about an account with one post."""
    policy = load_policy(_POLICY)
    install(directory, "bench.example/log")
    add_person(directory, _REVIEWER.name, _REVIEWER.role)
    adopt(directory, policy)
    with open_square(directory) as square, open_desk(directory) as desk:
        for number in range(cases):
            handle = f"account-{number}"
            square.register_account(handle, handle)
            post = square.publish(handle, Draft(text="稳赚不赔", published_at=_TIME))
            subject = Subject("square", SubjectKind.ACCOUNT, handle)
            opened = Recorded(desk.clock(), "machine", Opened(subject, Source.FINDING))
            snapshot = snapshot_of(desk, subject, post)
            event = Found(post, policy.name, "yield-promised", "im-2014 art. 6", 3, snapshot)
            desk.record(desk.cases.open(subject, opened), Actor("machine", "machine"), [event])
    return policy


def decide(desk: Desk, policy: Policy, number: int) -> Target:
    """Decide that the post of a case is blocked, at once; returns it.

    Where the case was decided on before, its account is warned: nothing is ordered twice.
    """
    case = desk.cases.load(number)
    adopted = desk.policies.adopted(policy.reference)
    if adopted is None:
        raise InputError(f"{policy.reference} is not in force in the bench")
    reasons = desk.keep(case.subject, "decision", "reasons", "招揽读者买币")
    warn, block = Asked(MeasureKind.WARN), Asked(MeasureKind.BLOCK_CONTENT, case.posts)
    measures = (warn if case.decisions else block,)
    command = Decide(case.found[0].provision, adopted.entry, adopted.digest, measures, reasons)
    ask(desk, number, _REVIEWER, command)
    return Target(case.subject, case.posts[0])


def _effects(directory: Path, decisions: int) -> list[float]:
    """Decide, and wait until readers see it, beside a worker in a process of its own; seconds of each."""
    policy = begin(directory, decisions)
    waits = []
    with _worker(directory), open_desk(directory) as desk:
        for number in desk.cases.numbers():
            start = perf_counter()
            target = decide(desk, policy, number)
            while desk.hosts["square"].read_back(target).sentence is None:
                if perf_counter() - start > _LONGEST:
                    raise InputError(f"case {number} of the bench was not carried out in {_LONGEST:g} s")
                sleep(_LOOK)
            waits.append(perf_counter() - start)
    return waits


@contextmanager
def _worker(directory: Path) -> Iterator[None]:
    """Have a worker go on beside this process, as `tipstaff worker` does."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(directory, theirs), daemon=True)
    process.start()
    theirs.close()
    ours.recv()
    try:
        yield
    finally:
        ours.send(None)
        process.join(10)
        ours.close()


def _work(directory: Path, pipe: Connection) -> None:
    """Be the worker, until told to end."""
    with open_worker(directory) as turn:
        pipe.send(None)
        while not pipe.poll():
            turn()
            sleep(PAUSE)


class _Many(NamedTuple):
    """Seconds that decisions took until they were read back, how many statements, and the ledger's share."""

    statements: int
    seconds: float
    append_seconds: float


def _many(directory: Path, decisions: int) -> _Many:
    """Decide and work in turns, in one process; then append the same statements to a ledger, and no more."""
    policy = begin(directory, decisions)
    ledger = directory / installation.LEDGER
    copytree(ledger, directory / "bare")
    with read_store(ledger) as (store, _):
        before = store.size
    with open_desk(directory) as desk, open_worker(directory) as turn:
        numbers = desk.cases.numbers()
        start = perf_counter()
        for first in range(0, decisions, BATCH):
            for number in numbers[first : first + BATCH]:
                decide(desk, policy, number)
            turn()
        seconds = perf_counter() - start
        unfinished = [number for number in numbers if not _carried_out(desk, number)]
        if unfinished:
            raise InputError(f"case {unfinished[0]} of the bench was not carried out")
    with read_store(ledger) as (store, _):
        statements = list(store.statements(before, store.size))
    return _Many(len(statements), seconds, _append(directory / "bare", statements))


def _carried_out(desk: Desk, number: int) -> bool:
    """Say whether everything that was decided in a case was read back."""
    carryings = desk.cases.load(number).carryings
    return bool(carryings) and all(carrying.done for carrying in carryings)


def _append(directory: Path, statements: Sequence[bytes]) -> float:
    """Append statements to a ledger; returns the seconds that it took."""
    with open_log(directory) as log:
        start = perf_counter()
        for first in range(0, len(statements), _APPENDED):
            outcomes = log.append(statements[first : first + _APPENDED])
            if not all(isinstance(outcome, Registered) for outcome in outcomes):
                raise InputError("a statement of the bench was refused")
        return perf_counter() - start
