"""Erasing texts, on request or when their time is over; a statement of it is left.

That it begins is recorded first, with the count: whoever dies in between leaves it to the worker, and the
statement says the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from msgspec.structs import replace

from tipstaff.actions.cases import AnyDossier, MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.texts import keys_of
from tipstaff.casework.case import Case
from tipstaff.casework.erasure import kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Erased, ErasureBegun, ErasureCause
from tipstaff.casework.orders import rounds as orders
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import attention
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
    reason = needed(case, desk.clock(), desk.table) or _ordered(desk, subject)
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
    now, table = desk.clock(), desk.table
    if reason := next((why for case in cases if (why := needed(case, now, table))), None):
        raise CaseError(f"nothing is erased: {reason}")
    return sum(_begin(desk, case, ErasureBegun(ErasureCause.REQUEST, 0, complainant)) for case in cases)


def retain(desk: Desk, days: int) -> Retained:
    """Erase what is past its time: so many days after its case was settled, or its order reported on.

    An order that waits for its second person keeps nothing back: one that is in force opens its cases.
    """
    now, table = desk.clock(), desk.table
    cases, ended = list[int](), list[int]()
    for number in desk.cases.numbers():
        case = desk.cases.load(number)
        until = kept_until(case, days, table)
        if until is not None and until <= now:
            with suppress(MovedError):  # something has come of it meanwhile: it is looked at the next time
                cases.append(_begin(desk, case, ErasureBegun(ErasureCause.RETENTION, 0)))
    for number in desk.cases.order_numbers():
        order = desk.cases.load_order(number)
        from_when = orders.erased_from(order, days)
        if from_when is not None and from_when <= now:
            with suppress(MovedError):
                ended.append(_begin(desk, order, ErasureBegun(ErasureCause.RETENTION, 0)))
    return Retained(len([*filter(None, cases)]), sum(cases) + sum(ended), len([*filter(None, ended)]))


def erase_in_time(desk: Desk, dossier: Case | Order) -> None:
    """Erase the texts of a case or an order whose time is over; where there are none, that is kept."""
    with suppress(MovedError):  # it is looked at again
        _begin(desk, dossier, ErasureBegun(ErasureCause.RETENTION, 0))


def finish_erasure(desk: Desk, dossier: AnyDossier) -> int:
    """Erase what is about to be erased, and state it; returns how many texts that were.

    Somebody else may have done so since it was read, and new texts be kept: these are under other keys.
    """
    found: Case | Order = desk.cases.dossier(dossier.number)
    while begun := found.erasing:
        keys = begun.keys or _named(desk, keys_of(desk, found, begun))
        for whose, name in keys:
            desk.vault.erase(whose, name)
        with suppress(MovedError):
            desk.record(found, PLATFORM, [Erased(begun.cause, begun.count, begun.complainant)])
            return begun.count
        found = desk.cases.dossier(found.number)
    return 0


def ready_to_keep(desk: Desk, case: Case) -> Case:
    """Return a case once nothing of it is about to be erased: what is kept now would go with the rest."""
    while case.erasing:
        finish_erasure(desk, case)
        case = desk.cases.load(case.number)
    return case


def _begin(desk: Desk, dossier: Case | Order, wanted: ErasureBegun) -> int:
    """Record that it begins, and do it; what somebody else has wished before is done first.

    Where nothing is kept nothing is stated; it is recorded once where it is due, so that it is not any more.
    """
    while begun := dossier.erasing:
        count = finish_erasure(desk, dossier)
        if (begun.cause, begun.complainant) == (wanted.cause, wanted.complainant):
            return count
        dossier = desk.cases.dossier(dossier.number)
    keys = keys_of(desk, dossier, wanted)
    named, count = _named(desk, keys), sum(map(desk.vault.count, keys))
    if count == 0 and not (wanted.cause is ErasureCause.RETENTION and dossier.texts):
        return 0
    dossier = desk.record(dossier, PLATFORM, [replace(wanted, count=count, keys=named)])
    return finish_erasure(desk, dossier)


def _named(desk: Desk, keys: Iterable[str]) -> tuple[tuple[str, bytes], ...]:
    """Return the keys that there are, each with its own name."""
    found = ((whose, desk.vault.key_of(whose)) for whose in keys)
    return tuple((whose, name) for whose, name in found if name is not None)


def _ordered(desk: Desk, subject: Subject) -> str | None:
    """Say which order is open about a subject: neither ended nor reported on, and not past its time.

    One that nobody has confirmed by its deadline stands against nothing.
    """
    orders = (desk.cases.load_order(number) for number in desk.cases.order_numbers())
    is_open = (
        order
        for order in orders
        if attention(order) is not None and (order.confirmations or order.terms.deadline > desk.clock())
    )
    order = next(
        (one for one in is_open if any(target.subject == subject for target in one.terms.targets)), None
    )
    return f"{order} of {order.said.authority} is about it, and not carried out yet" if order else None
