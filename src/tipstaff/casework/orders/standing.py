"""How orders and their amendments stand, in words. Pure."""

from __future__ import annotations

from tipstaff.casework.orders.order import Amendment, Order


def standing(order: Order, *, overdue: bool) -> str:
    """Say how an order stands, and what of it waits for a second person."""
    if order.entry in order.refused:
        return "refused by the ledger"
    if order.lapsed:
        return "never confirmed, erased"
    if order.given_up:
        wrong = f"entered wrongly: order {order.corrected_by} takes its place"
        return wrong if order.corrected_by else _ended(order)
    if not order.confirmed:
        return "not on the ledger yet" if order.confirmations else "waits for a second person"
    told = _in_force(order, overdue=overdue)
    return f"{told}; an amendment waits for a second person" if order.waits else told


def standing_of(order: Order, amendment: Amendment) -> str:
    """Say how an amendment stands."""
    if amendment in order.effective:
        return "in force"
    if order.given_up and not amendment.confirmations:
        return "needs nobody: the order was never confirmed"
    if newer := order.replacing(amendment):
        return f"replaced by amendment {newer.said.number}"
    if amendment.lapsed:
        return "lapsed: nobody had confirmed it when its reasons were erased"
    return "not on the ledger yet" if amendment.confirmations else "waits for a second person"


def _in_force(order: Order, *, overdue: bool) -> str:
    """Say how an order stands that was confirmed."""
    if order.reports and not order.ended:
        return "reported, erased" if order.erasures else "reported"
    return _ended(order) or ("overdue" if overdue else "narrowed" if order.effective else "in force")


def _ended(order: Order) -> str:
    """Say how an order has ended; empty where it has not."""
    if order.ended is None:
        return ""
    told = [str(order.ended.said.change)]
    told += [f"order {order.corrected_by} takes its place"] if order.corrected_by else []
    told += ["reported"] if order.reports else []
    return ", ".join([*told, "erased"] if order.erasures else told)
