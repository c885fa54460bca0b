"""Erasing the texts about a subject, on request or when their time is over; a statement of it is left.

That it begins is recorded first, with the count: whoever dies in between leaves it to the worker, and the
statement says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.casework.case import Case
from tipstaff.casework.erasure import kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Erased, ErasureBegun, ErasureCause
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Subject


class Retained(NamedTuple):
    """Of how many cases texts were erased, and how many texts."""

    cases: int
    texts: int


def erase(desk: Desk, subject: Subject) -> int:
    """Erase all texts about a subject; returns how many.

    Raises `CaseError` while they are needed, with the reason, and what the vault raises while somebody reads
    it: then a worker tries again.
    """
    case = desk.cases.find(subject)
    if case is None:
        raise CaseError(f"there is no case about {subject}: nothing is kept of it")
    reason = needed(case) or _ordered(_open_orders(desk), subject)
    if reason:
        raise CaseError(f"nothing is erased: {reason}")
    return _begin(desk, case, ErasureCause.REQUEST)


def retain(desk: Desk, days: int) -> Retained:
    """Erase what is past its time, so many days after its case was settled."""
    orders, now = _open_orders(desk), desk.clock()
    cases = texts = 0
    for number in desk.cases.numbers():
        case = desk.cases.load(number)
        until = kept_until(case, days)
        if until is None or until > now or _ordered(orders, case.subject):
            continue
        with suppress(MovedError):  # something has come of it meanwhile: it is looked at again the next time
            erased = _begin(desk, case, ErasureCause.RETENTION)
            cases, texts = cases + (erased > 0), texts + erased
    return Retained(cases, texts)


def finish_erasure(desk: Desk, case: Case) -> int:
    """Erase what is about to be erased, and state it; returns how many texts that were."""
    while case.erasing:
        begun = case.erasing
        desk.vault.erase(str(case.subject))
        with suppress(MovedError):
            desk.record(case, PLATFORM, [Erased(begun.cause, begun.count)])
            return begun.count
        case = desk.cases.load(case.number)
    return 0


def _begin(desk: Desk, case: Case, cause: ErasureCause) -> int:
    """Record that it begins, and do it; nothing is recorded where nothing is kept."""
    count = desk.vault.count(str(case.subject))
    if case.erasing is None:
        if count == 0:
            return 0
        case = desk.record(case, PLATFORM, [ErasureBegun(cause, count)])
    return finish_erasure(desk, case)


def _open_orders(desk: Desk) -> Mapping[Subject, Order]:
    """Return the orders that are neither ended nor reported on, by the subjects that they name."""
    orders = (desk.cases.load_order(number) for number in desk.cases.order_numbers())
    return {
        subject: order
        for order in orders
        if not order.ended and order.report is None and order.entry not in order.refused
        for subject in {target.subject for target in order.terms.targets}
    }


def _ordered(orders: Mapping[Subject, Order], subject: Subject) -> str | None:
    """Say which order is open about a subject."""
    order = orders.get(subject)
    return f"{order} of {order.said.authority} is about it, and not carried out yet" if order else None
