"""What has lapsed: nobody has confirmed it by the time that a person has decided something later. Pure."""

from __future__ import annotations

from tipstaff.casework.case import MACHINE, Case, Decision
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.events import Planned
from tipstaff.ledger.table import Table


def decided_since(case: Case, decision: Decision) -> Decision | None:
    """Return the last decision of a person after one that nobody has confirmed; None where there is none.

    One that is taken back was never there, and one that the ledger has refused has decided nothing. What an
    appeal has undone has not lapsed.
    """
    if decision.confirmations or decision.overruled:
        return None
    later = (
        one
        for one in reversed(case.decisions)
        if one.by != MACHINE and one.said.number > decision.said.number and one.entry not in case.refused
    )
    return next(later, None)


def has_lapsed(case: Case, decision: Decision, measure: Planned, table: Table) -> bool:
    """Say whether a measure never begins: a second person had to confirm it, and nobody can any more."""
    return confirmation_due(table, measure) and decided_since(case, decision) is not None
