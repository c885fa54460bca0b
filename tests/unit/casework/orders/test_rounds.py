"""When an order is looked at by the clock alone: at its deadline, and when its texts are erased."""

from __future__ import annotations

import pytest
from casebook import CLERK, COURT, OrderBook
from msgspec.structs import replace
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


def test_an_amendment_that_was_replaced_keeps_nothing() -> None:
    """Nobody can confirm it any more."""
    book = OrderBook().confirmed()
    book.log(book.ask(Amend(Change.REFUSED, digest("reasons")), CLERK))
    book.amended(Amend(Change.WITHDRAWN, digest("reasons")))
    assert next_look(book.order, 30) == START + 30 * DAY


def test_an_amendment_that_nobody_confirms_lapses() -> None:
    """Of an order that was reported on: its reasons have their time, and then nobody can confirm it."""
    book = OrderBook().confirmed()
    book.record(Reported(digest("report")))
    book.now += DAY
    book.log(book.ask(Amend(Change.WITHDRAWN, digest("reasons")), COURT))
    assert book.order.waits
    assert next_look(book.order, 30) == book.now + 30 * DAY
    book.record(ErasureBegun(ErasureCause.RETENTION, 3))
    book.record(Erased(ErasureCause.RETENTION, 3))
    assert not book.order.waits
    assert next_look(book.order, 30) is None
    with pytest.raises(
        CaseError, match="the reasons of amendment 1 of order 9 were erased: nobody can confirm"
    ):
        book.ask(ConfirmOrder(1))
    book.amended(Amend(Change.REFUSED, digest("reasons")))
    assert book.order.ended
    assert next_look(book.order, 30) == book.now + 30 * DAY


def test_an_amendment_holds_an_order_that_is_not_reported_on() -> None:
    """As the order itself does; of one that nobody has confirmed it has its own deadline."""
    book = OrderBook().confirmed()
    book.log(book.ask(Amend(Change.WITHDRAWN, digest("reasons")), CLERK))
    assert erased_from(book.order, 30) is None
    other = OrderBook()
    other.log(other.order.entry)
    deadline = other.order.terms.deadline + DAY
    other.log(other.ask(Amend(Change.NARROWED, digest("reasons"), deadline=deadline), CLERK))
    assert erased_from(other.order, 30) == deadline + 30 * DAY


def test_an_amendment_that_was_confirmed_holds_until_the_ledger_has_that() -> None:
    """Else what it says would be erased while it comes into force."""
    book = OrderBook().confirmed()
    book.record(Reported(digest("report")))
    book.log(book.ask(Amend(Change.WITHDRAWN, digest("reasons")), CLERK))
    entry = book.ask(ConfirmOrder(1))
    assert erased_from(book.order, 30) is None
    book.log(entry)
    assert erased_from(book.order, 30) == START + 30 * DAY


def test_reasons_that_come_late_have_their_time() -> None:
    """Of an order that was reported on long ago and is amended."""
    book = OrderBook().confirmed()
    book.record(Reported(digest("report")))
    book.record(Erased(ErasureCause.RETENTION, 3))
    book.now += 100 * DAY
    book.amended(Amend(Change.NARROWED, digest("reasons"), None, None, book.now + DAY))
    assert next_look(book.order, 30) == book.now + 30 * DAY
    book.record(ErasureBegun(ErasureCause.RETENTION, 0))
    assert not book.order.erasing
    assert next_look(book.order, 30) is None, "nothing was kept any more"


def test_an_order_that_nobody_confirms_lapses() -> None:
    """Its time counts from its deadline; once what it says is erased, nobody can confirm it."""
    book = OrderBook()
    book.log(book.order.entry)
    deadline = book.order.terms.deadline
    assert next_look(book.order, 30) == deadline
    assert erased_from(book.order, 30) == deadline + 30 * DAY
    assert book.order.waits
    book.record(Erased(ErasureCause.RETENTION, 1))
    assert not book.order.waits
    assert next_look(book.order, 30) is None, "its deadline is told no more"
    with pytest.raises(CaseError, match="what order 9 says was erased: nobody can confirm it any more"):
        book.ask(ConfirmOrder())
    other = OrderBook().confirmed()
    assert erased_from(other.order, 30) is None
    other.record(Erased(ErasureCause.RETENTION, 1))
    assert not other.order.lapsed


def test_an_order_that_the_ledger_has_refused_has_its_time() -> None:
    """From then on, and its deadline is told no more; one that comes in again begins anew."""
    book = OrderBook()
    book.now += 60
    book.refuse(book.order.entry)
    assert next_look(book.order, 30) == START + 60 + 30 * DAY
    book.record(replace(book.order.said, text=digest("again")), CLERK)
    assert next_look(book.order, 30) == book.order.terms.deadline


def test_an_erasure_is_stated() -> None:
    """It tells how many texts of an order, and not of which."""
    order = OrderBook().order
    claims = {"kind": "order/retention", "count": 3}
    assert order_claims(order, Erased(ErasureCause.RETENTION, 3)) == ("erasure", claims)
    assert order_claims(order, ErasureBegun(ErasureCause.RETENTION, 3)) is None
