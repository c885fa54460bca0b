"""What waits for a second person: decisions, and results of appeals. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tipstaff.casework.case import Case, Decision
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.lapses import never_begins
from tipstaff.casework.owed import begins_no_more, end_of
from tipstaff.casework.words import Planned
from tipstaff.ledger.table import Table


def waits(case: Case, table: Table, now: int) -> bool:
    """Say whether something in a case waits for a second person to confirm it."""
    if any(decision.appeal and decision.appeal.unconfirmed for decision in case.decisions):
        return True
    return any(_waiting(case, table, now))


def waits_until(case: Case, table: Table, now: int) -> int | None:
    """Return when a measure that waits ends by its own time, unconfirmed; None where none that waits does."""
    ends = (measure.until for measure in _waiting(case, table, now))
    return min((until for until in ends if until is not None), default=None)


def measure_waits(case: Case, decision: Decision, measure: Planned, table: Table, now: int) -> bool:
    """Say whether a measure waits for a second person: not where it would never begin after that."""
    said_by_all = decision.confirmations or not confirmation_due(table, measure)
    if said_by_all or decision.overruled or decision.entry in case.refused:
        return False
    if never_begins(case, decision, measure, table, now):
        return False
    over = all(end_of(case, decision, measure, target, table) for target in measure.targets)
    return not over and not begins_no_more(case, decision)


def _waiting(case: Case, table: Table, now: int) -> Iterator[Planned]:
    """Yield the measures that wait for a second person."""
    for decision in case.decisions:
        for measure in decision.said.measures:
            if measure_waits(case, decision, measure, table, now):
                yield measure
