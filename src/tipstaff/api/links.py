"""Links: issued by those who work on cases; whoever has one answers or appeals by it, without a login."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from tipstaff.actions.access.door import Matter
from tipstaff.actions.access.links import Purpose, page_of
from tipstaff.actions.holdings import time_of
from tipstaff.actions.ordering import Document, document_of
from tipstaff.api.cases import Number
from tipstaff.api.parameters import GREATEST, Asking, Coming, Said
from tipstaff.server.once import NEVER_KEPT
from tipstaff.server.problems import CHANGING, answers

_PATH: Final = "/v1/links"
_LONGEST: Final = 1 << 18
"""The greatest body of whoever comes with a link: the longest text, written as escapes."""

_OPENING: Final = answers(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
_SAYING: Final = _OPENING | answers(HTTPStatus.CONFLICT)

Shown = Annotated[str, PathParameter(description="the link, as it was shown once")]


class NewLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a link is wanted for: to appeal against a decision or, without one, to answer what is proposed.

    With `revoke`, those that were issued for the same before end.
    """

    decision: Annotated[int, Meta(ge=1, le=GREATEST)] | None = None
    revoke: bool = False


class IssuedLink(msgspec.Struct, frozen=True):
    """A link, shown this once, and until when it can be used.

    The account holder is sent `page`, where a browser shows what it is about: an address where
    `public_origin` says ours, else a path. `path` is the same for programs.
    """

    id: str
    path: str
    page: str
    purpose: Purpose
    until: str


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the account holder says."""

    text: Said


class Objecting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the account holder objects. `attachment` is a document that goes with it, in Base64."""

    text: Said
    attachment: Document | None = None


@post(
    "/v1/cases/{number:int}/links",
    sync_to_thread=True,
    operation_id="issueLink",
    opt={NEVER_KEPT: True},
    tags=["links"],
    responses=CHANGING,
)
def issue_link(front: Asking, number: Number, data: JSONBody[NewLink], state: State) -> IssuedLink:
    """Issue a link by which the account holder answers what is proposed, or appeals, without a login."""
    made = front.links.issue(number, data.decision, revoke=data.revoke)
    page = page_of(made, state.gate.settings.public_origin)
    return IssuedLink(made.link.id, f"{_PATH}/{made.shown}", page, made.link.purpose, time_of(made.until))


class LinkController(Controller):
    """What a link opens. Whether there is none, or it has ended, the same is answered."""

    path = _PATH
    tags = ("links",)
    security = ({},)
    opt = {NEVER_KEPT: True}  # noqa: RUF012  as Litestar has it
    request_max_body_size = _LONGEST

    @get("/{link:str}", sync_to_thread=True, operation_id="readLink", responses=_OPENING)
    def read(self, door: Coming, link: Shown) -> Matter:
        """Read what a link is about, as often as one likes: nothing comes of that."""
        return door.read(link)

    @post("/{link:str}/answer", sync_to_thread=True, operation_id="answerByLink", responses=_SAYING)
    def answer(self, door: Coming, link: Shown, data: JSONBody[Saying]) -> Matter:
        """Answer what is proposed, once."""
        return door.answer(link, data.text)

    @post("/{link:str}/appeal", sync_to_thread=True, operation_id="appealByLink", responses=_SAYING)
    def appeal(self, door: Coming, link: Shown, data: JSONBody[Objecting]) -> Matter:
        """Appeal against a decision, once."""
        return door.appeal(link, data.text, document_of(data.attachment))
