"""What has lapsed: nobody has confirmed it by the time that a person has decided something later. Pure."""

from __future__ import annotations

from tipstaff.casework.case import APPEAL_WITHIN, Case, Decision, Stage
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.words import Planned
from tipstaff.ledger.table import Table


def decided_since(case: Case, decision: Decision, table: Table) -> list[Decision]:
    """Return the decisions of persons after one that nobody has confirmed, the last first; else none.

    One that waits for a second person itself has decided nothing yet: both may be confirmed. One that was
    taken back was never there, nor was one that the ledger has refused. What an appeal has undone has not
    lapsed.
    """
    if decision.confirmations or decision.overruled:
        return []
    later = (one for one in reversed(case.decisions) if one.said.number > decision.said.number)
    return [one for one in later if _has_decided(case, one, table)]


def has_lapsed(case: Case, decision: Decision, measure: Planned, table: Table) -> bool:
    """Say whether a measure never begins: a second person had to confirm it, and nobody can any more."""
    return confirmation_due(table, measure) and bool(decided_since(case, decision, table))


def never_begins(case: Case, decision: Decision, measure: Planned, table: Table, now: int) -> bool:
    """Say whether nobody has confirmed a measure and can any more: it has lapsed, or its own time is over."""
    if decision.confirmations or not confirmation_due(table, measure):
        return False
    over = measure.until is not None and measure.until <= now
    return over or has_lapsed(case, decision, measure, table)


def stands(case: Case, decision: Decision, table: Table, now: int) -> bool:
    """Say whether a decision of a person orders something still: not undone, and something of it begins."""
    orders = any(not never_begins(case, decision, one, table, now) for one in decision.said.measures)
    return case.by_person(decision) and orders and not decision.undone


def objected_until(case: Case, decision: Decision, table: Table) -> int | None:
    """Return until when there is something in a decision to object to; None where there is nothing.

    What nobody has confirmed is none once it has lapsed, or its time is over. Decisions on the ledger alone
    make something lapse here: of others nobody outside is told, and they may be taken back.
    """
    ends = (_objected_until(case, decision, measure, table) for measure in decision.said.measures)
    return max((until for until in ends if until is not None), default=None)


def _objected_until(case: Case, decision: Decision, measure: Planned, table: Table) -> int | None:
    """Return until when there is something in one measure of a decision to object to."""
    longest = decision.at + APPEAL_WITHIN
    if decision.confirmations or not confirmation_due(table, measure):
        return longest
    if any(one.entry in case.logged for one in decided_since(case, decision, table)):
        return None
    return longest if measure.until is None else min(longest, measure.until)


def stage_shown(case: Case, table: Table, now: int) -> Stage:
    """Return what a case waits for, as people are shown it: one that was decided is closed if nothing stands.

    Its events alone do not tell that, for the table says what waits for a second person, and lapses.
    """
    decided = case.stage is Stage.DECIDED
    nothing = decided and not any(stands(case, one, table, now) for one in case.decisions)
    return Stage.CLOSED if nothing else case.stage


def _has_decided(case: Case, decision: Decision, table: Table) -> bool:
    """Say whether a decision is one of a person, and all have signed it who must."""
    alone = not any(confirmation_due(table, measure) for measure in decision.said.measures)
    return case.by_person(decision) and (alone or bool(decision.confirmations))
