"""What is kept beside events is made anew from them, in every database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from casebook import ACCOUNT, APP, CLERK, TABLE, entering, found
from databases import DATABASES, database
from sqlalchemy import Engine, delete, insert, select, update
from worlds import START, digest

from tipstaff.actions.cases import Change
from tipstaff.casework.case import Case
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Complained,
    Confirmed,
    Decided,
    EffectState,
    EffectStated,
    Erased,
    ErasureCause,
    Hearing,
    Logged,
    MeasureStated,
    Opened,
    Outcome,
    Reason,
    Recorded,
    Refused,
    Result,
    Ruled,
    Source,
)
from tipstaff.casework.orders.decide import entered
from tipstaff.casework.orders.events import Amended, OrderConfirmed
from tipstaff.casework.orders.events import Change as Withdrawn
from tipstaff.casework.words import Direction, Signed, Subject
from tipstaff.storage.casework.beside import BESIDE
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import is_newest, upgrade
from tipstaff.storage.casework.rebuild import Difference, Follows, rebuild
from tipstaff.storage.casework.schema import COMPLAINTS, COUNTS, DOSSIERS, EVENTS, OUTLINES


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return each database in turn, with two cases, a finding, and a complaint that was answered."""
    with database(request.param, tmp_path) as made:
        assert not is_newest(made)
        upgrade(made)
        assert is_newest(made)
        cases = SqlCases(made)
        events = (
            ("machine", found("m1")),
            ("rae", Complained(1, Reason.FRAUD, "m1", digest("text"))),
            ("platform", Answered(1, Outcome.UPHELD, digest("answer"))),
        )
        for subject in (ACCOUNT, APP):
            case = opened(cases, subject)
            recorded = [Recorded(START, actor, event) for actor, event in events]
            cases.change(case, Change(recorded, attend_at=START + 5))
        yield made


def opened(cases: SqlCases, subject: Subject) -> Case:
    """Open a case."""
    return cases.open(subject, Recorded(START, "machine", Opened(subject, Source.FINDING)))


def contents(engine: Engine) -> list[list[tuple[object, ...]]]:
    """Return everything that follows from events."""
    with engine.connect() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in (*BESIDE, DOSSIERS)
        ]


def again(engine: Engine, *, repair: bool) -> list[Difference]:
    """Make it anew, or only look."""
    return list(rebuild(engine, START, lambda _: Follows(START + 5), repair=repair))


def test_what_is_right_stays(engine: Engine) -> None:
    """Nothing is told, and nothing has changed."""
    before = contents(engine)
    assert again(engine, repair=True) == []
    assert contents(engine) == before


def test_what_is_wrong_is_told_and_made_anew(engine: Engine) -> None:
    """Only where it is wrong, and as it was before; whoever only looks changes nothing."""
    before = contents(engine)
    with engine.begin() as connection:
        connection.execute(update(OUTLINES).where(OUTLINES.c.dossier == 1).values(posts=9))
        connection.execute(delete(COUNTS).where(COUNTS.c.dossier == 1))
        connection.execute(delete(COMPLAINTS).where(COMPLAINTS.c.dossier == 2))
        row = {"dossier": 2, "number": 7, "complainant": "nobody", "at": START, "undone": False}
        connection.execute(insert(COMPLAINTS).values(row))
        connection.execute(update(DOSSIERS).where(DOSSIERS.c.number == 2).values(attend_at=None))
    wrong = contents(engine)
    told = [("case 1", "outlines"), ("case 1", "counts"), ("case 2", "attended to at None"),
            ("case 2", "complaints")]  # fmt: skip
    for repair in (False, True):
        assert contents(engine) == wrong
        differences = again(engine, repair=repair)
        assert [found.dossier for found in differences] == [dossier for dossier, _ in told]
        assert all(what in found.what for found, (_, what) in zip(differences, told, strict=True))
        assert all(found.mendable for found in differences)
    assert contents(engine) == before


def test_looking_once_too_often_is_not_wrong(engine: Engine) -> None:
    """A case that is to be attended to by now, and owes nothing, is left to the worker."""
    with engine.begin() as connection:
        connection.execute(update(DOSSIERS).values(attend_at=0))
    assert again(engine, repair=True) == []


