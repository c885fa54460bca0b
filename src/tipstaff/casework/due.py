"""When the orders about a subject are due of which something is left to be done. Pure."""

from __future__ import annotations

from tipstaff.casework.case import Case
from tipstaff.casework.order_on import OrderOn


def deadline(case: Case) -> int | None:
    """Return when the first of the orders is due of which something is left to be done."""
    left = (order.deadline for order in case.orders if order.targets and not _has_done(case, order))
    return min(left, default=None)


def _has_done(case: Case, order: OrderOn) -> bool:
    """Say whether people have decided on all that is left of an order, and hosts were seen to do it."""
    under = [
        one
        for one in case.decisions
        if one.said.order == order.said.entry and case.by_person(one) and not one.overruled
    ]
    measures = [(one, measure) for one in under for measure in one.said.measures]
    about = [(one, measure.number, target) for one, measure in measures for target in measure.targets]
    on = {one.target(case.subject, target).post for one, _, target in about}
    covered = None in on or on.issuperset(order.targets) or any(not one.said.measures for one in under)
    done = {one.said.where for one in case.carryings if one.was_done or one.gone}
    return covered and all((one.said.number, number, target) in done for one, number, target in about)
