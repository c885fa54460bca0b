"""What a case waits for: it follows from what is left of it, whatever has happened last. Pure."""

from __future__ import annotations

from tipstaff.casework.case import Case, Decision, Stage
from tipstaff.casework.events import Result


def stage_of(case: Case) -> Stage:
    """Return what a case waits for: for the result of an appeal before anything else."""
    appeals = [decision.appeal for decision in case.decisions if decision.appeal]
    if any(appeal.settled is None for appeal in appeals):
        return Stage.APPEALED
    if case.proposal and case.proposal.heard is None:
        return Stage.HEARING
    if to_decide(case):
        return Stage.OPEN
    return Stage.DECIDED if any(_stands(case, decision) for decision in case.decisions) else Stage.CLOSED


def to_decide(case: Case) -> bool:
    """Say whether a person must decide something, now or once an appeal was judged.

    They must where something has come in since one last did, where something is proposed, where nothing was
    decided in place of a varied decision, and where the ledger has refused what nobody has said again.
    """
    varied = (decision for decision in case.decisions if decision.undone and _is_varied(decision))
    return bool(
        case.undecided
        or case.proposal
        or case.refusals
        or any(not _is_replaced(case, decision) for decision in varied)
    )


def _is_varied(decision: Decision) -> bool:
    """Say whether an appeal has put another decision in place of one."""
    return decision.appeal is not None and decision.appeal.result is Result.VARIED


def _is_replaced(case: Case, varied: Decision) -> bool:
    """Say whether another decision was taken in place of one, and not refused by the ledger."""
    result = varied.appeal and varied.appeal.result_entry
    return any(one.said.result == result and one.entry not in case.refused for one in case.decisions)


def _stands(case: Case, decision: Decision) -> bool:
    """Say whether a decision of a person orders something still."""
    return case.by_person(decision) and bool(decision.said.measures) and not decision.undone
