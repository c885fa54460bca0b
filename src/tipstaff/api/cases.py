"""Cases: listed, looked at, worked on and decided."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import Controller, Response, get
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from tipstaff.actions.access.front import Front
from tipstaff.actions.deciding import Wanted, WantedProposal
from tipstaff.actions.views import (
    CasePage,
    CaseView,
    OutlookView,
    line_of,
    may_have_faded,
    outlook_of,
    view_of,
)
from tipstaff.api.commands import command
from tipstaff.api.parameters import GREATEST, After, Asking, IfMatch, IfNoneMatch, Most, Said
from tipstaff.casework.case import Case
from tipstaff.casework.commands import (
    AskOpinion,
    Claim,
    Confirm,
    ConfirmResult,
    Escalate,
    GiveOpinion,
    Note,
    Release,
    TakeBack,
)
from tipstaff.casework.events import Outcome, Result
from tipstaff.casework.words import TARGET_PATTERN, target_of
from tipstaff.server.conditions import ANY, UNSEEN, VERSIONED, etag, has_already, version_asked
from tipstaff.server.problems import ASKING, CHANGING
from tipstaff.server.unchanged import unchanged

_MINUTE: Final = 60

Number = Annotated[int, PathParameter(ge=1, le=GREATEST, description="the number of the case")]
DecisionNumber = Annotated[
    int, PathParameter(ge=1, le=GREATEST, description="the number of a decision of it")
]

ComplaintNumber = Annotated[
    int, PathParameter(ge=1, le=GREATEST, description="the number of a complaint in it")
]
Posts = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...],
    QueryParameter(name="post", max_items=200, description="on this post of the subject; repeat it"),
]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody says."""

    text: Said


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes of an appeal, and what the subject is told."""

    result: Result
    answer: Said


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What another person is asked about a case, `of` whom."""

    of: Annotated[str, Meta(min_length=1, max_length=64, examples=["bob"])]
    text: Said


class ComplaintAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a complaint; it follows from that in which words its author is told."""

    outcome: Annotated[Outcome, Meta(examples=["dismissed"])]


class CaseController(Controller):
    """Cases."""

    path = "/v1/cases"
    tags = ("cases",)
    opt = {VERSIONED: True}  # noqa: RUF012  as Litestar has it

    @get(sync_to_thread=True, operation_id="listCases", responses=ASKING)
    def list_cases(
        self,
        front: Asking,
        most: Most = 50,
        after: After = None,
        *,
        waiting: Annotated[
            bool, QueryParameter(description="those alone that wait for a second person")
        ] = False,
        pending: Annotated[
            bool, QueryParameter(description="those alone in which somebody has to decide or to judge")
        ] = False,
        about: Annotated[
            str | None,
            QueryParameter(
                description="whose case alone is listed: HOST/account/NAME, or a post of it",
                schema_extra={"pattern": TARGET_PATTERN},  # who errs is told in words
            ),
        ] = None,
    ) -> CasePage:
        """List cases by their rank: those that were escalated, then the most urgent."""
        subject = None if about is None else target_of(about).subject
        found = front.cases(most, after, waiting=waiting, pending=pending, about=subject)
        now = front.desk.clock()
        lines = [line_of(one, now) for one in found.lines]
        return CasePage(lines, lines[-1].number if found.more else None)

    @get("/{number:int}", sync_to_thread=True, operation_id="readCase", responses=ASKING)
    def read_case(
        self, front: Asking, number: Number, if_none_match: IfNoneMatch = UNSEEN
    ) -> Response[CaseView]:
        """Read a case in full, or that it is as it was. Its ETag is for `If-Match` and `If-None-Match`."""
        case = front.case(number)
        if has_already(if_none_match, etag(case.version)) and not may_have_faded(front.desk, case):
            return unchanged({"ETag": etag(case.version)})
        return _shown(front, case)

    @get("/{number:int}/preview", sync_to_thread=True, operation_id="previewDecision", responses=CHANGING)
    def preview(self, front: Asking, number: Number, posts: Posts = ()) -> OutlookView:
        """Read what measures would hit, on some posts or on the whole subject; strikes, and what is next."""
        return outlook_of(front.outlook(number, posts))

    @command("/{number:int}/claim", operation_id="claimCase")
    def claim(self, front: Asking, number: Number, if_match: IfMatch = ANY) -> Response[CaseView]:
        """Work on a case alone, for as long as the settings say."""
        until = front.desk.clock() + front.desk.settings.claim_minutes * _MINUTE
        return _shown(front, front.ask(number, Claim(until), version_asked(if_match)))

    @command("/{number:int}/release", operation_id="releaseCase")
    def release(self, front: Asking, number: Number, if_match: IfMatch = ANY) -> Response[CaseView]:
        """Let others work on a case again."""
        return _shown(front, front.ask(number, Release(), version_asked(if_match)))

    @command("/{number:int}/notes", operation_id="noteOnCase")
    def note(
        self, front: Asking, number: Number, data: JSONBody[Text], if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Leave a note for the others; the subject does not see it."""
        kept = front.say(number, "note", data.text)
        return _shown(front, front.ask(number, Note(kept), version_asked(if_match)))

    @command("/{number:int}/escalation", operation_id="escalateCase")
    def escalate(
        self, front: Asking, number: Number, data: JSONBody[Text], if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Hand a case on, before the others, and say why."""
        kept = front.say(number, "note", data.text)
        return _shown(front, front.ask(number, Escalate(kept), version_asked(if_match)))

    @command("/{number:int}/questions", operation_id="askOpinion")
    def ask_opinion(
        self, front: Asking, number: Number, data: JSONBody[Question], if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Ask another person what they think of a case."""
        kept = front.say(number, "note", data.text)
        return _shown(front, front.ask(number, AskOpinion(data.of, kept), version_asked(if_match)))

    @command("/{number:int}/opinions", operation_id="giveOpinion")
    def give_opinion(
        self, front: Asking, number: Number, data: JSONBody[Text], if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Say what one thinks of a case, after one was asked."""
        kept = front.say(number, "note", data.text)
        return _shown(front, front.ask(number, GiveOpinion(kept), version_asked(if_match)))

    @command("/{number:int}/complaints/{complaint:int}/answer", operation_id="answerComplaint")
    def answer(
        self,
        front: Asking,
        number: Number,
        complaint: ComplaintNumber,
        data: JSONBody[ComplaintAnswer],
        if_match: IfMatch = ANY,
    ) -> Response[CaseView]:
        """Tell a complainant what came of a complaint, where no decision does."""
        return _shown(front, front.answer(number, complaint, data.outcome, version_asked(if_match)))

    @command("/{number:int}/proposals", operation_id="proposeDecision")
    def propose(
        self, front: Asking, number: Number, data: JSONBody[WantedProposal], if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Propose a decision: the subject is told, and has time to answer."""
        return _shown(front, front.propose(number, data, version_asked(if_match)))

    @command("/{number:int}/decisions", operation_id="decideCase")
    def decide(
        self, front: Asking, number: Number, data: JSONBody[Wanted], if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Decide a case: order measures, with a provision and reasons; without measures, dismiss it."""
        return _shown(front, front.decide(number, data, version_asked(if_match)))

    @command("/{number:int}/decisions/{decision:int}/confirmation", operation_id="confirmDecision")
    def confirm(
        self, front: Asking, number: Number, decision: DecisionNumber, if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Confirm somebody else's decision."""
        return _shown(front, front.ask(number, Confirm(decision), version_asked(if_match)))

    @command("/{number:int}/decisions/{decision:int}/withdrawal", operation_id="takeDecisionBack")
    def take_back(
        self, front: Asking, number: Number, decision: DecisionNumber, if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Take one's own decision back, before it is on the ledger."""
        return _shown(front, front.ask(number, TakeBack(decision), version_asked(if_match)))

    @command("/{number:int}/decisions/{decision:int}/result", operation_id="judgeAppeal")
    def judge(
        self,
        front: Asking,
        number: Number,
        decision: DecisionNumber,
        data: JSONBody[Judgement],
        if_match: IfMatch = ANY,
    ) -> Response[CaseView]:
        """Judge the appeal against a decision."""
        version = version_asked(if_match)
        return _shown(front, front.judge(number, decision, data.result, data.answer, version))

    @command("/{number:int}/decisions/{decision:int}/result/confirmation", operation_id="confirmResult")
    def confirm_result(
        self, front: Asking, number: Number, decision: DecisionNumber, if_match: IfMatch = ANY
    ) -> Response[CaseView]:
        """Confirm what somebody else has judged of an appeal, where two undo a decision."""
        return _shown(front, front.ask(number, ConfirmResult(decision), version_asked(if_match)))


def _shown(front: Front, case: Case) -> Response[CaseView]:
    """Return a case in full, with its ETag."""
    return Response(view_of(front.desk, case), headers={"ETag": etag(case.version)})
