"""When the texts about a subject may be erased, and when their time is over. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tipstaff.casework.case import Case, Decision, Stage
from tipstaff.casework.lapses import has_lapsed, objected_until
from tipstaff.casework.owed import end_of
from tipstaff.casework.refusals import to_undo
from tipstaff.casework.words import Direction, Planned
from tipstaff.ledger.table import Table

DAY: Final = 86_400

_NEEDED: Final = {
    Stage.OPEN: "is open: what was found is to be decided on",
    Stage.HEARING: "has a proposal that was not decided on yet",
    Stage.APPEALED: "has an appeal that is not settled yet",
}

_UNDONE: Final = "has a decision that was not carried out yet"


def needed(case: Case, now: int, table: Table) -> str | None:
    """Say why the texts of a case are needed still; None where they are not."""
    to_come = any(measure.until is not None and measure.until > now for measure in _to_begin(case, table))
    return _awaited(case, table) or (f"{case} {_UNDONE}" if to_come else None)


def kept_until(case: Case, days: int, table: Table) -> int | None:
    """Return when the texts of a case are erased: so many days after the last of what happened in it.

    That is that a person has decided, that something was written, or that a measure has ended. They are kept
    for as long as the subject may appeal, however few the days are. None while they are needed, or a person
    has decided and the ledger does not have it: that may be taken back still, and all is as it was before.
    """
    if _awaited(case, table) or any(_is_on_the_way(case, one) for one in case.decisions):
        return None
    settled = max(case.settled_at, case.texts_at, *_ends(case, table), 0) + days * DAY
    open_to = (one for one in case.decisions if one.appeal is None and one.entry not in case.refused)
    appeals = (objected_until(case, one, table) for one in open_to)
    return max(settled, *(until for until in appeals if until is not None), 0)


def _is_on_the_way(case: Case, decision: Decision) -> bool:
    """Say whether a decision of a person is signed, and neither on the ledger nor refused by it."""
    known = decision.entry in case.logged or decision.entry in case.refused
    return case.by_person(decision) and not known


def _awaited(case: Case, table: Table) -> str | None:
    """Say what is awaited in a case, however long it takes."""
    if any(decision.appeal and decision.appeal.unconfirmed for decision in case.decisions):
        return f"{case} has the result of an appeal that waits for a second person"
    if case.stage in _NEEDED:
        return f"{case} {_NEEDED[case.stage]}"
    if any(complaint.answered is None for complaint in case.complaints):
        return f"{case} has a complaint that was not answered yet"
    if any(measure.until is None for measure in _to_begin(case, table)) or _is_owed(case):
        return f"{case} {_UNDONE}"
    return None


def _to_begin(case: Case, table: Table) -> Iterator[Planned]:
    """Yield the measures that have not begun, and may: on the ledger, confirmed, or when their time comes."""
    begun = _stated(case, Direction.APPLY)
    for decision in case.decisions:
        if decision.entry in case.refused:
            continue
        for measure in decision.said.measures:
            if has_lapsed(case, decision, measure, table):
                continue
            where = {(decision.said.number, measure.number, target): target for target in measure.targets}
            if any(
                end_of(case, decision, measure, target, table) is None
                for place, target in where.items()
                if place not in begun
            ):
                yield measure


def _is_owed(case: Case) -> bool:
    """Say whether a host is owed a measure, or the end of one, that was never done: that is told then."""
    return any(
        to_undo(case, one)
        or not (one.was_done or one.rests or case.has_ended(one) or one.entry in case.refused)
        for one in case.carryings
    )


def _ends(case: Case, table: Table) -> Iterator[int]:
    """Yield when measures end by themselves that have begun, or may still, and have not ended before."""
    yield from (measure.until for measure in _to_begin(case, table) if measure.until is not None)
    lifted = _stated(case, Direction.LIFT)
    for one in case.carryings:
        if one.said.direction is Direction.APPLY and one.said.where not in lifted:
            until = case.carried_out(one).planned(one.said.measure).until
            if until is not None:
                yield until


def _stated(case: Case, direction: Direction) -> set[tuple[int, int, int]]:
    """Return the places of what was stated in one direction."""
    return {one.said.where for one in case.carryings if one.said.direction is direction}
