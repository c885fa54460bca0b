"""Orders that were entered wrongly: each is withdrawn, and entered anew in its place."""

from __future__ import annotations

from itertools import chain, count

from tipstaff.actions.desk import Desk
from tipstaff.actions.texts import order_key
from tipstaff.casework.commands import Actor
from tipstaff.casework.errors import CaseError
from tipstaff.casework.orders.commands import Amend, EnterOrder
from tipstaff.casework.orders.decide import decide
from tipstaff.casework.orders.events import Amended, Change
from tipstaff.casework.orders.order import Order


def reference_in_place_of(desk: Desk, wrong: int, authority: str, reference: str) -> str:
    """Return the reference under which an order is entered in place of one that was entered wrongly.

    The ledger takes each reference of an authority once: where it has, a mark says that this is a correction.
    Raises `CaseError` where another order takes its place already, and `InputError` where there is none.
    """
    order, numbers = desk.cases.load_order(wrong), desk.cases.order_numbers()
    taken = {one.number: one for one in map(desk.cases.load_order, numbers) if one.entry not in one.refused}
    replaced = (
        one for one in taken.values() if one.said.corrects == wrong or one.number == order.corrected_by
    )
    if again := next(replaced, None):
        raise CaseError(
            f"{again} takes the place of {order} already: where that is wrong as well, correct it"
        )
    marks = chain(("", " (corrected)"), (f" (corrected {number})" for number in count(2)))
    references = (f"{reference}{mark}" for mark in marks)
    return next(one for one in references if desk.cases.reserve(authority, one) not in taken)


def withdrawal(desk: Desk, actor: Actor, command: EnterOrder, number: int) -> tuple[Order, Amended] | None:
    """Return the order in whose place one is entered under a number, and what withdraws it.

    None where there is none, or it has ended already. Raises `CaseError`.
    """
    order = desk.cases.load_order(command.corrects) if command.corrects else None
    if order is None or order.ended:
        return None
    said = order.said
    if order.by == said.authority != actor.name:
        raise CaseError(f"{order} is {said.authority}'s own: they enter it anew themselves")
    same = (command.authority == said.authority, command.reference.startswith(said.reference))
    if not any(same):
        raise CaseError(
            f"{order} is {said.authority} {said.reference}: what takes its place has that authority, or that "
            "reference"
        )
    why = (
        f"录入有误，由第 {number} 号令（{command.reference}）取代。 / "
        f"Entered wrongly: order {number}, {command.reference}, takes its place."
    )
    reasons = desk.say(order_key(said.authority, said.reference), "amendment", "reasons", why)
    amend = Amend(Change.WITHDRAWN, reasons, corrected_by=number)
    amended = decide(order, amend, actor, desk.clock(), desk.table)
    if not isinstance(amended, Amended):
        raise TypeError(f"{amended!r} withdraws nothing")
    return order, amended
