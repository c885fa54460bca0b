"""Cases on pages: a case with its evidence, and all that is done to it. The queue has a module of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from litestar import Controller, Response, get, post
from litestar.params import PathParameter

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.deciding import Wanted, WantedProposal
from tipstaff.actions.views import view_of
from tipstaff.casework import commands
from tipstaff.casework.events import Outcome, Result, Waiver
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Language
from tipstaff.web.console.casefile import Reader
from tipstaff.web.console.deciding import ABLE, until_of
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import GREATEST, Asking, Number
from tipstaff.web.view import Looking

_MINUTE: Final = 60

DecisionNumber = Annotated[int, PathParameter(ge=1, le=GREATEST)]
ComplaintNumber = Annotated[int, PathParameter(ge=1, le=GREATEST)]
Digest = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]


class Said(StrEnum):
    """What a text is that somebody writes for the others: each has its button."""

    NOTE = "note"
    ESCALATION = "escalation"
    QUESTION = "question"
    OPINION = "opinion"


class OnDecision(StrEnum):
    """What is done with a decision: each has its button."""

    CONFIRM = "confirm"
    TAKE_BACK = "take-back"
    JUDGE = "judge"
    CONFIRM_RESULT = "confirm-result"


class CasePages(Controller):
    """Cases."""

    path = "/console/cases"

    @get("/{number:int}", sync_to_thread=True, operation_id="showCase")
    def read(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Show a case in full."""
        case = front.case(number)
        shown = view_of(front.desk, case)
        reader = Reader(front.policy, view.language)
        outlook = front.outlook(number, ())
        return view.show(
            "console/case.html",
            case=shown,
            subject=case.subject,
            posts=reader.posts(shown),
            outlook=outlook,
            able=ABLE[case.subject.kind],
            decision_delay=front.desk.settings.decision_delay,
            Permission=Permission,
        )

    @get("/{number:int}/evidence", sync_to_thread=True, operation_id="showEvidence")
    def evidence(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Show all evidence of a case. That somebody has opened it is in the trail."""
        shown = view_of(front.desk, front.case(number))
        posts = Reader(front.policy, view.language).posts(shown)
        return view.show("console/evidence.html", case=shown, posts=posts)

    @get("/{number:int}/images/{digest:str}", sync_to_thread=True, operation_id="showImage")
    def image(self, front: Asking, number: Number, digest: Digest) -> Response[bytes]:
        """Show an image of the evidence."""
        found = front.image(number, digest)
        return Response(found.content, media_type=found.media_type)

    @post("/{number:int}/claim", sync_to_thread=True, operation_id="claimCaseOnPage")
    def claim(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Work on a case alone, for a while."""
        until = front.desk.clock() + front.desk.settings.claim_minutes * _MINUTE
        front.ask(number, commands.Claim(until), form.number("version"))
        return view.go(_path(number), "claimed")

    @post("/{number:int}/release", sync_to_thread=True, operation_id="releaseCaseOnPage")
    def release(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Let others work on a case again."""
        front.ask(number, commands.Release(), form.number("version"))
        return view.go(_path(number), "released")

    @post("/{number:int}/notes", sync_to_thread=True, operation_id="noteOnPage")
    def note(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Leave a note, hand the case on, or ask or tell somebody for an opinion: by the button."""
        way = form.one_of("as", Said)
        kept = front.say(number, "note", form.text("text"))
        front.ask(number, _said(way, form, kept), form.number("version"))
        return view.go(_path(number), way)

    @post("/{number:int}/complaints/{complaint:int}", sync_to_thread=True, operation_id="answerOnPage")
    def answer(
        self, view: Looking, front: Asking, form: Filled, number: Number, complaint: ComplaintNumber
    ) -> Response[str]:
        """Tell a complainant what came of a complaint."""
        front.answer(number, complaint, form.one_of("outcome", Outcome), form.number("version"))
        return view.go(_path(number), "answered")

    @post("/{number:int}/decisions", sync_to_thread=True, operation_id="decideOnPage")
    def decide(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Decide a case, or propose that: by the button."""
        version = form.number("version")
        if form.text("as") == "proposal":
            front.propose(number, _proposal(form), version)
            return view.go(_path(number), "proposed")
        front.decide(number, _wanted(front, form), version)
        return view.go(_path(number), "decided")

    @post("/{number:int}/decisions/{decision:int}", sync_to_thread=True, operation_id="answerDecisionOnPage")
    def on_decision(
        self, view: Looking, front: Asking, form: Filled, number: Number, decision: DecisionNumber
    ) -> Response[str]:
        """Confirm a decision, take it back, judge the appeal against it, or confirm that: by the button."""
        version = form.number("version")
        way = form.one_of("as", OnDecision)
        match way:
            case OnDecision.CONFIRM:
                front.ask(number, commands.Confirm(decision), version)
            case OnDecision.TAKE_BACK:
                front.ask(number, commands.TakeBack(decision), version)
            case OnDecision.CONFIRM_RESULT:
                front.ask(number, commands.ConfirmResult(decision), version)
            case OnDecision.JUDGE:
                front.judge(number, decision, form.one_of("result", Result), form.text("answer"), version)
        return view.go(_path(number), way)


def _said(way: Said, form: Form, kept: bytes) -> commands.Command:
    """Return the command that a text belongs to."""
    match way:
        case Said.NOTE:
            return commands.Note(kept)
        case Said.ESCALATION:
            return commands.Escalate(kept)
        case Said.QUESTION:
            return commands.AskOpinion(form.text("of"), kept)
        case Said.OPINION:
            return commands.GiveOpinion(kept)


def _path(number: int) -> str:
    """Return where a case is."""
    return f"/console/cases/{number}"


def _wanted(front: Front, form: Form) -> Wanted:
    """Return what is to be decided. Raises `InputError`."""
    template = form.text("template")
    return Wanted(
        measures=form.several("measure", MeasureKind),
        posts=form.all("post"),
        provision=form.given("provision"),
        policy=form.given("policy"),
        order=form.number("order"),
        territory=form.given("territory"),
        until=until_of(form, front.desk.clock()),
        hearing_waived_for=form.one_of("waive", Waiver) if form.given("waive") else None,
        rungs_skipped_for=form.one_of("skip", Waiver) if form.given("skip") else None,
        instead_of=form.number("instead_of"),
        reasons=None if template else form.given("reasons"),
        template=Language(template) if template in set(Language) else None,
    )


def _proposal(form: Form) -> WantedProposal:
    """Return what is to be proposed. Raises `InputError`."""
    return WantedProposal(
        measures=form.several("measure", MeasureKind),
        text=form.text("reasons"),
        provision=form.given("provision"),
        policy=form.given("policy"),
        hours=form.number("hours"),
    )
