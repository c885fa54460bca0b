"""Under whose key texts are kept: each is erased with it, and nothing else."""

from __future__ import annotations

from tipstaff.casework.case import Case
from tipstaff.casework.events import ErasureCause
from tipstaff.casework.orders.order import Order


def order_key(authority: str, reference: str) -> str:
    """Return under whose key the texts of an order are kept: what it says, reasons, its report."""
    return f"order/{authority}/{reference}"


def complaint_key(complainant: str, case: int) -> str:
    """Return under whose key is kept what somebody complains of in a case, and what they are answered."""
    return f"{complainant}#case-{case}"


def keys_of_order(order: Order) -> tuple[str, ...]:
    """Return the keys of all texts of an order."""
    return (order_key(order.said.authority, order.said.reference),)


def keys_of_case(case: Case, cause: ErasureCause, complainant: str | None) -> tuple[str, ...]:
    """Return the keys of what is erased of a case.

    A complainant and a subject have what is theirs erased; when its time is over, all of it is.
    """
    if complainant is not None:
        return (complaint_key(complainant, case.number),)
    if cause is ErasureCause.REQUEST:
        return (str(case.subject),)
    complainants = dict.fromkeys(one.by for one in case.complaints)
    return (str(case.subject), *(complaint_key(by, case.number) for by in complainants))
