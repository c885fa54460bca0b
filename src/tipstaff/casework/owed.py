"""What a case owes: the statements about measures that are due and not yet made. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tipstaff.casework.case import MACHINE, Carrying, Case, Decision
from tipstaff.casework.complaints import answers_due
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.events import MeasureStated, Result
from tipstaff.casework.lapses import decided_since
from tipstaff.casework.refusals import decided_after
from tipstaff.casework.tells import tells
from tipstaff.casework.words import UNSEEN, Direction, MeasureKind, Planned
from tipstaff.ledger.table import Table


def attention(case: Case, now: int, table: Table) -> int | None:
    """Return when a case owes something if nothing happens to it till then: 0 where it does by `now`.

    None where it never does: somebody must act first.
    """
    if case.erasing or any(owed(case, now, table)) or any(tells(case)) or any(answers_due(case)):
        return 0
    times = {
        time
        for decision in case.decisions
        for measure in decision.said.measures
        for time in (measure.start, measure.until)
    }
    later = sorted(time for time in times if time is not None and time > now)
    return next((time for time in later if any(owed(case, time, table))), None)


def owed(case: Case, now: int, table: Table) -> Iterator[MeasureStated]:
    """Yield the measures that must be stated: those in effect by now, and the ends of those that are over.

    Everything rests on receipts: a measure is owed once its decision is on the ledger and, where that is due,
    was confirmed there; its end, once that statement is there, and what ends it is, or its time has come.
    """
    stated = _stated(case)
    for decision in case.decisions:
        if decision.entry not in case.logged:
            continue
        confirmed = any(confirmation.entry in case.logged for confirmation in decision.confirmations)
        for measure in decision.said.measures:
            for target in measure.targets:
                where = (decision.said.number, measure.number, target)
                over = end_of(case, decision, measure, target, table)
                ended = measure.until is not None and measure.until <= now
                if (*where, Direction.APPLY) not in stated:
                    waits = confirmation_due(table, measure) and not confirmed
                    if not (
                        over or ended or waits or begins_no_more(case, decision) or _to_come(measure, now)
                    ):
                        yield MeasureStated(*where, Direction.APPLY, decision.entry)
                elif stated[*where, Direction.APPLY].entry not in case.logged:
                    continue  # before it has begun there, the ledger takes no end of it
                elif (*where, Direction.LIFT) not in stated and (over or ended):
                    yield MeasureStated(*where, Direction.LIFT, over)


def owed_late(case: Case, now: int, table: Table, *, holding: bool) -> Iterator[MeasureStated]:
    """Yield what goes on while the ledger is down: ends whose time has come, and holds while `holding`.

    Everything else waits for its receipt.
    """
    stated = _stated(case)
    for decision in case.decisions:
        for measure in decision.said.measures:
            for target in measure.targets:
                where = (decision.said.number, measure.number, target)
                applied = stated.get((*where, Direction.APPLY))
                ended = measure.until is not None and measure.until <= now
                if applied is None:
                    held = decision.by == MACHINE and measure.kind is MeasureKind.HOLD_CONTENT
                    over = ended or decision.entry in case.refused or begins_no_more(case, decision)
                    if held and holding and not (over or end_of(case, decision, measure, target, table)):
                        yield MeasureStated(*where, Direction.APPLY, decision.entry, late=True)
                elif ended and (*where, Direction.LIFT) not in stated and _has_begun(case, applied):
                    yield MeasureStated(*where, Direction.LIFT, None, late=True)


def _stated(case: Case) -> dict[tuple[int, int, int, Direction], Carrying]:
    """Return what was stated of measures, by its place.

    An end that the ledger has refused is stated anew once a person has decided: no decision is another end.
    """
    return {
        (*one.said.where, one.said.direction): one
        for one in case.carryings
        if one.said.direction is Direction.APPLY or not decided_after(case, one.entry)
    }


def ends_next(case: Case, now: int) -> int | None:
    """Return when the next of its measures ends by its time; None where none does."""
    measures = (measure for decision in case.decisions for measure in decision.said.measures)
    return min((one.until for one in measures if one.until is not None and one.until > now), default=None)


def _has_begun(case: Case, applied: Carrying) -> bool:
    """Say whether a measure is on the ledger, or goes on without it."""
    return applied.entry in case.logged or applied.said.late


def _to_come(measure: Planned, now: int) -> bool:
    """Say whether a measure is scheduled for later."""
    return measure.start is not None and now < measure.start


def end_of(case: Case, decision: Decision, measure: Planned, target: int, table: Table) -> bytes | None:
    """Return the entry, on the ledger, of what ends a measure of a decision for one of its targets."""
    return (
        _reversal(case, decision)
        or _review(case, decision, target, table)
        or _amendment(case, decision, measure, target)
    )


def _reversal(case: Case, decision: Decision) -> bytes | None:
    """Return the entry of the result that undoes a decision; a varied one stands until the next does."""
    appeal, result = decision.appeal, case.result_of(decision)
    if appeal is None or result in (None, Result.UPHELD):
        return None
    next_ones = [one for one in case.decisions if one.said.result == appeal.result_entry]
    if result is Result.VARIED and all(one.entry not in case.logged for one in next_ones):
        return None
    return appeal.result_entry


def begins_no_more(case: Case, decision: Decision) -> bool:
    """Say whether nothing of a decision begins any more: a person has reviewed it, or an appeal undone it.

    The ledger begins nothing after such a result, whether that was confirmed yet or not.
    """
    appeal = decision.appeal
    undone = appeal and decision.overruled and appeal.result_entry in case.logged
    return bool(undone or _reviews(case, decision))


def _reviews(case: Case, decision: Decision) -> list[Decision]:
    """Return the decisions of persons, on the ledger, after one of a machine."""
    later = [one for one in case.decisions if one.by != MACHINE and one.said.number > decision.said.number]
    return [one for one in later if decision.by == MACHINE and one.entry in case.logged]


def _review(case: Case, decision: Decision, target: int, table: Table) -> bytes | None:
    """Return the entry of the decision of a person, which ends what a machine has held until then.

    Where that hides the same content, the hold ends once it is hidden: nobody sees it in between.
    """
    post, reviews = decision.target(case.subject, target).post, _reviews(case, decision)
    if any(_is_still_to_hide(case, review, post, table) for review in reviews):
        return None
    return reviews[0].entry if reviews else None


def _is_still_to_hide(case: Case, review: Decision, post: str | None, table: Table) -> bool:
    """Say whether a decision hides a post, or all of the subject, and that is not done yet, but will be."""
    applied = {
        (one.said.measure, one.said.target): one
        for one in case.carryings
        if one.said.decision == review.said.number and one.said.direction is Direction.APPLY
    }
    return any(
        _is_under_way(case, review, measure, applied.get((measure.number, target)), table)
        and end_of(case, review, measure, target, table) is None
        for measure in review.said.measures
        if measure.kind not in UNSEEN
        for target in measure.targets
        if review.target(case.subject, target).post in (None, post)
    )


def _is_under_way(
    case: Case, review: Decision, measure: Planned, applied: Carrying | None, table: Table
) -> bool:
    """Say whether a measure is not done yet, and may be: not once a person has decided after what kept it."""
    if applied:
        return not (applied.was_done or applied.gone or decided_after(case, applied.entry))
    later = decided_since(case, review, table) if confirmation_due(table, measure) else []
    lapsed = any(one.entry in case.logged for one in later)
    return not lapsed and not begins_no_more(case, review)


def _amendment(case: Case, decision: Decision, measure: Planned, target: int) -> bytes | None:
    """Return the entry of the amendment after which an order no longer bears a measure out.

    A decision that cites an order ends with it: what a policy alone bears out is decided anew. One that rests
    on the order alone holds where the order does.
    """
    order = case.order_cited(decision)
    if order is None or not order.changes:
        return None
    post = decision.target(case.subject, target).post
    left_out = order.said_about(post) and not order.covers(post)
    elsewhere = decision.said.policy is None and measure.territory != order.territory
    return order.changes[-1].entry if left_out or elsewhere or not order.targets else None
