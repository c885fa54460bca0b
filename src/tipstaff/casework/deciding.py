"""What a decision may order: the right measures for the subject, after a hearing where one is due. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tipstaff.base.times import EARLIEST, LATEST, told_time
from tipstaff.casework.case import MACHINE, Case, Decision
from tipstaff.casework.commands import Actor, Asked, Decide, Request
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Decided, Hearing, Result, Waiver
from tipstaff.casework.tells import ACCOUNT
from tipstaff.casework.words import MeasureKind, Planned, SubjectKind
from tipstaff.ledger.claims import holds
from tipstaff.ledger.table import Table

WHOLE: Final = (MeasureKind.CLOSE_ACCOUNT, MeasureKind.SUSPEND_APP, MeasureKind.BLOCK_LINKS,
                MeasureKind.RESTRICT_POSTING, MeasureKind.SUSPEND_UPDATES)  # fmt: skip
"""Measures that are taken on a whole subject, never on a post."""

IRREVERSIBLE: Final = (MeasureKind.CLOSE_ACCOUNT,)
"""Measures before which the subject is heard, unless an order or grave harm forbids it."""

LONGEST_HOLD: Final = 72 * 3600
"""Seconds for which a machine may hold content at the most, before it has been reviewed."""

_ABOUT: Final = {
    MeasureKind.SUSPEND_APP: SubjectKind.APP,
    MeasureKind.BLOCK_LINKS: SubjectKind.SITE,
}
"""The kinds of subject that some measures are for; all others are for accounts."""

_SOME: Final = 10
"""How many items of a case are named to who names one that it has not."""

_ARTICLES: Final = {SubjectKind.ACCOUNT: "an", SubjectKind.APP: "an", SubjectKind.SITE: "a"}


def confirmation_due(table: Table, planned: Planned) -> bool:
    """Say whether a measure waits for a second person: whether the table has one confirmed first."""
    target = 0 if 0 in planned.targets else 1
    claims = {"kind": planned.kind.value, "target": target}
    return any(
        rule.cited == "decision" and holds(rule.when, claims) for rule in table.kinds["measure"].confirmed
    )


def decided(case: Case, request: Request, command: Decide) -> Decided:
    """Return the decision, once everything it orders can be done to this subject. Raises `CaseError`."""
    posts: dict[str, int] = {}
    measures = []
    for number, asked in enumerate(command.measures, start=1):
        _check_asked(case, asked, request.at + command.delay)
        if request.actor.role == "machine":
            _check_hold(asked, request.at)
        numbers = [posts.setdefault(post, len(posts) + 1) for post in asked.posts]
        targets = tuple(dict.fromkeys(numbers)) or (0,)
        measures.append(Planned(number, asked.kind, asked.territory, targets, asked.until, asked.start))
    _check_hearing(case, command, request.at)
    taken = [decision.said.number for decision in case.decisions]
    return Decided(
        number=max(taken, default=0) + 1,
        provision=command.provision,
        policy=command.policy,
        policy_digest=command.policy_digest,
        measures=tuple(measures),
        posts=tuple(posts),
        hearing=command.hearing,
        reasons=command.reasons,
        due=request.at + command.delay,
        order=_order(case, command),
        result=_result(case, command),
        waived_for=command.waived_for if command.hearing is Hearing.WAIVED else None,
        evidence=command.evidence,
        skips_for=command.skips_for,
    )


def check_machine(command: object, actor: Actor) -> None:
    """Refuse what is not for machines, which all hold under one name. Raises `CaseError`."""
    if actor.role != "machine":
        return
    if actor.name != MACHINE:
        raise CaseError(f"machines hold as {MACHINE!r}, not as {actor.name!r}")
    if not isinstance(command, Decide) or not command.measures:
        raise CaseError("a machine holds content, and nothing else: this is for a person")


def check_proposable(case: Case, kinds: Iterable[MeasureKind]) -> None:
    """Refuse measures that are not for this kind of subject. Raises `CaseError`."""
    for kind in kinds:
        about = _ABOUT.get(kind, SubjectKind.ACCOUNT)
        if case.subject.kind is not about:
            raise CaseError(f"{kind} is for {_ARTICLES[about]} {about}, and {case.subject} is none")


def check_items(case: Case, posts: Iterable[str]) -> None:
    """Refuse posts that are no items of a case, and say which are. Raises `CaseError`."""
    if unknown := [post for post in posts if post not in case.posts]:
        items = ", ".join([*case.posts[:_SOME], *(["…"] if len(case.posts) > _SOME else [])]) or "none"
        raise CaseError(f"{', '.join(unknown)}: no items of case {case.number}, which has {items}")


def check_time(time: int | None) -> None:
    """Refuse a time that nobody can be told as a date. Raises `CaseError`."""
    if time is not None and not EARLIEST <= time <= LATEST:
        raise CaseError(f"no date has the time {time}: it lies between the years 1970 and 9999")


def _check_asked(case: Case, asked: Asked, now: int) -> None:
    """Refuse a measure that is not for this kind of subject, or on posts that are no items of the case."""
    check_proposable(case, (asked.kind,))
    if asked.kind in WHOLE and asked.posts:
        raise CaseError(f"{asked.kind} is taken on the whole {case.subject.kind}, not on posts")
    check_items(case, asked.posts)
    for time in (asked.start, asked.until):
        check_time(time)
    if asked.until is not None and asked.until <= max(now, asked.start or 0):
        raise CaseError(f"{asked.kind} would end before it has begun")


def _check_hold(asked: Asked, now: int) -> None:
    """Refuse what a machine may not do: it holds content for a while, until it has been reviewed."""
    if asked.kind is not MeasureKind.HOLD_CONTENT:
        raise CaseError(f"a machine holds content, and nothing else: {asked.kind} is for a person")
    if asked.until is None or asked.until > now + LONGEST_HOLD:
        raise CaseError(f"a machine holds content for {LONGEST_HOLD // 3600} hours at the most")


def _check_hearing(case: Case, command: Decide, now: int) -> None:
    """Refuse a decision before the subject was heard where that is due."""
    irreversible = [asked.kind for asked in command.measures if asked.kind in IRREVERSIBLE]
    if command.hearing is Hearing.NOT_DUE:
        _check_running(case, command, now)
    match command.hearing:
        case Hearing.NOT_DUE if irreversible:
            raise CaseError(
                f"{irreversible[0]} cannot be undone: propose it first, so that the subject can answer, or "
                "say why that is waived (`--waive-hearing` order or grave_harm)"
            )
        case Hearing.HELD:
            if case.proposal is None:
                raise CaseError(f"nothing was proposed in case {case.number}: no hearing was held")
            if not case.proposal.over(now):
                raise CaseError(
                    f"the subject has until {told_time(case.proposal.said.until)} to answer the proposal"
                )
            if case.proposal.heard is None and not _told(case, case.proposal.said.text):
                raise CaseError("the subject was not told of the proposal yet: the worker does that")
            if unheard := [kind for kind in irreversible if kind not in case.proposal.said.measures]:
                raise CaseError(f"{unheard[0]} was not proposed: the subject was not heard about it")
        case Hearing.WAIVED:
            if command.waived_for is None:
                raise CaseError("a hearing is waived for an order or for grave harm: say for which")
            if command.waived_for is Waiver.ORDER and command.order is None:
                raise CaseError("a hearing is waived for an order by a decision that carries one out")


def _check_running(case: Case, command: Decide, now: int) -> None:
    """Refuse what is proposed while the subject has time to answer that."""
    if case.proposal is None or case.proposal.over(now):
        return
    said = case.proposal.said
    if early := [asked.kind for asked in command.measures if asked.kind in said.measures]:
        raise CaseError(
            f"{early[0]} is proposed, and the subject has until {told_time(said.until)} to answer that: "
            "wait for it, or say why that is waived (`--waive-hearing` order or grave_harm)"
        )


def _told(case: Case, about: bytes) -> bool:
    """Say whether the account was told of something."""
    return any((notice.audience, notice.about) == (ACCOUNT, about) for notice in case.notices)


def _order(case: Case, command: Decide) -> bytes | None:
    """Return the entry of the order that is carried out, which must be about all that is decided."""
    if command.order is None:
        if command.policy is None:
            raise CaseError("a decision rests on a policy in force, or on an order")
        return None
    order = case.order(command.order)
    if order is None:
        raise CaseError(f"case {case.number} has no order {command.order}")
    if not order.targets:
        raise CaseError(f"order {command.order} asks for nothing of {case.subject} any more")
    for asked in command.measures if command.policy is None else ():
        for post in asked.posts or (None,):
            if not order.covers(post):
                raise CaseError(
                    f"order {command.order} is not about {post or f'the whole {case.subject.kind}'}: "
                    "a decision that goes further rests on a policy as well"
                )
        if asked.territory != order.territory:
            raise CaseError(f"order {command.order} holds in {order.territory}, not in {asked.territory}")
    return order.said.entry


def _result(case: Case, command: Decide) -> bytes | None:
    """Return the entry of the result that has varied a decision, in whose place this one stands."""
    if command.instead_of is None:
        return None
    decision = case.decision(command.instead_of)
    if decision is None:
        raise CaseError(f"case {case.number} has no decision {command.instead_of}")
    return _varied(decision)


def _varied(decision: Decision) -> bytes:
    """Return the entry of the result by which a decision was varied."""
    appeal = decision.appeal
    if appeal is None or appeal.result is not Result.VARIED or appeal.result_entry is None:
        raise CaseError(f"decision {decision.said.number} was not varied by an appeal: it stands, or is gone")
    if appeal.unconfirmed:
        raise CaseError(
            f"decision {decision.said.number} was varied, but another person confirms that first (`tipstaff "
            "appeal confirm`)"
        )
    return appeal.result_entry
