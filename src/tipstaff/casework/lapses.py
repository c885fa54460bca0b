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


def stands(case: Case, decision: Decision, table: Table) -> bool:
    """Say whether a decision of a person orders something still: neither undone, nor lapsed whole."""
    return case.by_person(decision) and _orders(case, decision, table) and not decision.undone


def appealed_until(case: Case, decision: Decision, table: Table) -> int | None:
    """Return until when the subject may object to a decision; None where there is nothing to object to.

    So it is where it orders nothing, has lapsed whole, or has been objected to before.
    """
    appealable = decision.appeal is None and _orders(case, decision, table)
    return decision.at + APPEAL_WITHIN if appealable else None


def stage_shown(case: Case, table: Table) -> Stage:
    """Return what a case waits for, as people are shown it: one that was decided is closed if nothing stands.

    Its events alone do not tell that, for the table says what waits for a second person, and lapses.
    """
    nothing = case.stage is Stage.DECIDED and not any(stands(case, one, table) for one in case.decisions)
    return Stage.CLOSED if nothing else case.stage


def _orders(case: Case, decision: Decision, table: Table) -> bool:
    """Say whether a decision orders something that has not lapsed."""
    return any(not has_lapsed(case, decision, measure, table) for measure in decision.said.measures)


def _has_decided(case: Case, decision: Decision, table: Table) -> bool:
    """Say whether a decision is one of a person, and all have signed it who must."""
    alone = not any(confirmation_due(table, measure) for measure in decision.said.measures)
    return case.by_person(decision) and (alone or bool(decision.confirmations))
