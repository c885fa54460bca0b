"""What every keeper does of orders, of complaints, and of what is to be attended to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from casebook import ACCOUNT, APP, SITE, entering, found, ordered
from worlds import START, digest

from tipstaff.actions.cases import Cases, Change, Delivery, MovedError, Waiting
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import Told
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Complained,
    Decided,
    Hearing,
    Logged,
    Opened,
    Outcome,
    Reason,
    Recorded,
    Result,
    Ruled,
    Source,
)
from tipstaff.casework.orders.events import Entered, OrderConfirmed, Reported
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Subject, SubjectKind

UPHELD, DISMISSED, ABUSIVE = Outcome
TOGETHER = 4


def recorded(event: AnyEvent, entry: bytes | None = None, by: str = "clerk", at: int = START) -> Recorded:
    """Return an event as it is kept."""
    return Recorded(at, by, event, entry)


def event() -> Entered:
    """Return that an order has come in."""
    said = entering()
    return Entered(
        said.authority, said.reference, said.basis, said.scope, said.targets, said.territory, said.deadline,
        said.text,
    )  # fmt: skip


def entrance(number: int, by: str = "clerk", due: int | None = None) -> Change:
    """Return the change by which an order comes in."""
    entry = digest(f"order {number} by {by}")
    waiting = Waiting(number, entry, b"order", START)
    return Change([recorded(event(), entry, by)], [waiting], attend_at=due)


def entered(cases: Cases, authority: str = "court", reference: str = "2026/7") -> Order:
    """Let an order come in."""
    number = cases.reserve(authority, reference)
    return cases.enter(number, entrance(number))


def opened(cases: Cases, subject: Subject = ACCOUNT) -> Case:
    """Open a case."""
    return cases.open(subject, recorded(Opened(subject, Source.FINDING)))


def test_cases_and_orders_are_numbered_together(cases: Cases) -> None:
    """No two of them have a number, and each is listed among its own."""
    assert [opened(cases).number, entered(cases).number, opened(cases, APP).number] == [1, 2, 3]
    assert entered(cases, "court", "2026/8").number == 4
    assert (cases.numbers(), cases.order_numbers()) == ([1, 3], [2, 4])


def test_a_number_is_of_a_case_or_of_an_order(cases: Cases) -> None:
    """Asked for as what it is not, it is not there; as a dossier it is there, whichever it is."""
    case, order = opened(cases), entered(cases)
    assert (cases.dossier(1), cases.dossier(2)) == (case, order)
    with pytest.raises(InputError, match="there is no order 1"):
        cases.load_order(1)
    with pytest.raises(InputError, match="there is no case 2"):
        cases.load(2)
    for ask, message in (
        (cases.load, "there is no case 3"),
        (cases.load_order, "there is no order 3"),
        (cases.dossier, "there is no case and no order 3"),
    ):
        with pytest.raises(InputError, match=message):
            ask(3)


def test_a_case_is_found_by_its_subject(cases: Cases) -> None:
    """By host, kind and id; nothing is opened for who asks."""
    case = opened(cases)
    assert cases.find(ACCOUNT) == case
    for subject in (
        APP,
        Subject("elsewhere", SubjectKind.ACCOUNT, ACCOUNT.id),
        Subject(ACCOUNT.host, SubjectKind.SITE, ACCOUNT.id),
    ):
        assert cases.find(subject) is None
    assert cases.numbers() == [1]


def test_an_order_is_no_case_of_its_name(cases: Cases) -> None:
    """Whatever authorities and references are called."""
    order = entered(cases, ACCOUNT.host, ACCOUNT.id)
    assert cases.find(ACCOUNT) is None
    assert opened(cases).number != order.number


def test_a_reference_has_one_number(cases: Cases) -> None:
    """Of one authority; before the order comes in there is nothing under it."""
    number = cases.reserve("court", "2026/7")
    assert cases.reserve("court", "2026/7") == number
    others = {cases.reserve("court", "2026/8"), cases.reserve("court-2", "2026/7")}
    assert len(others | {number}) == 3
    assert cases.order_numbers() == cases.numbers() == cases.due(START) == []
    for ask in (cases.load_order, cases.dossier, cases.load):
        with pytest.raises(InputError):
            ask(number)
    cases.enter(number, entrance(number))
    assert cases.reserve("court", "2026/7") == number


def test_an_order_is_kept_as_it_came_in(cases: Cases) -> None:
    """With its statement, which waits; what happens to it later follows."""
    order = entered(cases)
    assert order == cases.load_order(order.number)
    assert (order.said, order.by, order.entry) == (event(), "clerk", digest("order 1 by clerk"))
    assert [(one.dossier, one.entry) for one in cases.waiting()] == [(1, order.entry)]
    after = cases.change(order, Change([recorded(OrderConfirmed(0), digest("c"), "clerk-2")]))
    assert after == cases.load_order(1)
    assert (after.version, after.confirmations[0].by) == (2, "clerk-2")


def test_an_order_comes_in_once(cases: Cases) -> None:
    """Who comes second is told, and nothing of theirs is kept."""
    order = entered(cases)
    with pytest.raises(MovedError, match="order 1"):
        cases.enter(1, entrance(1, "clerk-2"))
    assert cases.load_order(1) == order
    assert len(cases.waiting()) == 1


def test_of_two_who_enter_an_order_at_once_one_comes_first(cases: Cases) -> None:
    """They get the same number, and one of them enters it."""
    barrier = Barrier(TOGETHER)

    def enter(clerk: int) -> int | None:
        barrier.wait(30)
        number = cases.reserve("court", "2026/7")
        barrier.wait(30)
        try:
            return cases.enter(number, entrance(number, f"clerk-{clerk}")).number
        except MovedError:
            return None

    with ThreadPoolExecutor(TOGETHER) as pool:
        numbers = list(pool.map(enter, range(TOGETHER)))
    assert sorted(numbers, key=str)[:2] == [1, None]
    assert cases.load_order(1).by == f"clerk-{numbers.index(1)}"
    assert len(cases.waiting()) == 1


def test_a_change_of_an_order_that_moved_is_refused(cases: Cases) -> None:
    """As with cases."""
    order = entered(cases)
    cases.change(order, Change([recorded(Logged(order.entry, 7))]))
    assert cases.waiting() == []
    with pytest.raises(MovedError, match="order 1 has moved on: look at it again"):
        cases.change(order, Change([recorded(Reported(digest("report")))]))
    assert not cases.load_order(1).reports


def test_events_that_cannot_follow_are_not_kept(cases: Cases) -> None:
    """Those of cases are not those of orders, nor the other way round."""
    order, case = entered(cases), opened(cases)
    with pytest.raises(TypeError):
        cases.change(order, Change([recorded(found("m1"))]))
    with pytest.raises(TypeError):
        cases.change(case, Change([recorded(OrderConfirmed(0))]))
    assert (cases.load_order(1), cases.load(2)) == (order, case)


def complaint(number: int, post: str | None = None) -> Complained:
    """Return a complaint."""
    return Complained(number, Reason.FRAUD, post, digest("text"))


def test_complaints_are_known_by_who_made_them(cases: Cases) -> None:
    """In all cases, the oldest first, with what came of each."""
    rae, sam = "memory/reader/rae", "memory/reader/sam"
    one, other = opened(cases), opened(cases, APP)
    one = cases.change(one, Change([recorded(complaint(1), by=rae, at=START + 5)]))
    one = cases.change(one, Change([recorded(complaint(2), by=sam, at=START + 6)]))
    cases.change(other, Change([recorded(complaint(1), by=rae, at=START + 2)]))
    assert cases.complaints_of(rae) == [Told(START + 2), Told(START + 5)]
    answers = [
        recorded(Answered(1, ABUSIVE, b"", 3), at=START + 9),
        recorded(Answered(2, UPHELD, b""), at=START + 8),
    ]
    cases.change(one, Change(answers))
    assert cases.complaints_of(rae) == [Told(START + 2), Told(START + 5, ABUSIVE, START + 9)]
    assert cases.complaints_of(sam) == [Told(START + 6, UPHELD, START + 8)]
    assert cases.complaints_of("memory/reader") == cases.complaints_of("clerk") == []


def test_a_complaint_whose_decision_was_undone_is_known_as_such(cases: Cases) -> None:
    """Once the result is on the ledger; another one of the same case stays as it was."""
    case, entry = opened(cases), digest("result")
    decided = Decided(1, "§7", None, None, (), (), Hearing.NOT_DUE, b"", START)
    events: list[AnyEvent] = [
        complaint(1), complaint(2), decided, Answered(1, UPHELD, b"", 1), Answered(2, UPHELD, b""),
        Appealed(1, b""),
    ]  # fmt: skip
    case = cases.change(case, Change([recorded(one, by="rae") for one in events]))
    case = cases.change(case, Change([recorded(Ruled(1, Result.REVERSED, b""), entry)]))
    upheld = Told(START, UPHELD, START)
    assert cases.complaints_of("rae") == [upheld, upheld]
    cases.change(case, Change([recorded(Logged(entry, 7))]))
    known = sorted(cases.complaints_of("rae"), key=lambda one: one.undone)
    assert known == [upheld, Told(START, UPHELD, START, undone=True)]


def test_a_complaint_and_its_answer_may_come_together(cases: Cases) -> None:
    """In one change."""
    case = opened(cases)
    cases.change(case, Change([recorded(complaint(1), by="rae"), recorded(Answered(1, DISMISSED, b""))]))
    assert cases.complaints_of("rae") == [Told(START, DISMISSED, START)]


def test_a_complaint_that_is_not_kept_counts_for_nobody(cases: Cases) -> None:
    """It goes with its event."""
    case = opened(cases)
    cases.change(case, Change([recorded(found("m1"))]))
    with pytest.raises(MovedError):
        cases.change(case, Change([recorded(complaint(1), by="rae")]))
    assert cases.complaints_of("rae") == []


def test_an_order_is_attended_to_when_it_is_due(cases: Cases) -> None:
    """From the time on that was said when it came in, or later; with cases, in the order of their times."""
    number = cases.reserve("court", "2026/7")
    order = cases.enter(number, entrance(number, due=START + 5))
    case = cases.change(opened(cases), Change([recorded(found("m1"))], attend_at=START + 3))
    assert cases.due(START + 4) == [case.number]
    assert cases.due(START + 5) == [case.number, number]
    order = cases.change(order, Change([], attend_at=START + 1))
    assert cases.due(START + 5) == [number, case.number]
    cases.change(order, Change([recorded(Reported(b""))]))
    assert cases.due(START + 5) == [case.number]


def test_what_happens_to_a_case_has_others_looked_at(cases: Cases) -> None:
    """At once, whatever was said of them before; their events are as they were."""
    one, other, third = entered(cases), entered(cases, "court", "8"), entered(cases, "court", "9")
    other = cases.change(other, Change([], attend_at=START + 99))
    case = opened(cases, SITE)
    cases.change(case, Change([recorded(ordered())], attend=[one.number, other.number]))
    assert cases.due(START) == [1, 2]
    assert [cases.load_order(number) for number in (1, 2, 3)] == [one, other, third]
    cases.change(one, Change([], attend_at=START + 9))
    assert cases.due(START) == [2]


def test_nobody_is_looked_at_for_what_was_not_kept(cases: Cases) -> None:
    """The others are told in the same transaction."""
    order, case = entered(cases), opened(cases)
    cases.change(case, Change([recorded(found("m1"))]))
    with pytest.raises(MovedError):
        cases.change(case, Change([recorded(ordered())], attend=[order.number]))
    assert cases.due(START) == []


def test_what_an_order_owes_is_owed_by_no_host(cases: Cases) -> None:
    """A delivery of a case is owed whatever waits of orders."""
    entered(cases)
    case = opened(cases)
    delivery = Delivery(case.number, digest("measure"), 1, START)
    cases.change(case, Change([recorded(found("m1"))], deliveries=[delivery]))
    assert list(cases.owed(START)) == [delivery]
