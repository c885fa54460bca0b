"""What is asked of the database of casework: few queries, each of which finds its place in an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from casebook import found
from databases import database
from worlds import START, digest

from tipstaff.actions.cases import Change, Delivery, Waiting
from tipstaff.bench.listing import sent
from tipstaff.casework.events import Opened, Recorded, Source
from tipstaff.casework.outline import Standing
from tipstaff.casework.which import Which
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade

CASES = 40
OF_A_KIND = Which(pending=START, kind=SubjectKind.ACCOUNT, policy="house", free_at=START)
ABOUT = Subject("memory", SubjectKind.ACCOUNT, "a7")


@pytest.fixture
def cases(tmp_path: Path) -> Iterator[SqlCases]:
    """Return some cases, of two severities."""
    with database("sqlite", tmp_path) as engine:
        upgrade(engine)
        made = SqlCases(engine)
        for number in range(CASES):
            subject = Subject("memory", SubjectKind.ACCOUNT, f"a{number}")
            case = made.open(subject, Recorded(START, "machine", Opened(subject, Source.FINDING)))
            name = f"s{number}"
            made.change(
                case,
                Change(
                    [Recorded(START, "machine", found("m1"))] * (number % 2),
                    [Waiting(case.number, digest(name), name.encode(), START)],
                    (),
                    [Delivery(case.number, digest(name), 1, START)],
                    attend_at=START,
                ),
            )
        yield made


LOOKS: dict[str, tuple[Callable[[SqlCases], object], int]] = {
    "the first page": (lambda cases: cases.outlines(CASES), 1),
    "a later page": (lambda cases: cases.outlines(CASES, 2), 3),
    "the first page of those that wait": (lambda cases: cases.outlines(CASES, None, Which(waiting=True)), 1),
    "a later page of those that wait": (lambda cases: cases.outlines(CASES, 2, Which(waiting=True)), 3),
    "those that are pending": (lambda cases: cases.outlines(CASES, None, Which(pending=START)), 1),
    "those of one policy": (lambda cases: cases.outlines(CASES, None, Which(policy="house")), 1),
    "a later page of those": (lambda cases: cases.outlines(CASES, 2, Which(policy="house", severity=2)), 3),
    "those that are pending, of a kind": (lambda cases: cases.outlines(CASES, None, OF_A_KIND), 1),
    "the first deadline": (lambda cases: cases.first_due(), 1),
    "how many there are": (lambda cases: cases.count(9, [Which(), Which(pending=START), OF_A_KIND]), 1),
    "the case about a subject": (lambda cases: cases.outlines(1, None, Which(about=ABOUT)), 1),
    "a case": (lambda cases: cases.load(3), 1),
    "many cases": (lambda cases: cases.dossiers(range(1, CASES + 1)), 1),
    "the numbers of many": (lambda cases: cases.numbers_of([ABOUT] * CASES), 1),
    "those whose names begin so": (lambda cases: cases.named("a1", 9, ["memory"]), 3),
    "all that there are": (lambda cases: cases.named("", 9, ["memory"]), 3),
    "those in which a measure was stated": (lambda cases: cases.measured(2, 9), 1),
    "those in a hearing": (lambda cases: cases.outlines(9, None, Which(standing=Standing.HEARING)), 1),
    "a worker's cases": (lambda cases: cases.due(START), 1),
    "a worker's deliveries": (lambda cases: cases.owed(START), 1),
}


@pytest.mark.parametrize("look", LOOKS)
def test_queries_are_few_and_find_their_place(cases: SqlCases, look: str) -> None:
    """However many cases there are, so many queries are sent, and none goes through a whole table."""
    run, most = LOOKS[look]
    with sent(cases._engine) as queried:
        run(cases)
    assert len(queried) == most
    with cases._engine.connect() as connection:
        for query, values in queried:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple(values)).all()
            plan = [str(row[3]) for row in rows]
            scans = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
            # What is counted is bounded by the query within.
            assert not [step for step in scans if not step.startswith(("SCAN CONSTANT", "SCAN anon_"))], plan
            assert not [step for step in plan if "TEMP B-TREE FOR ORDER BY" in step], plan
