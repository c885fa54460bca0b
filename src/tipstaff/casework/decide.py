"""What comes of a command: events, or a refusal. Pure: it looks at the case and at the request alone.

Who may sign what, and what must be confirmed, is read from the table of registration rules that the ledger
itself interprets, so that the two cannot disagree.
"""

from __future__ import annotations

from tipstaff.casework import commands
from tipstaff.casework.case import APPEAL_WITHIN, Case, Decision, Proposal
from tipstaff.casework.commands import Actor, Decide, Request
from tipstaff.casework.deciding import check_machine, check_proposable, confirmation_due, decided
from tipstaff.casework.errors import CaseError, may_sign
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Claimed,
    Complained,
    Confirmed,
    Escalated,
    Heard,
    Noted,
    OpinionAsked,
    OpinionGiven,
    Proposed,
    Released,
    Result,
    Ruled,
    TakenBack,
)
from tipstaff.casework.lapses import decided_since, objected_until
from tipstaff.casework.words import Signed
from tipstaff.ledger.table import Table


def decide(case: Case, request: Request) -> tuple[AnyEvent, ...]:
    """Return what a command brings about. Raises `CaseError`, which says what stands against it."""
    if case.erasing:
        raise CaseError(f"the texts of case {case.number} are being erased: ask again in a moment")
    match request.command:
        case commands.Complain() as complain:
            return (_complained(case, complain, request.actor),)
        case commands.Hear(text):
            return (_heard(case, request, text),)
        case commands.TakeBack(number) | commands.Confirm(number):
            return (_about(_find(case, number), case, request),)
        case commands.ConfirmResult(number):
            return (_confirmed_result(_find(case, number), case, request),)
        case commands.Appeal(number) | commands.Rule(number):
            return (_appeal(_find(case, number), case, request),)
        case _:
            may_sign(request.table, "decision", request.actor)
            check_machine(request.command, request.actor)
            return (_review(case, request),)


def _review(case: Case, request: Request) -> AnyEvent:
    """Return what comes of a command of whoever may decide."""
    command, actor = request.command, request.actor
    match command:
        case commands.Claim(until):
            _check_claim(case, request)
            if until <= request.at:
                raise CaseError("a claim ends after it has begun")
            return Claimed(until)
        case commands.Release():
            if case.claim is None or case.claim.by != actor.name:
                raise CaseError(f"{actor.name} has not claimed case {case.number}")
            return Released()
        case commands.Note(text):
            return Noted(text)
        case commands.Escalate(text):
            _check_claim(case, request)
            return Escalated(text)
        case commands.AskOpinion(of, text):
            if of == actor.name:
                raise CaseError(f"{actor.name} asks another person, not oneself")
            return OpinionAsked(of, text)
        case commands.GiveOpinion(text):
            if all(note.asked != actor.name for note in case.notes):
                raise CaseError(
                    f"nobody has asked {actor.name} about case {case.number}: leave a note instead"
                )
            return OpinionGiven(text)
        case commands.Answer():
            return _answered(case, command, actor)
        case commands.Propose():
            return _proposed(case, request, command)
        case Decide():
            _check_claim(case, request)
            _check_own(case, actor)
            return decided(case, request, command)
        case other:
            raise TypeError(f"{other!r} is not for whoever may decide")


def _about(decision: Decision, case: Case, request: Request) -> AnyEvent:
    """Return what comes of taking a decision back, or of confirming it."""
    actor, number = request.actor, decision.said.number
    if isinstance(request.command, commands.Confirm):
        may_sign(request.table, "confirmation", actor)
        may_sign(request.table, "decision", actor)
        _check_own(case, actor)
        _check_confirmer(case, decision, request)
        return Confirmed(number)
    check_machine(request.command, actor)
    if actor.name != decision.by:
        raise CaseError(f"decision {number} is {decision.by}'s: only who signed it takes it back")
    if decision.entry in case.logged or request.at >= decision.said.due:
        raise CaseError(f"decision {number} is on the ledger, or about to be: it stands until an appeal")
    return TakenBack(number)


