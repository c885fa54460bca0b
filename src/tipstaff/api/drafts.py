"""Drafts that an author checks before they are published: nothing is kept of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter
from msgspec import Meta

from tipstaff.actions.screening.drafting import draft_of, problems_in
from tipstaff.api.parameters import Asking
from tipstaff.policy.model import Language
from tipstaff.screening.problems import DraftProblem
from tipstaff.server.language import language_asked
from tipstaff.server.problems import ASKING

_LONGEST = 1 << 20


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an author wants to publish. `sponsored` declares a paid promotion."""

    text: Annotated[str, Meta(max_length=_LONGEST)]
    title: Annotated[str, Meta(max_length=1000)] | None = None
    sponsored: bool = False


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
    looked = await front.check(draft_of(data.text, data.title, sponsored=data.sponsored))
    return Response(
        CheckedDraft(tuple(one.reference for one in looked.policies), problems_in(looked, spoken)),
        headers={"Content-Language": spoken.value, "Vary": "Accept-Language"},
    )