def test_every_statement_of_an_appeal_is_looked_for(engine: Engine) -> None:
    """The appeal, its result and who confirmed that: of what neither waits nor is known it is said."""
    cases = SqlCases(engine)
    case = cases.load(1)
    decided = Decided(1, "§7", None, None, (), (), Hearing.NOT_DUE, b"", START)
    signed: tuple[tuple[AnyEvent, str], ...] = (
        (decided, "decision"),
        (Appealed(1, b""), "appeal"),
        (Ruled(1, Result.REVERSED, b"", second_person=True), "result"),
        (Confirmed(1, Signed.RESULT), "confirmation"),
    )
    recorded = [Recorded(START, "alice", event, digest(name)) for event, name in signed]
    cases.change(case, Change(recorded, attend_at=START + 5))
    lost = [f"statement {digest(name).hex()[:16]}… is lost" for _, name in signed]
    assert [found.what for found in again(engine, repair=False)] == lost


@pytest.mark.parametrize("gone", [False, True])
def test_who_is_owed_what_cannot_be_done(engine: Engine, *, gone: bool) -> None:
    """A host is owed what has failed and nobody owes it any more, unless its target is gone."""
    cases = SqlCases(engine)
    signed: tuple[tuple[AnyEvent, str | None], ...] = (
        (Decided(1, "§7", None, None, (), (), Hearing.NOT_DUE, b"", START), "decision"),
        (Logged(digest("decision"), 1), None),
        (MeasureStated(1, 1, 1, Direction.APPLY, digest("decision")), "measure"),
        (Logged(digest("measure"), 2), None),
        (EffectStated(digest("measure"), 1, EffectState.FAILED, "why", gone), "effect"),
        (Logged(digest("effect"), 3), None),
    )
    recorded = [Recorded(START, "alice", event, digest(name) if name else None) for event, name in signed]
    cases.change(cases.load(1), Change(recorded, attend_at=START + 5))
    lost = [f"no host is owed measure {digest('measure').hex()[:16]}…"] * (not gone)
    assert [found.what for found in again(engine, repair=False)] == lost


@pytest.mark.parametrize("late", [False, True])
def test_who_is_owed_that_what_was_refused_is_lifted(engine: Engine, *, late: bool) -> None:
    """A host is, where it was held while the ledger was down; else it never had it."""
    cases = SqlCases(engine)
    signed: tuple[tuple[AnyEvent, str | None], ...] = (
        (Decided(1, "§7", None, None, (), (), Hearing.NOT_DUE, b"", START), "decision"),
        (MeasureStated(1, 1, 1, Direction.APPLY, digest("decision"), late), "measure"),
        (Refused(digest("decision"), "why"), None),
        (Refused(digest("measure"), "why"), None),
    )
    recorded = [Recorded(START, "machine", event, digest(name) if name else None) for event, name in signed]
    cases.change(cases.load(1), Change(recorded, attend_at=START + 5))
    again(engine, repair=True)
    assert [(one.round, one.late) for one in cases.owed(START)] == [(1, True)] * late


def test_every_statement_of_an_order_is_looked_for(engine: Engine) -> None:
    """The order, an amendment, who confirmed them, and that its texts were erased."""
    cases = SqlCases(engine)
    order = entered(entering(), CLERK, START, TABLE)
    number = cases.reserve("court", "2026/7")
    cases.enter(number, Change([Recorded(START, "clerk", order, digest("order"))], attend_at=START + 5))
    amended = Amended(1, Withdrawn.WITHDRAWN, b"", order.scope, order.targets, "CN", order.deadline)
    signed: tuple[tuple[AnyEvent, str], ...] = (
        (OrderConfirmed(0), "confirmation"),
        (amended, "amendment"),
        (OrderConfirmed(1), "confirmation of the amendment"),
        (Erased(ErasureCause.RETENTION, 2), "erasure"),
    )
    recorded = [Recorded(START, "clerk-2", event, digest(name)) for event, name in signed]
    cases.change(cases.load_order(number), Change(recorded, attend_at=START + 5))
    names = ["order", *(name for _, name in signed)]
    lost = {f"statement {digest(name).hex()[:16]}… is lost" for name in names}
    found = again(engine, repair=False)
    assert {one.what for one in found} == lost
    assert {(one.dossier, one.mendable) for one in found} == {(f"order {number}", False)}
    known = [Recorded(START, "machine", Logged(digest(name), 1)) for name in names]
    cases.change(cases.load_order(number), Change(known, attend_at=START + 5))
    assert again(engine, repair=False) == []


def test_a_case_without_events_is_lost(engine: Engine) -> None:
    """That cannot be mended from here."""
    with engine.begin() as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.dossier == 2))
    assert again(engine, repair=True) == [Difference("dossier 2", "its events are missing", mendable=False)]
