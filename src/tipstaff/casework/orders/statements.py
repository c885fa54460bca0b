"""Which events of an order are statements, and what they claim."""

from __future__ import annotations

from tipstaff.casework.events import AnyEvent, Erased
from tipstaff.casework.orders.events import Amended, Change, Entered, OrderConfirmed
from tipstaff.casework.orders.order import Order
from tipstaff.casework.statements import Claims


def order_name(number: int) -> str:
    """Return the name that an order has on the ledger."""
    return f"order-{number:09}"


def order_claims(order: Order | None, event: AnyEvent) -> tuple[str, Claims] | None:
    """Return the kind and the claims of the statement that an event is; None where it is none.

    There is no `order` before it was entered. What it is about in full is not claimed, only its scope.
    """
    match event:
        case Entered():
            claims: Claims = {
                "authority": event.authority,
                "reference": event.reference,
                "basis": event.basis,
                "scope": event.scope.value,
                "territory": event.territory,
                "deadline": event.deadline,
            }
            attached = {} if event.attachment is None else {"attachment": event.attachment}
            return "order", {**claims, **attached}
        case OrderConfirmed(number) if order:
            amendment = order.amendment(number)
            return "confirmation", {"statement": amendment.entry if amendment else order.entry}
        case Erased(cause, count):
            return "erasure", {"kind": f"order/{cause}", "count": count}
        case Amended() if order:
            claims = {
                "order": order.entry,
                "number": event.number,
                "change": event.change.value,
                "reasons": event.reasons,
            }
            if event.change is not Change.NARROWED:
                return "amendment", claims
            narrowed: Claims = {
                "scope": event.scope.value, "territory": event.territory, "deadline": event.deadline
            }  # fmt: skip
            return "amendment", {**claims, **narrowed}
        case _:
            return None
