"""What an order leads to: which cases are told of it, when its report is due, what that says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from tipstaff.casework.awaited import measure_waits
from tipstaff.casework.case import Case, Decision
from tipstaff.casework.events import OrderChanged, Ordered, Result
from tipstaff.casework.lapses import has_lapsed
from tipstaff.casework.orders.order import Order
from tipstaff.casework.owed import end_of
from tipstaff.casework.words import Direction, Planned, Subject
from tipstaff.ledger.table import Table


class Left(StrEnum):
    """What an order waits for about a subject, before its report goes out."""

    UNTOLD = "untold"
    """Its case is not told of it yet."""
    UNDECIDED = "undecided"
    UNLOGGED = "unlogged"
    """It was decided, and that is not on the ledger: it can be taken back still."""
    UNCONFIRMED = "unconfirmed"
    """It was decided, and waits for a second person."""
    UNSEEN = "unseen"
    """It was decided, and is not seen to be so on the host."""


class ToDo(NamedTuple):
    """What is left to be done about a subject of an order: on which posts, None being the whole of it."""

    subject: Subject
    left: Left
    posts: tuple[str | None, ...]


def to_do(order: Order, cases: Sequence[Case], now: int, table: Table) -> Iterator[ToDo]:
    """Yield what is left to be done before the authority is told; nothing once nothing more has to come.

    `cases` are those of what the order is about.
    """
    if attention(order) is None or not order.confirmed:
        return
    there = {case.subject: case for case in cases}
    for subject in dict.fromkeys(target.subject for target in order.terms.targets):
        case = there.get(subject)
        on = case.order(order.number) if case else None
        if case is None or on is None or not on.targets:
            yield ToDo(subject, Left.UNTOLD, order.terms.of(subject))
            continue
        decisions = [one for one in _under(order, case) if _result(one) is not Result.VARIED]
        undecided = tuple(one for one in on.targets if not _covers(case, decisions, one, table))
        if undecided:
            signed = any(
                one.said.order == order.entry and one.entry not in case.logged | case.refused
                for one in case.decisions
            )
            yield ToDo(subject, Left.UNLOGGED if signed else Left.UNDECIDED, undecided)
        elif not _decided(order, case, now, table):
            waits = any(
                measure_waits(case, one, measure, table, now)
                for one in decisions
                for measure in one.said.measures
            )
            yield ToDo(subject, Left.UNCONFIRMED if waits else Left.UNSEEN, on.targets)


def attention(order: Order) -> int | None:
    """Return when an order is to be looked at, if nothing happens to it till then: from its deadline on.

    None where nothing more has to come of it.
    """
    over = order.reports or order.ended or order.given_up or order.entry in order.refused or order.lapsed
    return None if over else order.terms.deadline


def overdue(order: Order, now: int) -> bool:
    """Say whether the deadline of an order has passed without a report."""
    at = attention(order)
    return at is not None and at <= now


def passed_on(
    order: Order, subject: Subject, case: Case, snapshots: Mapping[str, bytes]
) -> list[Ordered | OrderChanged]:
    """Return what the case about a subject must still be told of an order; nothing before it is in force.

    `snapshots` has those of its `new_posts`, but for what is gone from the host.
    """
    return [
        replace(
            event,
            snapshots=tuple(snapshots[post] for post in new if post in snapshots),
            gone=tuple(post for post in new if post not in snapshots),
        )
        for event, new in _to_pass_on(order, subject, case)
    ]


def new_posts(order: Order, subject: Subject, case: Case) -> list[str]:
    """Return the posts that the case is about to be told of: those of which a snapshot is kept."""
    return [post for _, new in _to_pass_on(order, subject, case) for post in new]


def _to_pass_on(
    order: Order, subject: Subject, case: Case
) -> Iterator[tuple[Ordered | OrderChanged, Sequence[str]]]:
    """Yield what the case must still be told, with the posts that the order has not named before."""
    said, known = order.said, case.order(order.number)
    if not order.confirmed:
        return
    named = set(known.named) if known else set[str | None]()

    def new(targets: Sequence[str | None]) -> Sequence[str]:
        posts = [post for post in dict.fromkeys(targets) if post is not None and post not in named]
        named.update(posts)
        return posts

    if known is None:
        targets = tuple(target.post for target in said.targets if target.subject == subject)
        yield (
            Ordered(
                order.number, order.entry, said.authority, said.reference, said.territory, said.deadline,
                targets,
            ),
            new(targets),
        )  # fmt: skip
    for amendment in order.effective[len(known.changes) if known else 0 :]:
        changed = amendment.said
        ended = order.ended is amendment
        left = () if ended else tuple(one.post for one in changed.targets if one.subject == subject)
        yield (
            OrderChanged(
                order.number, amendment.entry, changed.change, changed.territory, changed.deadline, left
            ),
            new(left),
        )


def report_due(order: Order, cases: Sequence[Case], now: int, table: Table) -> bool:
    """Say whether the authority is to be told: once all is done, and again of whatever comes after that.

    `cases` are those of all that the order was about at first.
    """
    return (
        order.confirmed
        and (not order.reports or any(not _told(order, *one) for one in _reportable(order, cases)))
        and carried_out(order, cases, now, table)
    )


def reported_on(order: Order, cases: Sequence[Case]) -> tuple[bytes, ...]:
    """Return the statements that a report tells of: decisions under it, and what has ended it."""
    return tuple(entry for entry, _ in _reportable(order, cases))


def _reportable(order: Order, cases: Sequence[Case]) -> Iterator[tuple[bytes, int]]:
    """Yield them, and when each was signed; of what has ended it, when it did."""
    for case in cases:
        yield from ((one.entry, one.at) for one in _under(order, case))
    if order.ended:
        yield order.ended.entry, order.ended_at or 0


def _told(order: Order, entry: bytes, at: int) -> bool:
    """Say whether the authority was told of a statement."""
    return any(one.tells(entry, at) for one in order.reports)


def carried_out(order: Order, cases: Sequence[Case], now: int, table: Table) -> bool:
    """Say whether all that is left of an order was decided on, and is seen to be so on the hosts.

    What was decided under it counts, even where that is that nothing is done, or where measures have ended;
    what has lapsed does not.
    """
    about = [case for case in cases if (found := case.order(order.number)) and found.targets]
    return bool(order.ended) or (
        bool(order.terms.targets)
        and {case.subject for case in about} == {target.subject for target in order.terms.targets}
        and all(_decided(order, case, now, table) for case in about)
    )


def _decided(order: Order, case: Case, now: int, table: Table) -> bool:
    """Say whether all that an order is about in a case was decided on, and that is done, or over."""
    decisions = [one for one in _under(order, case) if _result(one) is not Result.VARIED]
    on = case.order(order.number)
    covered = on is not None and all(_covers(case, decisions, post, table) for post in on.targets)
    done = {
        one.said.where
        for one in case.carryings
        if one.said.direction is Direction.APPLY and (one.was_done or one.gone)
    }
    return covered and all(
        (decision.said.number, measure.number, target) in done
        or end_of(case, decision, measure, target, table) is not None
        or (measure.until is not None and measure.until <= now)
        for decision in decisions
        for measure in _left(case, decision, table)
        for target in measure.targets
    )


def _covers(case: Case, decisions: Sequence[Decision], post: str | None, table: Table) -> bool:
    """Say whether decisions are about a post, or about the whole subject where `post` is None.

    One that orders nothing is about all of the case; one that orders something, about what it names.
    """
    return any(
        not decision.said.measures
        or any(
            decision.target(case.subject, target).post in (None, post)
            for measure in _left(case, decision, table)
            for target in measure.targets
        )
        for decision in decisions
    )


def _left(case: Case, decision: Decision, table: Table) -> list[Planned]:
    """Return the measures of a decision that have not lapsed."""
    return [one for one in decision.said.measures if not has_lapsed(case, decision, one, table)]


def _under(order: Order, case: Case) -> list[Decision]:
    """Return the decisions on the ledger that carry an order out."""
    return [one for one in case.decisions if one.said.order == order.entry and one.entry in case.logged]


def _result(decision: Decision) -> Result | None:
    """Return what came of an appeal against a decision; where it was varied, another takes its place."""
    return decision.appeal.result if decision.appeal else None


def report(order: Order, cases: Sequence[Case], table: Table) -> str:
    """Return what the authority is told: what was decided and done about each subject, or why nothing was.

    A further report tells all that the one before did, and says what is new.
    """
    said, number = order.said, len(order.reports) + 1
    title = f"执行情况报告 / Report on order {order.number}"
    further = f"执行情况补充报告（第 {number} 次） / Further report on order {order.number} (number {number})"
    lines = [f"{said.authority} {said.reference}", further if order.reports else title]
    if order.ended:
        lines.append(
            f"本令已终止：{order.ended.said.change} / The order has ended: {order.ended.said.change}"
        )
        lines += [
            f"由第 {by} 号令取代 / Order {by} takes its place"
            for by in [order.corrected_by]
            if by is not None
        ]
    for case in cases:
        lines.append(f"{case.subject}:")
        decisions = _under(order, case)
        for decision in decisions:
            kinds = ", ".join(measure.kind for measure in decision.said.measures) or "-"
            lapsed = [one.kind for one in decision.said.measures if has_lapsed(case, decision, one, table)]
            new = order.reports and not _told(order, decision.entry, decision.at)
            lines.append(
                f"  {'新' if new else ''}决定 {decision.said.number}：{kinds}（{decision.said.provision}） / "
                f"{'new: ' if new else ''}decision {decision.said.number}: {kinds} "
                f"({decision.said.provision}), entry {decision.entry.hex()}"
            )
            if lapsed:
                named = ", ".join(lapsed)
                lines.append(f"    未经确认，已失效：{named} / confirmed by nobody, and lapsed: {named}")
            if result := case.result_of(decision):
                lines.append(f"    申诉结果：{result} / after an appeal: {result}")
            if over := ", ".join(_ended(case, decision, table)):
                lines.append(f"    已解除：{over} / lifted, or about to be: {over}")
        if not decisions:
            lines.append("  未作决定 / no decision")
        if gone := ", ".join(_gone(order, case)):
            lines.append(f"  平台上已不存在：{gone} / not there any more: {gone}")
    return "\n".join(lines)


def _ended(case: Case, decision: Decision, table: Table) -> list[str]:
    """Return what of a decision was carried out, and has ended otherwise than by its own time."""
    ended = []
    for one in case.carryings:
        said = one.said
        if said.decision == decision.said.number and said.direction is Direction.APPLY and one.was_done:
            measure = decision.planned(said.measure)
            if end_of(case, decision, measure, said.target, table) is not None:
                on = decision.target(case.subject, said.target).post
                ended.append(f"{measure.kind} ({on})" if on else str(measure.kind))
    return ended


def _gone(order: Order, case: Case) -> list[str]:
    """Return what the host had no more of what an order is about, when it was passed on, or asked last."""
    on = case.order(order.number)
    gone = dict.fromkeys(on.gone, True) if on else dict[str, bool]()
    whole = str(case.subject)
    under = {decision.said.number: decision for decision in _under(order, case)}
    for one in case.carryings:
        decision = under.get(one.said.decision)
        if decision and one.effects:
            gone[decision.target(case.subject, one.said.target).post or whole] = one.gone
    return [what for what, is_gone in gone.items() if is_gone]
