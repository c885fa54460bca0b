"""Drafts that an author checks before they are published: nothing is kept of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter
from msgspec import Meta

from tipstaff.api.parameters import Asking
from tipstaff.policy.model import Language, Outcome, Policy
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post
from tipstaff.screening.problems import Cited, Fact, cited_by, facts_of, learned_signals, problems_among
from tipstaff.server.language import language_asked
from tipstaff.server.problems import ASKING

_LONGEST = 1 << 20


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an author wants to publish. `sponsored` declares a paid promotion."""

    text: Annotated[str, Meta(max_length=_LONGEST)]
    title: Annotated[str, Meta(max_length=1000)] | None = None
    sponsored: bool = False


class DraftPassage(msgspec.Struct, frozen=True):
    """A passage: code points `start` to `end` of a field; `matched` is the normal form.

    `learned`: one of the letter groups that weighed most in a learned signal; they mean little alone.
    """

    signal: str
    field: str
    text: str
    matched: str
    start: int
    end: int
    learned: bool


class DraftProblem(msgspec.Struct, frozen=True):
    """A rule that the draft would break, or that would send it to a reviewer."""

    policy: str
    rule: str
    outcome: Outcome
    severity: int
    score: int
    title: str
    explanation: str
    provision: Cited
    passages: list[DraftPassage]
    facts: tuple[Fact, ...]


class CheckedDraft(msgspec.Struct, frozen=True):
    """What was found in a draft, the gravest first, under which policies (NAME@VERSION+DIGEST)."""

    policies: tuple[str, ...]
    problems: list[DraftProblem]


@post(
    "/v1/check",
    operation_id="checkDraft",
    tags=["posts"],
    status_code=HTTPStatus.OK,
    responses=ASKING,
)
async def check_draft(
    front: Asking,
    data: JSONBody[Draft],
    language: Annotated[
        Language | None, QueryParameter(description="in which language; else as `Accept-Language` says")
    ] = None,
    accepted: Annotated[
        str, HeaderParameter(name="Accept-Language", description="`zh` or `en`, by weight")
    ] = "",
) -> Response[CheckedDraft]:
    """Show which passages of a draft would break a provision. Nothing is kept of it."""
    spoken = language or language_asked(accepted)
    draft = Post(
        id="draft", account="author", text=data.text, title=data.title, sponsored=data.sponsored or None
    )
    looked = await front.check(draft)
    named = {policy.reference: policy for policy in looked.policies}
    problems = [_problem(named[one.policy], one, spoken) for one in problems_among(looked.findings)]
    return Response(
        CheckedDraft(tuple(named), problems),
        headers={"Content-Language": spoken.value, "Vary": "Accept-Language"},
    )


def _problem(policy: Policy, finding: Finding, language: Language) -> DraftProblem:
    """Return a finding in the words of an author."""
    rule = policy.rule(finding.rule)
    learned = learned_signals(policy)
    return DraftProblem(
        policy=finding.policy,
        rule=finding.rule,
        outcome=finding.outcome,
        severity=finding.severity,
        score=finding.score,
        title=rule.title.in_language(language),
        explanation=rule.explanation.in_language(language),
        provision=cited_by(policy, finding, language),
        passages=[
            DraftPassage(
                one.signal, one.field, one.text, one.matched, one.start, one.end, one.signal in learned
            )
            for one in finding.evidence
            if one.field is not None
            and one.start is not None
            and one.end is not None
            and one.text is not None
        ],
        facts=facts_of(policy, finding, language),
    )
