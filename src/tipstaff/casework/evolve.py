"""What each event does to a case. A case can be built anew from its events at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from tipstaff.casework.case import (
    MACHINE,
    Appeal,
    Carrying,
    Case,
    Claim,
    Complaint,
    Confirmation,
    Decision,
    Erasure,
    Note,
    Proposal,
    Stage,
)
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Claimed,
    Complained,
    Confirmed,
    Decided,
    EffectStated,
    Erased,
    ErasureBegun,
    ErasureCause,
    Escalated,
    Found,
    Heard,
    Logged,
    MeasureStated,
    Noted,
    Noticed,
    Opened,
    OpinionAsked,
    OpinionGiven,
    OrderChanged,
    Ordered,
    Proposed,
    Recorded,
    Refused,
    Released,
    Ruled,
    Suspected,
    TakenBack,
    Traced,
)
from tipstaff.casework.order_on import OrderOn
from tipstaff.casework.refusals import left_after, refusal_of
from tipstaff.casework.stages import stage_of
from tipstaff.casework.tells import AUTHORITY
from tipstaff.casework.words import Signed

_TEXTLESS = (
    Opened,
    Suspected,
    Traced,
    Claimed,
    Released,
    TakenBack,
    Confirmed,
    MeasureStated,
    EffectStated,
    ErasureBegun,
    Erased,
    Logged,
    Refused,
)
"""Events with which no text is kept."""


_DONE = (Stage.DECIDED, Stage.CLOSED)
"""Where nothing is left to decide or to judge."""


def build(number: int, events: Iterable[Recorded]) -> Case:
    """Build a case from its events, the first of which has opened it."""
    first, *rest = events
    if not isinstance(first.event, Opened):
        raise TypeError(f"case {number} begins with {type(first.event).__name__}")
    case = Case(number, first.event.subject, first.at, version=1, changed_at=first.at, since=first.at)
    for recorded in rest:
        case = evolve(case, recorded)
    return case


def evolve(case: Case, recorded: Recorded) -> Case:
    """Return the case after one more event; an escalation ends when nothing is left to decide or to judge."""
    refusals = left_after(case.refusals, recorded.event)
    case = replace(case, version=case.version + 1, changed_at=recorded.at, refusals=refusals)
    if _keeps_text(recorded.event):
        case = replace(case, texts=True, texts_at=recorded.at)
    case = _after(case, recorded)
    stage = stage_of(case)
    return replace(case, stage=stage, escalated=case.escalated and stage not in _DONE)


def _after(case: Case, recorded: Recorded) -> Case:
    """Return the case after one more event, but for what follows from all of it."""
    event, entry = recorded.event, recorded.entry or b""
    match event:
        case Opened():
            raise TypeError(f"case {case.number} is opened twice")
        case Decided():
            found = len(case.found)
            return _decided(case, Decision(entry, recorded.actor, recorded.at, event, found=found))
        case TakenBack(number):
            return _taken_back(case, number)
        case Confirmed(number, Signed.RESULT):
            return _result_confirmed(case, number, recorded)
        case Confirmed(number):
            confirmation = Confirmation(recorded.actor, entry)
            return _with(case, number, lambda old: {"confirmations": (*old.confirmations, confirmation)})
        case Appealed(number, text, attachment):
            case = replace(case, since=_since(case, recorded))
            appeal = Appeal(entry, text, attachment=attachment, at=recorded.at)
            return _with(case, number, lambda _: {"appeal": appeal})
        case Ruled(number):
            case = _with(case, number, lambda old: {"appeal": _ruled(old, recorded, event)})
            return replace(case, settled_at=recorded.at)
        case Traced(traces):
            return replace(case, traces=traces)
        case ErasureBegun():
            return replace(case, erasing=event) if event.count else replace(case, texts=False)
        case Erased():
            return _erased(case, event, recorded)
        case Found() | Suspected() | Complained() | Answered() | Ordered() | OrderChanged():
            return _come_in(case, recorded)
        case MeasureStated() | EffectStated() | Noticed() | Logged() | Refused():
            return _carry_on(case, recorded)
        case _:
            return _review(case, recorded)


def _keeps_text(event: AnyEvent) -> bool:
    """Say whether a text is kept with an event."""
    if isinstance(event, OrderChanged):
        return bool(event.snapshots)
    return not isinstance(event, _TEXTLESS)


def _erased(case: Case, event: Erased, recorded: Recorded) -> Case:
    """Return the case after texts were erased: a subject that asks for it leaves those of others."""
    cause, of = event.cause, event.complainant
    erasure = Erasure(recorded.entry or b"", recorded.at, cause, event.count, of)
    others = bool(case.complaints) or any(one.audience == AUTHORITY for one in case.notices)
    left = case.texts if of else cause is ErasureCause.REQUEST and others
    return replace(case, erasing=None, erasures=(*case.erasures, erasure), texts=left)


def _come_in(case: Case, recorded: Recorded) -> Case:
    """Return the case after something new has come before reviewers."""
    event = recorded.event
    if not isinstance(event, Answered):
        case = replace(case, undecided=True, since=_since(case, recorded))
    if isinstance(event, Found | Complained):
        case = _reaching(case, event)
    match event:
        case Found():
            return replace(case, found=(*case.found, event))
        case Suspected():
            return replace(case, suspected=(*case.suspected, event))
        case Complained():
            last = max((decision.said.number for decision in case.decisions), default=0)
            complaint = Complaint(recorded.actor, recorded.at, event, last)
            return replace(case, complaints=(*case.complaints, complaint))
        case Answered(number):
            complaints = tuple(
                replace(one, answered=event, answered_at=recorded.at) if one.said.number == number else one
                for one in case.complaints
            )
            return replace(case, complaints=complaints)
        case Ordered():
            return replace(case, orders=(*case.orders, OrderOn(event)))
        case OrderChanged(number):
            orders = tuple(
                replace(one, changes=(*one.changes, event)) if one.said.order == number else one
                for one in case.orders
            )
            return replace(case, orders=orders)
        case _:
            raise TypeError(f"{type(event).__name__} brings nothing before reviewers")


def _since(case: Case, recorded: Recorded) -> int:
    """Return since when something is to be decided: from now on, where nothing was."""
    return recorded.at if case.stage in _DONE else case.since


def _reaching(case: Case, event: Found | Complained) -> Case:
    """Return the case with what is known of whom it reaches; events of earlier times say nothing of it."""
    told = (event.language,) if event.language else ()
    followers = case.followers if event.followers is None else event.followers
    return replace(case, followers=followers, languages=tuple(dict.fromkeys((*case.languages, *told))))


def _review(case: Case, recorded: Recorded) -> Case:
    """Return the case after reviewers, or the subject, have done something that is no statement."""
    event, by = recorded.event, recorded.actor
    match event:
        case Claimed(until):
            return replace(case, claim=Claim(by, until))
        case Released():
            return replace(case, claim=None)
        case Noted(text) | OpinionGiven(text):
            return replace(case, notes=(*case.notes, Note(by, recorded.at, text)))
        case OpinionAsked(of, text):
            return replace(case, notes=(*case.notes, Note(by, recorded.at, text, of)))
        case Escalated(text):
            notes = (*case.notes, Note(by, recorded.at, text))
            undecided = case.undecided or case.stage in _DONE  # somebody must look at it again
            since = _since(case, recorded)
            return replace(case, notes=notes, escalated=True, claim=None, undecided=undecided, since=since)
        case Proposed():
            return replace(
                case, proposals=(*case.proposals, Proposal(by, event, case.version, at=recorded.at))
            )
        case Heard(text) if case.proposals:
            *before, last = case.proposals
            return replace(case, proposals=(*before, replace(last, heard=text)))
        case _:
            raise TypeError(f"{type(event).__name__} is nothing that follows in case {case.number}")


def _decided(case: Case, decision: Decision) -> Case:
    """Return the case after a decision; one of a machine leaves it with the reviewers."""
    if decision.by == MACHINE:
        return replace(case, decisions=(*case.decisions, decision))
    if _goes_on(case, decision):
        after, proposals = decision, case.proposals
    else:
        after, proposals = replace(decision, proposals=case.proposals), ()
    return replace(
        case,
        decisions=(*case.decisions, after),
        undecided=False,
        refusals=(),
        proposals=proposals,
        settled_at=decision.at,
    )


def _goes_on(case: Case, decision: Decision) -> bool:
    """Say whether a hearing goes on after a decision: it has time still, and something else was decided.

    That nothing is to be done ends it, and so does what was proposed, for which it was waived then.
    """
    proposal, said = case.proposal, decision.said
    if proposal is None or proposal.over(decision.at) or not said.measures:
        return False
    return all(measure.kind not in proposal.said.measures for measure in said.measures)


def _taken_back(case: Case, number: int) -> Case:
    """Return the case without a decision: its number is used again, by one that is later than all before."""
    left = tuple(decision for decision in case.decisions if decision.said.number != number)
    last = max((decision.said.number for decision in left), default=0)
    complaints = tuple(replace(one, since=min(one.since, last)) for one in case.complaints)
    gone = next(decision for decision in case.decisions if decision.said.number == number)
    proposals = tuple(sorted((*gone.proposals, *case.proposals), key=lambda one: one.number))
    return replace(case, decisions=left, complaints=complaints, proposals=proposals, undecided=True)


def _carry_on(case: Case, recorded: Recorded) -> Case:
    """Return the case after something came of a decision, on the ledger or on the host."""
    event, entry = recorded.event, recorded.entry or b""
    match event:
        case MeasureStated():
            return replace(case, carryings=(*case.carryings, Carrying(entry, event, at=recorded.at)))
        case EffectStated(measure):
            carryings = tuple(
                replace(one, effects=(*one.effects, event), read_at=recorded.at)
                if one.entry == measure
                else one
                for one in case.carryings
            )
            return replace(case, carryings=carryings)
        case Noticed():
            return replace(case, notices=(*case.notices, event))
        case Logged(logged, position):
            return replace(case, logged={**case.logged, logged: position})
        case Refused(refused, reason):
            refusals = (*case.refusals, refusal_of(case, refused))
            case = replace(case, refused={**case.refused, refused: reason}, refusals=refusals)
            return replace(case, decisions=tuple(_without(one, refused) for one in case.decisions))
        case _:
            raise TypeError(f"{type(event).__name__} carries nothing on")


def _without(decision: Decision, refused: bytes) -> Decision:
    """Return a decision without what the ledger has refused about it: that can be said again."""
    confirmations = tuple(one for one in decision.confirmations if one.entry != refused)
    appeal = decision.appeal
    if appeal and appeal.entry == refused:
        appeal = None
    elif appeal and appeal.result_entry == refused:
        appeal = Appeal(appeal.entry, appeal.text, attachment=appeal.attachment, at=appeal.at)
    elif appeal:
        left = tuple(one for one in appeal.confirmations if one.entry != refused)
        appeal = replace(appeal, confirmations=left)
    return replace(decision, confirmations=confirmations, appeal=appeal)


def _with(case: Case, number: int, change: Callable[[Decision], dict[str, object]]) -> Case:
    """Return the case with one decision changed."""
    return replace(
        case,
        decisions=tuple(
            replace(decision, **change(decision)) if decision.said.number == number else decision
            for decision in case.decisions
        ),
    )


def _ruled(decision: Decision, recorded: Recorded, ruled: Ruled) -> Appeal:
    """Return the appeal with its result."""
    return replace(
        _appeal(decision),
        result=ruled.result,
        result_entry=recorded.entry or b"",
        answer=ruled.answer,
        judged_by=recorded.actor,
        judged_at=recorded.at,
        second_person=ruled.second_person,
    )


def _result_confirmed(case: Case, number: int, recorded: Recorded) -> Case:
    """Return the case after a second person has confirmed the result of an appeal: now it is settled."""
    confirmation = Confirmation(recorded.actor, recorded.entry or b"")

    def confirmed(decision: Decision) -> dict[str, object]:
        appeal = _appeal(decision)
        return {"appeal": replace(appeal, confirmations=(*appeal.confirmations, confirmation))}

    return replace(_with(case, number, confirmed), settled_at=recorded.at)


def _appeal(decision: Decision) -> Appeal:
    """Return the appeal against a decision, which must be there: events follow one another."""
    if decision.appeal is None:
        raise TypeError(f"decision {decision.said.number} was ruled on without an appeal")
    return decision.appeal
