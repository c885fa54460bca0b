"""Cases on pages: a case with its evidence, and all that is done to it. The queue has a module of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from litestar import Controller, Response, get, post
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.access.files import GRAVE
from tipstaff.actions.access.front import Front
from tipstaff.casework import commands
from tipstaff.casework.events import Outcome, Result
from tipstaff.web.console.casefile import Reader
from tipstaff.web.console.caseparts import FIRST, show_part
from tipstaff.web.console.deciding import choices_of, proposal_of, rung_of, wanted_of
from tipstaff.web.console.timeline import lines_of
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import GREATEST, Asking, Number
from tipstaff.web.view import Looking

_MINUTE: Final = 60

DecisionNumber = Annotated[int, PathParameter(ge=1, le=GREATEST)]
ComplaintNumber = Annotated[int, PathParameter(ge=1, le=GREATEST)]
Posts = Annotated[int, QueryParameter(ge=1, le=GREATEST)]


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
    def read(self, view: Looking, front: Asking, number: Number, posts: Posts = FIRST) -> Response[str]:
        """Show a case in full."""
        file = front.files.read(number, posts)
        reader = Reader(front.policy, view.language, file.case)
        events = front.files.events(number)
        return view.show(
            "console/case.html",
            file=file,
            case=file.view,
            subject=file.case.subject,
            posts=reader.posts(file.view.posts),
            left=len(file.posts) - len(file.view.posts),
            provisions=reader.provisions,
            lines=lines_of(file.case, events, reader.names),
            choices=choices_of(file, reader, view.language),
            rung=rung_of(file, view.now),
            opened=front.files.has_opened(file.case),
            grave=GRAVE,
            due={one.said.number: one.said.due for one in file.case.decisions},
            decision_delay=front.desk.settings.decision_delay,
            hearing_hours=front.desk.settings.hearing_hours,
        )

    @post("/{number:int}/claim", sync_to_thread=True, operation_id="claimCaseOnPage")
    def claim(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Work on a case alone, for a while; who comes second is told who does."""
        until = front.desk.clock() + front.desk.settings.claim_minutes * _MINUTE
        front.ask(number, commands.Claim(until), None)
        return view.go(_path(number), "claimed")

    @post("/{number:int}/release", sync_to_thread=True, operation_id="releaseCaseOnPage")
    def release(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Let others work on a case again."""
        front.ask(number, commands.Release(), None)
        return view.go(_path(number), "released")

    @post("/{number:int}/notes", sync_to_thread=True, operation_id="noteOnPage")
    def note(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Leave a note, hand the case on, or ask or tell somebody for an opinion: by the button."""
        way = form.one_of("as", Said)
        kept = front.say(number, "note", form.words("text"))
        front.ask(number, _said(way, form, kept), None)
        return view.go(_path(number), way)

    @post("/{number:int}/complaints/{complaint:int}", sync_to_thread=True, operation_id="answerOnPage")
    def answer(
        self, view: Looking, front: Asking, form: Filled, number: Number, complaint: ComplaintNumber
    ) -> Response[str]:
        """Tell a complainant what came of a complaint."""
        front.answer(number, complaint, form.one_of("outcome", Outcome), _seen(front, form, number))
        return view.go(_path(number), "answered")

    @post("/{number:int}/decisions", sync_to_thread=True, operation_id="decideOnPage")
    def decide(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Decide a case, or propose that: by the button. What is grave takes that its evidence was opened."""
        version = _seen(front, form, number)
        if form.text("as") == "proposal":
            proposal = proposal_of(form)
            front.files.check_opened(number, proposal.measures)
            front.propose(number, proposal, version)
            return view.go(_path(number), "proposed")
        wanted = wanted_of(form, front, number)
        front.files.check_opened(number, wanted.measures)
        front.decide(number, wanted, version)
        return view.go(_path(number), "decided")

    @post("/{number:int}/decisions/{decision:int}", sync_to_thread=True, operation_id="answerDecisionOnPage")
    def on_decision(
        self, view: Looking, front: Asking, form: Filled, number: Number, decision: DecisionNumber
    ) -> Response[str]:
        """Confirm a decision, take it back, judge the appeal against it, or confirm that: by the button."""
        version = _seen(front, form, number)
        way = form.one_of("as", OnDecision)
        match way:
            case OnDecision.CONFIRM:
                front.ask(number, commands.Confirm(decision), version)
            case OnDecision.TAKE_BACK:
                front.ask(number, commands.TakeBack(decision), version)
            case OnDecision.CONFIRM_RESULT:
                front.ask(number, commands.ConfirmResult(decision), version)
            case OnDecision.JUDGE:
                front.judge(number, decision, form.one_of("result", Result), form.words("answer"), version)
        return view.go(_path(number), way)

    @post("/{number:int}/links", sync_to_thread=True, operation_id="issueLinkOnPage")
    def link(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Issue a link to the account holder, which is shown this once; those before it end."""
        decision = form.number("decision")
        made = front.links.issue(number, decision, revoke=True)
        origin = front.desk.settings.public_origin or str(view.request.base_url).rstrip("/")
        address = f"{origin}/links/{made.shown}"
        return show_part(
            view, number, "console/link.html", address=address, until=made.until, decision=decision
        )


def _said(way: Said, form: Form, kept: bytes) -> commands.Command:
    """Return the command that a text belongs to."""
    match way:
        case Said.NOTE:
            return commands.Note(kept)
        case Said.ESCALATION:
            return commands.Escalate(kept)
        case Said.QUESTION:
            return commands.AskOpinion(form.named("of") or "", kept)
        case Said.OPINION:
            return commands.GiveOpinion(kept)


def _seen(front: Front, form: Form, number: int) -> int | None:
    """Return the version that was looked at, unless all that has come since is bookkeeping."""
    return front.files.version_seen(number, form.number("version"))


def _path(number: int) -> str:
    """Return where a case is."""
    return f"/console/cases/{number}"
