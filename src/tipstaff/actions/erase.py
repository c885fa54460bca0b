"""Erasing texts, on request or when their time is over; a statement of it is left.

That it begins is recorded first, with the count: whoever dies in between leaves it to the worker, and the
statement says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from tipstaff.actions.cases import AnyDossier, MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.texts import keys_of_case, keys_of_order
from tipstaff.casework.case import Case
from tipstaff.casework.erasure import kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Erased, ErasureBegun, ErasureCause
from tipstaff.casework.orders import rounds as orders
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Subject


class Retained(NamedTuple):
    """Of how many cases and orders texts were erased, and how many texts."""

    cases: int
    texts: int
    orders: int = 0


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
    return _begin(desk, case, ErasureBegun(ErasureCause.REQUEST, 0))


def erase_complaints(desk: Desk, complainant: str) -> int:
    """Erase what somebody has complained of in all cases, with the answers; returns how many texts.

    Raises `CaseError` while a case needs them, with the reason, and what the vault raises as `erase` does.
    """
    cases = [desk.cases.load(number) for number in desk.cases.complained_in(complainant)]
    if not cases:
        raise CaseError(f"{complainant} has complained of nothing: write the name as it was given")
    if reason := next(filter(None, map(needed, cases)), None):
        raise CaseError(f"nothing is erased: {reason}")
    return sum(_begin(desk, case, ErasureBegun(ErasureCause.REQUEST, 0, complainant)) for case in cases)


def retain(desk: Desk, days: int) -> Retained:
    """Erase what is past its time: so many days after its case was settled, or its order reported on."""
    open_orders, now = _open_orders(desk), desk.clock()
    cases, ended = list[int](), list[int]()
    for number in desk.cases.numbers():
        case = desk.cases.load(number)
        until = kept_until(case, days)
        if until is not None and until <= now and not _ordered(open_orders, case.subject):
            with suppress(MovedError):  # something has come of it meanwhile: it is looked at the next time
                cases.append(_begin(desk, case, ErasureBegun(ErasureCause.RETENTION, 0)))
    for number in desk.cases.order_numbers():
        order = desk.cases.load_order(number)
        from_when = orders.erased_from(order, days)
        if from_when is not None and from_when <= now:
            with suppress(MovedError):
                ended.append(_begin(desk, order, ErasureBegun(ErasureCause.RETENTION, 0)))
    return Retained(len([*filter(None, cases)]), sum(cases) + sum(ended), len([*filter(None, ended)]))


def erase_in_time(desk: Desk, dossier: Case | Order) -> int:
    """Erase the texts of a case or an order whose time is over; returns how many.

    None of a case about whose subject there is an open order: it waits for that.
    """
    if isinstance(dossier, Case) and _ordered(_open_orders(desk), dossier.subject):
        return 0
    with suppress(MovedError):  # it is looked at again
        return _begin(desk, dossier, ErasureBegun(ErasureCause.RETENTION, 0))
    return 0


def finish_erasure(desk: Desk, dossier: AnyDossier) -> int:
    """Erase what is about to be erased, and state it; returns how many texts that were."""
    found: Case | Order = dossier
    while begun := found.erasing:
        for key in _keys(found, begun):
            desk.vault.erase(key)
        with suppress(MovedError):
            desk.record(found, PLATFORM, [Erased(begun.cause, begun.count, begun.complainant)])
            return begun.count
        found = desk.cases.dossier(found.number)
    return 0


def _begin(desk: Desk, dossier: Case | Order, wanted: ErasureBegun) -> int:
    """Record that it begins, and do it; nothing is recorded where nothing is kept."""
    if dossier.erasing is None:
        count = sum(desk.vault.count(key) for key in _keys(dossier, wanted))
        if count == 0:
            return 0
        begun = ErasureBegun(wanted.cause, count, wanted.complainant)
        dossier = desk.record(dossier, PLATFORM, [begun])
    return finish_erasure(desk, dossier)


def _keys(dossier: Case | Order, begun: ErasureBegun) -> tuple[str, ...]:
    """Return the keys of what is erased."""
    if isinstance(dossier, Case):
        return keys_of_case(dossier, begun.cause, begun.complainant)
    return keys_of_order(dossier)


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
