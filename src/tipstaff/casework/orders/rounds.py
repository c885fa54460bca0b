"""When an order is looked at by itself. Pure."""

from __future__ import annotations

from tipstaff.casework.erasure import DAY
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import attention


def next_look(order: Order, days: int) -> int | None:
    """Return when an order is looked at if nothing happens till then: at its deadline, or for its texts.

    0 where it is being erased; None where nothing more comes of it.
    """
    if order.erasing:
        return 0
    times = (attention(order), erased_from(order, days))
    return min((time for time in times if time is not None), default=None)


def erased_from(order: Order, days: int) -> int | None:
    """Return from when on the texts of an order are erased: so many days after all was said and done.

    None before that, or where they are erased.
    """
    settled_at = order.settled_at if order.texts else None
    return None if settled_at is None else settled_at + days * DAY