def _confirmed_result(decision: Decision, case: Case, request: Request) -> Confirmed:
    """Return the confirmation of a result that needs one, by whoever had no part in it or the decision."""
    actor, appeal, number = request.actor, decision.appeal, decision.said.number
    may_sign(request.table, "confirmation", actor)
    may_sign(request.table, "result", actor)
    if appeal is None or appeal.result is None:
        raise CaseError(f"there is no result of an appeal against decision {number} to confirm")
    if not appeal.second_person:
        raise CaseError(f"the result of the appeal against decision {number} needs no second person")
    _check_parts(decision, actor)
    _check_judge(case, decision, actor)
    _check_own(case, actor)
    if appeal.confirmations:
        by = appeal.confirmations[0].by
        raise CaseError(f"{by} has confirmed the result of the appeal against decision {number} already")
    return Confirmed(number, Signed.RESULT)


def _appeal(decision: Decision, case: Case, request: Request) -> AnyEvent:
    """Return what comes of objecting to a decision, or of judging that."""
    actor, number = request.actor, decision.said.number
    if isinstance(request.command, commands.Appeal):
        may_sign(request.table, "appeal", actor)
        _, until = appealable(case, number, request.table)
        if decision.appeal:
            raise CaseError(f"decision {number} has been appealed against already")
        if request.at >= until:
            raise CaseError(_too_late(decision, until))
        return Appealed(number, request.command.text, request.command.attachment)
    command = request.command
    if not isinstance(command, commands.Rule):
        raise TypeError(f"{command!r} is not about an appeal")
    may_sign(request.table, "result", actor)
    if decision.appeal is None:
        raise CaseError(f"there is no appeal against decision {number}")
    if decision.appeal.result:
        raise CaseError(f"the appeal against decision {number} was {decision.appeal.result} already")
    if actor.name in decision.persons:
        raise CaseError(f"{actor.name} had a part in decision {number}: another person judges it")
    _check_judge(case, decision, actor)
    _check_own(case, actor)
    return Ruled(number, command.result, command.answer, _needs_another(decision, request, command.result))


def _needs_another(decision: Decision, request: Request, result: Result) -> bool:
    """Say whether a result undoes something that a second person must undo as well.

    The policy of the decision says what that is. Where it rests on an order alone, it is what a second person
    had to confirm. What one has not confirmed yet was never done, and never will be.
    """
    for measure in decision.said.measures:
        due = confirmation_due(request.table, measure)
        named = due if decision.said.policy is None else measure.kind in request.second_person
        if named and (decision.confirmations or not due):
            return result is not Result.UPHELD
    return False


def _complained(case: Case, command: commands.Complain, actor: Actor) -> Complained:
    """Return the complaint, unless its author waits for the answer to the same one already."""
    for one in case.complaints:
        if one.by == actor.name and one.said.post == command.post and one.answered is None:
            raise CaseError(f"you have complained of this already: complaint {one.said.number} is looked at")
    number = max((one.said.number for one in case.complaints), default=0) + 1
    return Complained(
        number, command.reason, command.post, command.text, command.snapshot, command.followers,
        command.language,
    )  # fmt: skip


def _heard(case: Case, request: Request, text: bytes) -> Heard:
    """Return the answer of the subject to what is proposed, in the time that it was given."""
    proposal = answerable(case)
    if proposal.heard is not None:
        raise CaseError(f"the proposal in case {case.number} was answered already")
    if proposal.said.until <= request.at:
        raise CaseError(f"the time to answer the proposal in case {case.number} is over: appeal instead")
    return Heard(text)


def answerable(case: Case) -> Proposal:
    """Return the proposal that the subject may answer, were there time. Raises `CaseError`."""
    if case.proposal is None:
        raise CaseError(f"nothing is proposed in case {case.number}: there is nothing to answer")
    return case.proposal


def appealable(case: Case, number: int, table: Table) -> tuple[Decision, int]:
    """Return a decision to which the subject may object, were there time, and until when there is.

    Raises `CaseError`.
    """
    decision = _find(case, number)
    if decision.entry not in case.logged:
        raise CaseError(f"decision {number} is not in effect yet: there is nothing to appeal against")
    if not decision.said.measures:
        raise CaseError(f"decision {number} orders nothing: there is nothing to appeal against")
    until = objected_until(case, decision, table)
    if until is None:
        raise CaseError(
            f"decision {number} has lapsed, for nobody had confirmed it, and nothing of it was done: there "
            "is nothing to appeal against"
        )
    return decision, until


