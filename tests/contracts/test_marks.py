"""What every keeper of cases knows of what is due: how it stands, and when it is put to rest."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from casebook import ACCOUNT, APP, SITE, found, ordered
from databases import database
from sqlalchemy import select, text
from worlds import START, digest

from tipstaff.actions.cases import Cases, Change, Mark
from tipstaff.casework.case import Case
from tipstaff.casework.events import AnyEvent, Complained, MeasureStated, Opened, Reason, Recorded, Source
from tipstaff.casework.orders.events import Entered, Reported, Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Direction, Subject, Target
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.migrate import upgrade
from tipstaff.storage.casework.schema import DOSSIERS


def recorded(event: AnyEvent, entry: bytes | None = None, by: str = "clerk") -> Recorded:
    """Return an event as it is kept."""
    return Recorded(START, by, event, entry)


def opened(cases: Cases, subject: Subject = ACCOUNT) -> Case:
    """Open a case."""
    return cases.open(subject, recorded(Opened(subject, Source.ORDER)))


def entered(cases: Cases, reference: str = "2026/7") -> Order:
    """Enter an order."""
    number = cases.reserve("court", reference)
    event = Entered(
        "court", reference, "law", Scope.ACCOUNT, (Target(ACCOUNT),), "CN", START + 99, digest("text")
    )
    return cases.enter(number, Change([recorded(event, digest(reference))]))


def test_a_mark_changes_with_what_happens(cases: Cases) -> None:
    """With an event, with another time, and where a case has an order looked at; what rests has none."""
    order, case = entered(cases), opened(cases)
    assert cases.marks([order.number, case.number]) == {}
    case = cases.change(case, Change([recorded(found("m1"))], attend_at=START + 3))
    cases.rest(order, START)
    assert list(cases.marks([case.number, order.number]).items()) == [
        (case.number, Mark(2, START + 3)),
        (order.number, Mark(1, START)),
    ]
    cases.change(case, Change([recorded(ordered())], attend=[order.number]))
    assert cases.marks([case.number, order.number]) == {order.number: Mark(1, 0)}


def test_an_order_rests_unless_something_has_happened(cases: Cases) -> None:
    """To it, or to a case that it is about, since it was looked at."""
    order = entered(cases)
    cases.rest(order, START)
    cases.rest(order, START + 60, START)
    assert cases.marks([1]) == {1: Mark(1, START + 60)}
    cases.rest(order, None, START)
    assert cases.marks([1]) == {1: Mark(1, START + 60)}, "it is due at another time than that"
    cases.change(opened(cases), Change([recorded(found("m1"))], attend=[order.number]))
    cases.rest(order, None, START + 60)
    assert cases.due(START) == [1]
    cases.rest(order, None, 0)
    assert cases.due(START + 99) == []


def test_an_order_that_has_changed_is_not_put_to_rest(cases: Cases) -> None:
    """Whoever read it before knows it no more."""
    order = entered(cases)
    cases.change(order, Change([recorded(Reported(digest("report")))], attend_at=0))
    for due in (None, 0):
        cases.rest(order, None, due)
        assert cases.due(START) == [1]


def test_cases_with_measures_are_known_without_being_built(cases: Cases) -> None:
    """Of which one was stated, whatever became of it; and those in which somebody has complained."""
    numbers = [opened(cases, subject).number for subject in (SITE, ACCOUNT, APP)]
    assert cases.measured() == []
    stated = MeasureStated(1, 1, 0, Direction.APPLY, digest("decision"))
    for number in numbers[1:]:
        case = cases.change(
            cases.load(number),
            Change([recorded(Complained(1, Reason.FRAUD, None, digest("text")), by="rae")]),
        )
        cases.change(case, Change([recorded(stated, digest(f"measure {number}"))]))
    assert cases.measured() == numbers[1:]
    assert [cases.measured(after, 1) for after in (0, *numbers)] == [numbers[1:2]] * 2 + [numbers[2:], []]
    assert cases.measured(numbers[0], 2) == cases.measured(0, 9) == numbers[1:]
    assert cases.complained_in("rae") == numbers[1:]
    assert cases.complained_in("sam") == []


def test_cases_of_the_same_orders_lock_them_in_one_order(tmp_path: Path) -> None:
    """While the first of them is held by somebody, who waits for it holds none of the others."""
    with database("postgresql", tmp_path) as engine:
        upgrade(engine)
        cases = SqlCases(engine)
        one, other, case = entered(cases), entered(cases, "2026/8"), opened(cases)
        cases.rest(one, START)  # which puts its row behind that of the other one
        with ThreadPoolExecutor(1) as pool, engine.connect() as holding, holding.begin():
            holding.execute(select(DOSSIERS).where(DOSSIERS.c.number == one.number).with_for_update())
            change = Change([recorded(found("m1"))], attend=[other.number, one.number])
            changed = pool.submit(cases.change, case, change)
            waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            with engine.connect() as looking:
                for _ in range(300):
                    if looking.scalar(waits):
                        break
                    time.sleep(0.1)
                    looking.rollback()
                free = select(DOSSIERS.c.number).where(DOSSIERS.c.number == other.number)
                assert looking.scalars(free.with_for_update(nowait=True)).all() == [other.number]
                looking.rollback()
            holding.rollback()
            assert changed.result(30).version == case.version + 1
        assert cases.due(START) == [one.number, other.number]
