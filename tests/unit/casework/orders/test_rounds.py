"""When an order is looked at by the clock alone: at its deadline, and when its texts are erased."""

from __future__ import annotations

import pytest
from casebook import CLERK, OrderBook
from worlds import START, digest

from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Erased, ErasureBegun, ErasureCause
from tipstaff.casework.orders.commands import Amend, ConfirmOrder
from tipstaff.casework.orders.events import Change, Reported
from tipstaff.casework.orders.rounds import erased_from, next_look
from tipstaff.casework.orders.statements import order_claims


def test_an_order_is_looked_at_at_its_deadline() -> None:
    """Then, when it was reported on, for its texts; and once these are erased, never again."""
    book = OrderBook().confirmed()
    assert next_look(book.order, 30) == book.order.terms.deadline
    book.now += 60
    book.record(Reported(digest("report")))
    assert next_look(book.order, 30) == erased_from(book.order, 30) == START + 60 + 30 * DAY
    book.record(ErasureBegun(ErasureCause.RETENTION, 3))
    assert next_look(book.order, 30) == 0
    with pytest.raises(CaseError, match="the texts of order 9 are being erased: ask again in a moment"):
        book.ask(Amend(Change.WITHDRAWN, digest("reasons")), CLERK)
    book.record(Erased(ErasureCause.RETENTION, 3))
    assert next_look(book.order, 30) is None
    (erasure,) = book.order.erasures
    assert (erasure.count, erasure.cause) == (3, ErasureCause.RETENTION)


def test_an_order_that_has_ended_has_its_time_from_then_on() -> None:
    """What was withdrawn before anybody has confirmed it has its time as well."""
    book = OrderBook()
    book.log(book.order.entry)
    book.now += 60
    book.amended(Amend(Change.WITHDRAWN, digest("reasons")))
    assert not book.order.confirmed
    assert next_look(book.order, 30) == START + 60 + 30 * DAY


def test_an_amendment_that_waits_needs_the_texts() -> None:
    """Of an order that was reported on; once it is in force, time counts from then on."""
    book = OrderBook().confirmed()
    book.record(Reported(digest("report")))
    book.record(Erased(ErasureCause.RETENTION, 3))
    book.now += 60
    entry = book.ask(Amend(Change.WITHDRAWN, digest("reasons")), CLERK)
    assert next_look(book.order, 30) is None
    book.log(entry)
    book.now += 60
    book.log(book.ask(ConfirmOrder(1)))
    assert next_look(book.order, 30) == START + 120 + 30 * DAY


def test_an_erasure_is_stated() -> None:
    """It tells how many texts of an order, and not of which."""
    order = OrderBook().order
    claims = {"kind": "order/retention", "count": 3}
    assert order_claims(order, Erased(ErasureCause.RETENTION, 3)) == ("erasure", claims)
    assert order_claims(order, ErasureBegun(ErasureCause.RETENTION, 3)) is None
