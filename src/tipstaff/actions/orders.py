"""Orders: entering, confirming and amending them. What follows from one that is in force is the worker's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tipstaff.actions.ask import check_version
from tipstaff.actions.cases import MovedError
from tipstaff.actions.correcting import withdrawal
from tipstaff.actions.desk import Desk
from tipstaff.casework.commands import Actor
from tipstaff.casework.errors import CaseError
from tipstaff.casework.orders.commands import Amend, EnterOrder, OrderCommand
from tipstaff.casework.orders.decide import decide, entered
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Target

_AT_ONCE: Final = 50
"""Orders that are read at once."""


def enter(desk: Desk, actor: Actor, command: EnterOrder) -> Order:
    """Enter an order. Raises `CaseError` where there is one of that reference, or it cannot be one.

    The one that it corrects is withdrawn with it: that waits for a second person, as this one does.
    """
    event = entered(command, actor, desk.clock(), desk.table)
    _check_there(desk, command.targets)
    number = desk.cases.reserve(command.authority, command.reference)
    if number in desk.cases.order_numbers():
        order = desk.cases.load_order(number)
        if order.entry not in order.refused:
            raise CaseError(f"{command.authority} {command.reference} has come in before: it is {order}")
        if order.erasing:
            raise CaseError(f"the texts of {order} are being erased: ask again in a moment")
        return desk.record(order, actor, [event])
    try:
        return desk.enter(number, actor, event, withdrawal(desk, actor, command, number))
    except MovedError as error:
        if number not in desk.cases.order_numbers():
            raise
        raise CaseError(
            f"{command.authority} {command.reference} has come in before: order {number}"
        ) from error


def orders_after(desk: Desk, after: int) -> Iterator[Order]:
    """Yield all orders from behind a number on, the oldest first."""
    numbers = [number for number in desk.cases.order_numbers() if number > after]
    for start in range(0, len(numbers), _AT_ONCE):
        for found in desk.cases.dossiers(numbers[start : start + _AT_ONCE]):
            if isinstance(found, Order):
                yield found


def ask_of_order(
    desk: Desk, number: int, actor: Actor, command: OrderCommand, version: int | None = None
) -> Order:
    """Do what is asked of an order; returns it as it is afterwards. Raises `CaseError`, `MovedError`.

    Where `version` is given, only if the order is at it still. Raises `StaleError`.
    """
    order = desk.cases.load_order(number)
    check_version(order, version)
    event = decide(order, command, actor, desk.clock(), desk.table)
    if isinstance(command, Amend):
        _check_there(desk, (one for one in command.targets or () if one not in order.terms.targets))
    return desk.record(order, actor, [event])


def _check_there(desk: Desk, targets: Iterable[Target]) -> None:
    """Orders are about what there is when they first name it. Raises `InputError`, and `HostError`."""
    for target in targets:
        desk.host(target.subject).read_back(target)
