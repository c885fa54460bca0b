"""Orders behind permissions, while a worker goes on beside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from casebook import ACCOUNT
from desks import Office

from tipstaff.actions.access.orders import Orders
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.cases import Change, MovedError
from tipstaff.actions.ordering import WantedOrder
from tipstaff.casework.orders.events import Scope
from tipstaff.casework.orders.order import Order


def wanted(office: Office, reference: str, corrects: int | None = None) -> WantedOrder:
    """Return an order that is about the account of the case."""
    deadline = datetime.fromtimestamp(office.now + 86_400, UTC)
    return WantedOrder(
        authority="bureau", reference=reference, basis="im-2014", scope=Scope.CONTENT,
        targets=(str(ACCOUNT),), territory="CN", deadline=deadline, text="close it", corrects=corrects,
    )  # fmt: skip


def moving(office: Office, times: int) -> list[str]:
    """Have somebody go on, so many times, just before an order is entered; returns what was tried."""
    enter, tried = office.cases.enter, list[str]()

    def behind(number: int, change: Change, wrong: tuple[Order, Change] | None = None) -> Order:
        tried.append(str(number))
        if len(tried) <= times:
            raise MovedError("order 1 has moved on: look at it again")
        return enter(number, change, wrong)

    office.cases.enter = behind  # type: ignore[method-assign]
    return tried


def test_an_order_is_entered_anew_whatever_a_worker_does_beside() -> None:
    """Nobody else has changed the one that it corrects: who enters it does not do so twice."""
    office = Office()
    orders = Orders(office.desk, Principal("clerk", frozenset({Role.CLERK})))
    wrong = orders.enter(wanted(office, "1"))
    tried = moving(office, 2)
    kept = len(office.vault.kept)
    mended = orders.enter(wanted(office, "2", wrong.number))
    assert (mended.said.corrects, len(tried)) == (wrong.number, 3)
    once = len(office.vault.kept) - kept
    orders.enter(wanted(office, "3", mended.number))
    assert len(office.vault.kept) - kept == 2 * once, "of what came to nothing no text is kept"


def test_what_is_at_the_same_moment_otherwise_is_told() -> None:
    """An order that corrects none is entered once, or not at all."""
    office = Office()
    orders = Orders(office.desk, Principal("clerk", frozenset({Role.CLERK})))
    moving(office, 1)
    with pytest.raises(MovedError):
        orders.enter(wanted(office, "1"))
