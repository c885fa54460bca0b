"""What is decided a second time: refused, for nothing would change but the strikes of the account. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tipstaff.casework.case import Carrying, Case, Decision
from tipstaff.casework.commands import Asked, Decide
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.errors import CaseError
from tipstaff.casework.lapses import never_begins, stands
from tipstaff.casework.owed import end_of
from tipstaff.casework.words import UNSEEN, Direction, Planned
from tipstaff.ledger.table import Table


def check_new(case: Case, command: Decide, now: int, table: Table) -> None:
    """Refuse a measure that an earlier decision has ordered on the same, for as long, in the same territory.

    Not where only one rests on an order, or each on its own: each ends with that. A warning or a restriction
    of a whole account may be said again: it is for something new. Raises `CaseError`.
    """
    on_order = None if command.order is None else case.order(command.order)
    order = on_order.said.entry if on_order else None
    in_force = defaultdict[str | None, list[tuple[Decision, Planned]]](list)
    for post, decision, measure in _in_force(case, now, table):
        in_force[post].append((decision, measure))
    for asked in command.measures:
        for post in asked.posts or (() if asked.kind in UNSEEN else (None,)):
            for decision, measure in in_force.get(post, ()):
                if decision.said.order == order and _covers(measure, asked):
                    on = post or f"the whole {case.subject.kind}"
                    number = decision.said.number
                    waits = confirmation_due(table, measure) and not decision.confirmations
                    mend = "it waits for a second person, confirm it" if waits else "nothing would change"
                    raise CaseError(f"{asked.kind} on {on} is ordered already, by decision {number}: {mend}")


def _in_force(case: Case, now: int, table: Table) -> Iterator[tuple[str | None, Decision, Planned]]:
    """Yield the measures of persons that begin and have not ended, each with its post; None for the whole."""
    begun = defaultdict[tuple[int, int, int], list[Carrying]](list)
    for one in case.carryings:
        if one.said.direction is Direction.APPLY:
            begun[one.said.where].append(one)
    for decision in case.decisions:
        if not stands(case, decision, table, now):
            continue
        for measure in decision.said.measures:
            over = measure.until is not None and measure.until <= now
            if over or never_begins(case, decision, measure, table, now):
                continue
            for target in measure.targets:
                ended = end_of(case, decision, measure, target, table) is not None
                where = (decision.said.number, measure.number, target)
                if not ended and _begins(case, decision, begun.get(where, ())):
                    yield decision.target(case.subject, target).post, decision, measure


def _begins(case: Case, decision: Decision, begun: Sequence[Carrying]) -> bool:
    """Say whether a measure has begun, or will: neither the ledger is against it, nor an appeal."""
    if decision.overruled:
        return any(one.was_done for one in begun)
    return not begun or any(one.entry not in case.refused for one in begun)


def _covers(measure: Planned, asked: Asked) -> bool:
    """Say whether a measure is what is asked for: of the kind, there, and from as early until as late."""
    return (
        (measure.kind, measure.territory) == (asked.kind, asked.territory)
        and (measure.start or 0) <= (asked.start or 0)
        and (measure.until is None or (asked.until is not None and asked.until <= measure.until))
    )
