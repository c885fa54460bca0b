"""What comes of a command: events, or a refusal. Pure: it looks at the case and at the request alone.

Who may sign what, and what must be confirmed, is read from the table of registration rules that the ledger
itself interprets, so that the two cannot disagree.
"""

from __future__ import annotations

from tipstaff.base.errors import InputError
from tipstaff.casework import commands
from tipstaff.casework.case import Case, Decision
from tipstaff.casework.commands import Actor, Asked, Decide, Request
from tipstaff.casework.events import (
    AnyEvent,
    Appealed,
    Claimed,
    Confirmed,
    Decided,
    Noted,
    Planned,
    Released,
    Ruled,
    TakenBack,
)
from tipstaff.casework.words import MeasureKind, SubjectKind
from tipstaff.ledger.claims import holds
from tipstaff.ledger.table import Table

WHOLE = (MeasureKind.CLOSE_ACCOUNT, MeasureKind.SUSPEND_APP, MeasureKind.BLOCK_LINKS,
         MeasureKind.RESTRICT_POSTING, MeasureKind.SUSPEND_UPDATES)  # fmt: skip
"""Measures that are taken on a whole subject, never on a post."""

_ABOUT = {
    MeasureKind.SUSPEND_APP: SubjectKind.APP,
    MeasureKind.BLOCK_LINKS: SubjectKind.SITE,
}
"""The kinds of subject that some measures are for; all others are for accounts."""

_ARTICLES = {SubjectKind.ACCOUNT: "an", SubjectKind.APP: "an", SubjectKind.SITE: "a"}


class CaseError(InputError):
    """What is asked of a case cannot be done as things stand, or not by this person."""


def decide(case: Case, request: Request) -> tuple[AnyEvent, ...]:
    """Return what a command brings about. Raises `CaseError`, which says what stands against it."""
    command, actor = request.command, request.actor
    match command:
        case commands.Claim(until):
            _may_sign(request.table, "decision", actor)
            _check_claim(case, request)
            if until <= request.at:
                raise CaseError("a claim ends after it has begun")
            return (Claimed(until),)
        case commands.Release():
            if case.claim is None or case.claim.by != actor.name:
                raise CaseError(f"{actor.name} has not claimed case {case.number}")
            return (Released(),)
        case commands.Note(text):
            _may_sign(request.table, "decision", actor)
            return (Noted(text),)
        case Decide():
            _may_sign(request.table, "decision", actor)
            _check_claim(case, request)
            return (_decided(case, request, command),)
        case _:
            return _decide_about(_find(case, command.decision), case, request)


def _decide_about(decision: Decision, case: Case, request: Request) -> tuple[AnyEvent, ...]:
    """Return what a command about a decision brings about."""
    actor, number = request.actor, decision.said.number
    match request.command:
        case commands.TakeBack():
            if actor.name != decision.by:
                raise CaseError(f"decision {number} is {decision.by}'s: only who signed it takes it back")
            if decision.entry in case.logged or request.at >= decision.said.due:
                raise CaseError(
                    f"decision {number} is on the ledger, or about to be: it stands until an appeal"
                )
            return (TakenBack(number),)
        case commands.Confirm():
            _may_sign(request.table, "confirmation", actor)
            _check_confirmer(decision, actor)
            return (Confirmed(number),)
        case commands.Appeal(_, text):
            if decision.entry not in case.logged:
                raise CaseError(f"decision {number} is not in effect yet: there is nothing to appeal against")
            if decision.appeal:
                raise CaseError(f"decision {number} has been appealed against already")
            return (Appealed(number, text),)
        case commands.Rule(_, result, answer):
            _may_sign(request.table, "result", actor)
            if decision.appeal is None:
                raise CaseError(f"there is no appeal against decision {number}")
            if decision.appeal.result:
                raise CaseError(f"the appeal against decision {number} was {decision.appeal.result} already")
            if actor.name in decision.persons:
                raise CaseError(f"{actor.name} had a part in decision {number}: another person judges it")
            return (Ruled(number, result, answer),)
        case other:
            raise TypeError(f"{other!r} is not about a decision")


def _check_claim(case: Case, request: Request) -> None:
    """Refuse who would work on a case that somebody else works on."""
    claim = case.claim
    if claim and claim.by != request.actor.name and claim.until > request.at:
        raise CaseError(f"{claim.by} works on case {case.number} for another {claim.until - request.at} s")


def confirmation_due(table: Table, planned: Planned) -> bool:
    """Say whether a measure waits for a second person: whether the table has one confirmed first."""
    target = 0 if 0 in planned.targets else 1
    claims = {"kind": planned.kind.value, "target": target}
    return any(
        rule.cited == "decision" and holds(rule.when, claims) for rule in table.kinds["measure"].confirmed
    )


def _decided(case: Case, request: Request, command: Decide) -> Decided:
    """Return the decision, once everything it orders can be done to this subject."""
    if not command.measures:
        raise CaseError("a decision orders one measure at least")
    posts: dict[str, int] = {}
    measures = []
    for number, asked in enumerate(command.measures, start=1):
        _check_asked(case, asked)
        if asked.until is not None and asked.until <= request.at:
            raise CaseError(f"{asked.kind} would end before it has begun")
        numbers = [posts.setdefault(post, len(posts) + 1) for post in asked.posts]
        targets = tuple(dict.fromkeys(numbers)) or (0,)
        measures.append(Planned(number, asked.kind, asked.territory, targets, asked.until))
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
    )


def _check_asked(case: Case, asked: Asked) -> None:
    """Refuse a measure that is not for this kind of subject, or on posts that are no items of the case."""
    about = _ABOUT.get(asked.kind, SubjectKind.ACCOUNT)
    if case.subject.kind is not about:
        raise CaseError(f"{asked.kind} is for {_ARTICLES[about]} {about}, and {case.subject} is none")
    if asked.kind in WHOLE and asked.posts:
        raise CaseError(f"{asked.kind} is taken on the whole {about}, not on posts")
    if unknown := [post for post in asked.posts if post not in case.posts]:
        raise CaseError(f"{', '.join(unknown)}: no items of case {case.number}")


def _check_confirmer(decision: Decision, actor: Actor) -> None:
    """Refuse whoever had a part in a decision, or in the appeal against it."""
    number = decision.said.number
    if actor.name in decision.persons:
        raise CaseError(f"{actor.name} signed or confirmed decision {number}: another person must")
    if decision.appeal and actor.name == decision.appeal.judged_by:
        raise CaseError(f"{actor.name} has judged the appeal against decision {number}: another person must")


def _find(case: Case, number: int) -> Decision:
    """Return a decision of the case."""
    decision = case.decision(number)
    if decision is None:
        raise CaseError(f"case {case.number} has no decision {number}")
    return decision


def _may_sign(table: Table, kind: str, actor: Actor) -> None:
    """Refuse an actor whose role may not sign statements of a kind."""
    allowed = table.kinds[kind].signed_by
    if actor.role not in allowed:
        raise CaseError(f"a {actor.role} may not sign a {kind}: that is for a {' or '.join(allowed)}")
