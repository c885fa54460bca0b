"""What the ledger has refused of a case, until somebody says it again. Pure."""

from __future__ import annotations

from tipstaff.casework.case import Carrying, Case, Refusal, Said
from tipstaff.casework.events import AnyEvent, Appealed, Confirmed, EffectState, Ruled
from tipstaff.casework.words import Direction, Signed


def refusal_of(case: Case, entry: bytes) -> Refusal:
    """Return what it is that the ledger has refused, of a case in which it still stands."""
    for decision in case.decisions:
        said, appeal = None, decision.appeal
        if any(one.entry == entry for one in decision.confirmations):
            said = Said.CONFIRMATION
        elif appeal and appeal.entry == entry:
            said = Said.APPEAL
        elif appeal and appeal.result_entry == entry:
            said = Said.RESULT
        elif appeal and any(one.entry == entry for one in appeal.confirmations):
            said = Said.RESULT_CONFIRMATION
        if said:
            return Refusal(entry, said, decision.said.number)
    return Refusal(entry)


def left_after(refusals: tuple[Refusal, ...], event: AnyEvent) -> tuple[Refusal, ...]:
    """Return the refusals after which nobody has said the same again, once an event has happened."""
    match event:
        case Confirmed(number, Signed.DECISION):
            again = (Said.CONFIRMATION, number)
        case Confirmed(number):
            again = (Said.RESULT_CONFIRMATION, number)
        case Appealed(number):
            again = (Said.APPEAL, number)
        case Ruled(number):
            again = (Said.RESULT, number)
        case _:
            return refusals
    return tuple(one for one in refusals if (one.said, one.decision) != again)


def decided_after(case: Case, entry: bytes) -> bool:
    """Say whether the ledger has refused a statement, and a person has decided since."""
    return entry in case.refused and all(one.entry != entry for one in case.refusals)


def to_undo(case: Case, carrying: Carrying) -> bool:
    """Say whether a measure is to be lifted that has begun while the ledger was down, and was refused then.

    Nothing of that can be stated: what is read back of it is an event alone.
    """
    begun = carrying.said.late and carrying.said.direction is Direction.APPLY
    lifted = bool(carrying.effects) and carrying.effects[-1].state is EffectState.LIFTED
    return begun and carrying.entry in case.refused and not (lifted or carrying.gone)
