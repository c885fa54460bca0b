"""What a host is owed where the ledger has refused what was begun without it."""

from __future__ import annotations

from tipstaff.actions.cases import Delivery
from tipstaff.casework.case import Case
from tipstaff.casework.refusals import to_undo


def undoing(case: Case, refused: bytes, now: int) -> list[Delivery]:
    """Return that a measure is lifted again of which the ledger has refused the statement; else nothing.

    It is in a round of its own: one that is under way may have been carried out, without an answer.
    """
    begun = (one for one in case.carryings if one.entry == refused and to_undo(case, one))
    last = ((one.effects[-1].round if one.effects else 0) for one in begun)
    return [Delivery(case.number, refused, number + 2, now, late=True) for number in last]
