"""Orders that were entered wrongly: each is withdrawn, and entered anew in its place."""

from __future__ import annotations

from itertools import chain, count

from tipstaff.actions.desk import Desk
from tipstaff.actions.texts import order_key
from tipstaff.casework.commands import Actor
from tipstaff.casework.errors import CaseError
from tipstaff.casework.orders.commands import Amend
from tipstaff.casework.orders.decide import decide
from tipstaff.casework.orders.events import Change


def reference_in_place_of(desk: Desk, wrong: int, authority: str, reference: str) -> str:
    """Return the reference under which an order is entered in place of one that was entered wrongly.

    The ledger takes each reference of an authority once: where it has, a mark says that this is a correction.
    Raises `CaseError` where another order takes its place already, and `InputError` where there is none.
    """
    order, numbers = desk.cases.load_order(wrong), desk.cases.order_numbers()
    taken = {one.number: one for one in map(desk.cases.load_order, numbers) if one.entry not in one.refused}
    if again := next((one for one in taken.values() if one.said.corrects == wrong), None):
        raise CaseError(
            f"{again} takes the place of {order} already: where that is wrong as well, correct it"
        )
    marks = chain(("", " (corrected)"), (f" (corrected {number})" for number in count(2)))
    references = (f"{reference}{mark}" for mark in marks)
    return next(one for one in references if desk.cases.reserve(authority, one) not in taken)


def withdraw_wrong(desk: Desk, actor: Actor, wrong: int, number: int, reference: str) -> None:
    """Withdraw an order that was entered wrongly, in favour of the one that takes its place.

    Nothing is done where it has ended already, or whoever withdrew it died before the other one was entered.
    Raises `CaseError`.
    """
    order = desk.cases.load_order(wrong)
    if order.ended or order.corrected_by == number:
        return
    why = (
        f"录入有误，由第 {number} 号令（{reference}）取代。 / "
        f"Entered wrongly: order {number}, {reference}, takes its place."
    )
    reasons = desk.say(order_key(order.said.authority, order.said.reference), "amendment", "reasons", why)
    command = Amend(Change.WITHDRAWN, reasons, corrected_by=number)
    desk.record(order, actor, [decide(order, command, actor, desk.clock(), desk.table)])
