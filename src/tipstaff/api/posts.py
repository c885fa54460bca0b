"""Posts that a platform sends: screened on the way, and taken up where something is found."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import msgspec
from litestar import post
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import RawBody

from tipstaff.actions.screening.sending import Sent
from tipstaff.api.parameters import Asking
from tipstaff.casework.case import Case
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Outcome, Verdict
from tipstaff.screening.findings import Evidence, verdict
from tipstaff.screening.posts import Post
from tipstaff.server.identity import UNLIMITED
from tipstaff.server.problems import ASKING
from tipstaff.streams.bodies import read_body

_WORDS: Final = {
    "id": "its identifier at its host",
    "account": "the account that published it",
    "host": "where it was published",
    "text": "its text, as it is published",
    "title": "its title",
    "url": "its address",
    "lang": "the language it is in",
    "published_at": "when, in ISO 8601",
    "app": "the application it came through",
    "followers": "how many follow the account",
    "sponsored": "whether its author declares it a paid promotion",
}
_KINDS: Final = {"followers": OpenAPIType.INTEGER, "sponsored": OpenAPIType.BOOLEAN}
_EXAMPLE: Final = {
    "posts": [{"id": "p1", "account": "moonharbor", "host": "square", "text": "稳赚不赔，加我"}]
}


@dataclass
class PostsOperation(Operation):
    """What the schema says of the body: it is read post by post, so that one that is none stops no other."""

    def __post_init__(self) -> None:
        """Say what the body is."""
        one = Schema(
            type=OpenAPIType.OBJECT,
            description="a post; what else it has is passed over",
            required=["id", "account", "host", "text"],
            properties={
                name: Schema(type=_KINDS.get(name, OpenAPIType.STRING), description=told)
                for name, told in _WORDS.items()
            },
        )
        whole = Schema(
            type=OpenAPIType.OBJECT,
            required=["posts"],
            properties={"posts": Schema(type=OpenAPIType.ARRAY, items=one)},
            additional_properties=False,
        )
        media = OpenAPIMediaType(schema=whole, examples={"one post": Example(value=_EXAMPLE)})
        self.request_body = RequestBody(required=True, content={"application/json": media})


class FoundOnPost(msgspec.Struct, frozen=True):
    """A rule that fired. Evidence has places in code points of the field of the post; facts have none."""

    policy: str
    rule: str
    outcome: Outcome
    exempted_by: tuple[str, ...]
    provision: str
    severity: int
    score: int
    evidence: tuple[Evidence, ...]


class DecidedOnPost(msgspec.Struct, frozen=True):
    """A decision about a post: its number in the case, and what it orders; a machine, `hold_content`."""

    number: int
    measures: tuple[MeasureKind, ...]


class PostVerdict(msgspec.Struct, frozen=True):
    """What a post has come to. `index` is its place in what was sent, from 0.

    `policies` are those it was screened under, NAME@VERSION+DIGEST. `case` is the number of the case that it
    is in, and `decisions` those about it there.
    """

    index: int
    id: str
    account: str
    host: str
    policies: tuple[str, ...]
    verdict: Verdict
    findings: list[FoundOnPost]
    case: int | None
    decisions: list[DecidedOnPost]


class RefusedPost(msgspec.Struct, frozen=True):
    """What was no post that could be taken, by its place in what was sent, from 0; nothing came of it."""

    index: int
    reason: str


class Screened(msgspec.Struct, frozen=True):
    """What became of all that was sent: each is among the verdicts or the refused, in order."""

    verdicts: list[PostVerdict]
    refused: list[RefusedPost]


@post(
    "/v1/posts",
    operation_id="sendPosts",
    operation_class=PostsOperation,
    tags=["posts"],
    opt={UNLIMITED: True},  # what waits is bounded
    status_code=HTTPStatus.OK,
    responses=ASKING,
)
async def send_posts(front: Asking, body: RawBody) -> Screened:
    """Have posts screened that were published to the public, and what is found on them taken up."""
    parsed = read_body(body)
    unread = {one.line: one.reason for one in parsed.rejects}
    places = [place for place in range(len(parsed.posts) + len(unread)) if place not in unread]
    sent = dict(zip(places, await front.send(parsed.posts), strict=True))
    posts = dict(zip(places, parsed.posts, strict=True))
    unread |= {place: one.refused for place, one in sent.items() if one.refused}
    return Screened(
        [_verdict(place, posts[place], one) for place, one in sent.items() if not one.refused],
        [RefusedPost(place, unread[place]) for place in sorted(unread)],
    )


def _verdict(index: int, sent: Post, became: Sent) -> PostVerdict:
    """Return what a post has come to."""
    findings = became.looked.findings
    return PostVerdict(
        index=index,
        id=sent.id,
        account=sent.account,
        host=sent.host or "",
        policies=tuple(policy.reference for policy in became.looked.policies),
        verdict=verdict(findings),
        findings=[
            FoundOnPost(
                one.policy, one.rule, one.outcome, one.exempted_by, one.provision, one.severity, one.score,
                one.evidence,
            )
            for one in findings
        ],
        case=became.case.number if became.case else None,
        decisions=_decisions(became.case, sent.id) if became.case else [],
    )  # fmt: skip


def _decisions(case: Case, post_id: str) -> list[DecidedOnPost]:
    """Return the decisions about a post."""
    return [
        DecidedOnPost(one.said.number, tuple(measure.kind for measure in one.said.measures))
        for one in case.decisions
        if post_id in one.said.posts
    ]
