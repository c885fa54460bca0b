"""What a case owes: the statements about measures that are due and not yet made. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tipstaff.casework.case import Case, Decision
from tipstaff.casework.decide import confirmation_due
from tipstaff.casework.events import MeasureStated, Result
from tipstaff.casework.words import Direction
from tipstaff.ledger.table import Table


def attention(case: Case, now: int, table: Table) -> int | None:
    """Return when a case owes a statement if nothing happens to it till then: 0 where it does by `now`.

    None where it never does: somebody must act first.
    """
    if any(owed(case, now, table)):
        return 0
    ends = {measure.until for decision in case.decisions for measure in decision.said.measures}
    later = sorted(end for end in ends if end is not None and end > now)
    return next((end for end in later if any(owed(case, end, table))), None)


def owed(case: Case, now: int, table: Table) -> Iterator[MeasureStated]:
    """Yield the measures that must be stated: those in effect by now, and the ends of those that are over.

    Everything rests on receipts: a measure is owed once its decision is on the ledger and, where that is due,
    was confirmed there; its end, once that statement is there, and the result that reverses it is there or
    its time has come.
    """
    stated = {
        (one.said.decision, one.said.measure, one.said.target, one.said.direction): one.entry
        for one in case.carryings
    }
    for decision in case.decisions:
        if decision.entry not in case.logged:
            continue
        over = _reversal(case, decision)
        confirmed = any(confirmation.entry in case.logged for confirmation in decision.confirmations)
        for measure in decision.said.measures:
            for target in measure.targets:
                where = (decision.said.number, measure.number, target)
                ended = measure.until is not None and measure.until <= now
                if (*where, Direction.APPLY) not in stated:
                    waits = confirmation_due(table, measure) and not confirmed
                    if not (over or ended or waits):
                        yield MeasureStated(*where, Direction.APPLY, decision.entry)
                elif stated[*where, Direction.APPLY] not in case.logged:
                    continue  # before it has begun there, the ledger takes no end of it
                elif (*where, Direction.LIFT) not in stated and (over or ended):
                    yield MeasureStated(*where, Direction.LIFT, over)


def _reversal(case: Case, decision: Decision) -> bytes | None:
    """Return the entry of the result that undoes a decision, once it is on the ledger."""
    appeal = decision.appeal
    if appeal and appeal.result in (Result.REVERSED, Result.VARIED) and appeal.result_entry in case.logged:
        return appeal.result_entry
    return None
