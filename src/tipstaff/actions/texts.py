"""Under whose key texts are kept: each is erased with it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tipstaff.actions.desk import Desk
from tipstaff.casework.case import Case
from tipstaff.casework.erasure import kept_until
from tipstaff.casework.events import ErasureBegun, ErasureCause
from tipstaff.casework.orders.order import Order
from tipstaff.casework.tells import ACCOUNT, AUTHORITY, Tell, complainant

READER: Final = "reader"
"""The role of who complains; the ledger knows nothing of it."""


def reader(host: str, name: str) -> str:
    """Return under which name a reader of a host complains."""
    return f"{host}/{READER}/{name}"


def order_key(authority: str, reference: str) -> str:
    """Return under whose key the texts of an order are kept: what it says, reasons, its report.

    With how long the name is, no two orders share one.
    """
    return f"order#{len(authority)}/{authority}/{reference}"


def complaint_key(complainant: str, case: int) -> str:
    """Return under whose key is kept what somebody complains of in a case, and what they are told."""
    return f"{complainant}{_of_case(case)}"


def authority_key(authority: str, reference: str, case: int) -> str:
    """Return under whose key is kept what an authority is told of an appeal in a case, order by order.

    It goes with the case: its order may have been erased before.
    """
    return f"{order_key(authority, reference)}{_of_case(case)}"


def _of_case(case: int) -> str:
    """Return what keys end with under which others than the subject have texts in a case."""
    return f"#case-{case}"


def key_of_told(case: Case, tell: Tell) -> str:
    """Return under whose key is kept what somebody is told: their own, or the subject's."""
    if tell.audience == ACCOUNT or not isinstance(tell.said, tuple):
        return str(case.subject)
    decision, _ = tell.said
    order = case.order_cited(decision)
    if tell.audience == AUTHORITY and order:
        return authority_key(order.said.authority, order.said.reference, case.number)
    told = (one.by for one in case.complaints if complainant(one.by) == tell.audience)
    return complaint_key(next(told), case.number)


def keys_of(desk: Desk, dossier: Case | Order, wanted: ErasureBegun) -> tuple[str, ...]:
    """Return the keys of what is erased of a case or an order.

    A complainant and a subject have what is theirs erased; when its time is over, all of it is.
    """
    if isinstance(dossier, Order):
        return tuple(_of_order(desk, dossier))
    by = wanted.complainant
    if by is not None:  # none of their cases needs it, nor what they had written before cases had keys
        return complaint_key(by, dossier.number), *_before_cases(desk, dossier, by)
    if wanted.cause is ErasureCause.REQUEST:
        return (str(dossier.subject),)
    return (str(dossier.subject), *_of_others(desk, dossier))


def _of_order(desk: Desk, order: Order) -> Iterator[str]:
    """Yield the keys of an order, and the one that it had before, unless another order has texts under it."""
    said = order.said
    yield order_key(said.authority, said.reference)
    before = _before(order)
    if desk.vault.count(before):
        others = (desk.cases.load_order(one) for one in desk.cases.order_numbers() if one != order.number)
        if not any(other.texts and _before(other) == before for other in others):
            yield before


def _before(order: Order) -> str:
    """Return the key that an order had when two of them could share it."""
    return f"order/{order.said.authority}/{order.said.reference}"


def _of_others(desk: Desk, case: Case) -> Iterator[str]:
    """Yield the keys of complainants, and of authorities that were told something.

    Those of whom no complaint was recorded are among them: whoever took it in died before that. What a
    complainant wrote before cases had keys goes with the last of their cases.
    """
    yield from (one for one in desk.vault.subjects(_of_case(case.number)) if _is_complaint_key(desk, one))
    for by in dict.fromkeys(one.by for one in case.complaints):
        before = _before_cases(desk, case, by)
        if before and not any(_keeps(desk, other) for other in _other_cases(desk, case, by)):
            yield from before
    for order in case.orders:
        yield authority_key(order.said.authority, order.said.reference, case.number)


def _is_complaint_key(desk: Desk, key: str) -> bool:
    """Say whether a key is that of a complainant in a case: of a reader, or of a person who works here.

    The name of a subject may end as such a key does.
    """
    return key.partition(f"/{READER}/")[0] in desk.hosts or "/" not in key


def _before_cases(desk: Desk, case: Case, by: str) -> tuple[str, ...]:
    """Return the key of what a complainant wrote before cases had keys, if there is any.

    It is erased, and counted, in one case: not where it is about to be in another.
    """
    if desk.vault.count(by) == 0:
        return ()
    begun = (other.erasing for other in _other_cases(desk, case, by))
    return () if any(one and by in dict(one.keys) for one in begun) else (by,)


def _other_cases(desk: Desk, case: Case, by: str) -> Iterator[Case]:
    """Yield the other cases in which somebody has complained."""
    return (desk.cases.load(one) for one in desk.cases.complained_in(by) if one != case.number)


def _keeps(desk: Desk, case: Case) -> bool:
    """Say whether a case keeps its texts still."""
    until = kept_until(case, desk.settings.retention_days, desk.table)
    return case.texts and (until is None or until > desk.clock())
