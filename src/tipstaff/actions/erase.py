"""Erasing texts, on request or when their time is over; a statement of it is left.

That it begins is recorded first, with the count: whoever dies in between leaves it to the worker, and the
statement says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, NamedTuple, cast

from msgspec.structs import replace

from tipstaff.actions.cases import AnyDossier, MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.texts import keys_of
from tipstaff.casework.case import Case
from tipstaff.casework.erasure import DAY, kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Erased, ErasureBegun, ErasureCause
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import attention
from tipstaff.casework.words import Subject

_RETENTION: Final = ErasureBegun(ErasureCause.RETENTION, 0)


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
    wanted = ErasureBegun(ErasureCause.REQUEST, 0)
    _check_request(desk, case, wanted)
    return _finish(desk, [_begin_request(desk, case, wanted)])


def erase_complaints(desk: Desk, complainant: str) -> int:
    """Erase what somebody has complained of in all cases, with the answers; returns how many texts.

    That it begins is recorded in all of them before the first is erased, where the vault may be busy: then a
    worker erases it in all. Where something else is to be erased before, that comes last.

    Raises `CaseError` while a case needs them, with the reason, and what the vault raises as `erase` does.
    """
    cases = [desk.cases.load(number) for number in desk.cases.complained_in(complainant)]
    if not cases:
        raise CaseError(f"{complainant} has complained of nothing: write the name as it was given")
    wanted = ErasureBegun(ErasureCause.REQUEST, 0, complainant)
    for case in cases:
        _check_request(desk, case, wanted)
    cases.sort(key=lambda case: case.erasing is not None and not _has_begun(case, wanted))
    return _finish(desk, [_begin_request(desk, case, wanted) for case in cases])


def retain(desk: Desk, days: int) -> Retained:
    """Erase what is past its time: so many days after its case was settled, or its order reported on.

    An order that waits for its second person keeps nothing back: one that is in force opens its cases. What
    somebody has kept, and died before it was recorded, goes as well, whatever was erased before.
    """
    now, table = desk.clock(), desk.table
    cases, ended = list[int](), list[int]()
    for number in desk.cases.numbers():
        case = _after_others(desk, desk.cases.load(number), _RETENTION)
        until = kept_until(case, days, table)
        if until is not None and until <= now:
            cases.append(erase_in_time(desk, case))
    for number in desk.cases.order_numbers():
        order = _after_others(desk, desk.cases.load_order(number), _RETENTION)
        settled_at = order.settled_at
        if settled_at is not None and settled_at + days * DAY <= now:
            ended.append(erase_in_time(desk, order))
    return Retained(len([*filter(None, cases)]), sum(cases) + sum(ended), len([*filter(None, ended)]))


def erase_in_time(desk: Desk, dossier: Case | Order) -> int:
    """Erase the texts of a case or an order whose time is over; returns how many.

    Where there are none, that is kept. What something has come of meanwhile is looked at the next time.
    """
    with suppress(MovedError):
        return _finish(desk, [_begin(desk, dossier, _RETENTION)])
    return 0


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


def ready_to_keep(desk: Desk, dossier: AnyDossier, ask: Callable[[], None] = lambda: None) -> AnyDossier:
    """Return a case or an order once nothing of it is about to be erased: what is kept now would go as well.

    `ask` asks the ledger first whether it would take the statement. Raises its `LogError`.
    """
    found: Case | Order = dossier
    while found.erasing:
        ask()
        finish_erasure(desk, found)
        found = desk.cases.dossier(found.number)
    return cast("AnyDossier", found)


class _Begun(NamedTuple):
    """A case or an order in which it is recorded that so many texts are about to be erased; 0 of none."""

    dossier: Case | Order
    texts: int


def _finish(desk: Desk, begun: list[_Begun]) -> int:
    """Erase what is about to be erased; returns how many texts were to go, whoever has finished it."""
    for dossier, texts in begun:
        if texts:
            finish_erasure(desk, dossier)
    return sum(texts for _, texts in begun)


def _begin_request(desk: Desk, case: Case, wanted: ErasureBegun) -> _Begun:
    """Record once that what somebody asks for begins, whoever acts on the case meanwhile.

    What somebody else has wished before is erased first. Raises as `_check_request` does.
    """
    while True:
        case = _after_others(desk, case, wanted)
        _check_request(desk, case, wanted)
        with suppress(MovedError):
            return _begin(desk, case, wanted)
        case = desk.cases.load(case.number)


def _begin(desk: Desk, dossier: Case | Order, wanted: ErasureBegun) -> _Begun:
    """Record that it begins, if the ledger would take the statement of it. Raises `CaseError`, `MovedError`.

    Where nothing is kept nothing is stated; it is recorded once where it is due, so that it is not any more.
    """
    if dossier.erasing:  # somebody has wished the same before
        return _Begun(dossier, dossier.erasing.count)
    keys = keys_of(desk, dossier, wanted)
    named, count = _named(desk, keys), sum(map(desk.vault.count, keys))
    if count == 0 and not (wanted.cause is ErasureCause.RETENTION and dossier.texts):
        return _Begun(dossier, 0)
    begun = replace(wanted, count=count, keys=named)
    if count:
        desk.check(dossier, PLATFORM, [begun, Erased(begun.cause, count, begun.complainant)])
    return _Begun(desk.record(dossier, PLATFORM, [begun]), count)


def _after_others(desk: Desk, dossier: AnyDossier, wanted: ErasureBegun) -> AnyDossier:
    """Return a case or an order once nothing else than what is wanted is about to be erased."""
    return dossier if _has_begun(dossier, wanted) else ready_to_keep(desk, dossier)


def _has_begun(dossier: Case | Order, wanted: ErasureBegun) -> bool:
    """Say whether somebody has wished the same before, and it is about to be erased."""
    begun = dossier.erasing
    return begun is not None and (begun.cause, begun.complainant) == (wanted.cause, wanted.complainant)


def _check_request(desk: Desk, case: Case, wanted: ErasureBegun) -> None:
    """Refuse to erase what is needed still, unless that has begun. Raises `CaseError`, with the reason."""
    if _has_begun(case, wanted):
        return
    reason = needed(case, desk.clock(), desk.table)
    if reason is None and wanted.complainant is None:
        reason = _ordered(desk, case.subject)
    if reason:
        raise CaseError(f"nothing is erased: {reason}")


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