def _too_late(decision: Decision, until: int) -> str:
    """Say that an appeal comes too late."""
    if until < decision.at + APPEAL_WITHIN:
        return (
            f"the time of what decision {decision.said.number} orders is over, and nobody had confirmed it: "
            "there is nothing to appeal against"
        )
    days = APPEAL_WITHIN // 86_400
    return f"decision {decision.said.number} could be appealed against for {days} days: that time is over"


def _answered(case: Case, command: commands.Answer, actor: Actor) -> Answered:
    """Return the answer to a complaint that has none."""
    complaint = case.complaint(command.complaint)
    if complaint is None:
        raise CaseError(f"case {case.number} has no complaint {command.complaint}")
    if complaint.answered:
        raise CaseError(f"complaint {command.complaint} was {complaint.answered.outcome} already")
    _check_own(case, actor)
    return Answered(command.complaint, command.outcome, command.text)


def _proposed(case: Case, request: Request, command: commands.Propose) -> Proposed:
    """Return a proposal that the subject can answer."""
    _check_claim(case, request)
    _check_own(case, request.actor)
    if command.until <= request.at:
        raise CaseError("a hearing ends after it has begun: give the subject time to answer")
    check_proposable(case, command.measures)
    return Proposed(command.provision, command.measures, command.until, command.text)


def _check_claim(case: Case, request: Request) -> None:
    """Refuse who would work on a case that somebody else works on. Machines wait for nobody."""
    claim, actor = case.claim, request.actor
    if claim and claim.by != actor.name and claim.until > request.at and actor.role != "machine":
        raise CaseError(f"{claim.by} works on case {case.number} for another {claim.until - request.at} s")


def _check_own(case: Case, actor: Actor) -> None:
    """Refuse who would decide on a complaint of their own."""
    if any(complaint.by == actor.name for complaint in case.complaints):
        raise CaseError(f"{actor.name} has complained in case {case.number}: another person decides it")


def _check_confirmer(case: Case, decision: Decision, request: Request) -> None:
    """Refuse whoever had a part in a decision or its appeal, and where there is nothing to confirm.

    Whoever did would be missing where an appeal is judged, or its result confirmed, for nothing.
    """
    number = decision.said.number
    if decision.entry in case.refused:
        raise CaseError(f"the ledger has refused decision {number}: decide anew")
    if decision.appeal and decision.overruled:
        raise CaseError(
            f"decision {number} was {decision.appeal.result} after an appeal: nothing of it begins any more"
        )
    due = [measure for measure in decision.said.measures if confirmation_due(request.table, measure)]
    if not due:
        raise CaseError(f"decision {number} needs no second person: nothing of it waits for one")
    if later := decided_since(case, decision, request.table):
        raise CaseError(
            f"decision {number} has lapsed: nobody had confirmed it when {later[0].by} took decision "
            f"{later[0].said.number}. Decide anew what is still to be done (`tipstaff case decide`)"
        )
    if decision.confirmations:
        raise CaseError(f"{decision.confirmations[0].by} has confirmed decision {number} already")
    _check_parts(decision, request.actor)
    if all(measure.until is not None and measure.until <= request.at for measure in due):
        raise CaseError(
            f"the time of what decision {number} orders is over, and nobody had confirmed it: nothing of it "
            "begins any more. Decide anew what is still to be done (`tipstaff case decide`)"
        )


def _check_parts(decision: Decision, actor: Actor) -> None:
    """Refuse whoever had a part in a decision, or in what an appeal against it has come to."""
    number = decision.said.number
    if actor.name in decision.persons:
        raise CaseError(f"{actor.name} signed or confirmed decision {number}: another person must")
    if actor.name in decision.judges:
        raise CaseError(
            f"{actor.name} judged the appeal against decision {number}, or confirmed the result: another "
            "person must"
        )


def _check_judge(case: Case, decision: Decision, actor: Actor) -> None:
    """Refuse whoever has judged the appeal that a decision comes of: they have no part in the next one."""
    before = case.replaced_by(decision)
    if before and before.appeal and before.appeal.judged_by == actor.name:
        number = decision.said.number
        raise CaseError(f"{actor.name} has judged the appeal that decision {number} comes of: another must")


def _find(case: Case, number: int) -> Decision:
    """Return a decision of the case."""
    decision = case.decision(number)
    if decision is None:
        raise CaseError(f"case {case.number} has no decision {number}")
    return decision
