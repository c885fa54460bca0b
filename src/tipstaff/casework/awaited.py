"""What waits for a second person: decisions, and results of appeals. Pure."""

from __future__ import annotations

from tipstaff.casework.case import Case, Decision
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.lapses import has_lapsed
from tipstaff.casework.owed import begins_no_more, end_of
from tipstaff.casework.words import Planned
from tipstaff.ledger.table import Table


def waits(case: Case, table: Table) -> bool:
    """Say whether something in a case waits for a second person to confirm it."""
    return any(
        (decision.appeal and decision.appeal.unconfirmed)
        or any(measure_waits(case, decision, measure, table) for measure in decision.said.measures)
        for decision in case.decisions
    )


def measure_waits(case: Case, decision: Decision, measure: Planned, table: Table) -> bool:
    """Say whether a measure waits for a second person: not where it would never begin after that."""
    said_by_all = decision.confirmations or not confirmation_due(table, measure)
    if said_by_all or decision.overruled or decision.entry in case.refused:
        return False
    if has_lapsed(case, decision, measure, table):
        return False
    over = all(end_of(case, decision, measure, target, table) for target in measure.targets)
    return not over and not begins_no_more(case, decision)
