"""Two workers on one installation at the same time: nothing is lost, nothing is done twice."""

from __future__ import annotations

import sqlite3
from multiprocessing import get_context
from pathlib import Path

from processes import work_beside

from tipstaff.assembly.casework import drain, open_desk
from tipstaff.assembly.ledger import read_store
from tipstaff.bench.casework import begin, decide
from tipstaff.ledger.statement import parse

CASES = 12
TURNS = 3


def test_two_processes_at_the_same_time(tmp_path: Path) -> None:
    """Each decision is carried out once, read back once and told once, whoever of both does it."""
    here = tmp_path / "here"
    policy = begin(here, CASES)
    context = get_context("spawn")
    barrier = context.Barrier(3)
    workers = [context.Process(target=work_beside, args=(here, barrier, TURNS)) for _ in range(2)]
    for worker in workers:
        worker.start()
    with open_desk(here) as desk:
        for first in range(0, CASES, CASES // TURNS):
            for number in range(first + 1, first + 1 + CASES // TURNS):
                decide(desk, policy, number)
            barrier.wait(60)
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    drain(here)
    with open_desk(here) as desk:
        for number in desk.cases.numbers():
            case = desk.cases.load(number)
            (carrying,) = case.carryings
            assert (carrying.done, len(carrying.effects), len(case.notices)) == (True, 1, 2)
            assert case.refused == {}
        assert desk.cases.waiting() == []
        assert desk.cases.owed(desk.clock() + 100_000) == []
    with read_store(here / "ledger") as (store, _):
        kinds = [parse(data).kind for data in store.statements(0, store.size)]
    assert [kinds.count(kind) for kind in ("decision", "measure", "effect")] == [CASES] * 3
    with sqlite3.connect(here / "square.db") as square:
        assert square.execute("SELECT count(*) FROM square_acts").fetchone() == (CASES,)
    square.close()
