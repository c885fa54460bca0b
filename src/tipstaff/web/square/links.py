"""Links on pages: whoever has one reads, answers and appeals by it, without a login.

What is wrong with a link nobody is told. The path has its secret: it is no referrer of anything.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter

from tipstaff.actions.access.door import Door
from tipstaff.server.forgery import check_site
from tipstaff.web.forms import DOCUMENT_BYTES, Filled
from tipstaff.web.parameters import Digest
from tipstaff.web.square.matters import shown_matter
from tipstaff.web.square.passages import Reader
from tipstaff.web.view import Looking

Coming = NamedDependency[Door]
"""The actions, for who comes with a link."""

Shown = Annotated[str, PathParameter()]

_REFERRER: Final = "strict-origin"
"""Nothing is told of the path; with no referrer at all a form would come from nowhere."""


class LinkPages(Controller):
    """What a link opens. A login does not matter here, and none is asked for."""

    path = "/links"

    @get("/{link:str}", sync_to_thread=True, operation_id="showLink")
    def read(self, view: Looking, door: Coming, link: Shown) -> Response[str]:
        """Show what a link is about, as often as one likes."""
        found = door.file(link)
        reader = Reader(door.policy, view.language)
        said = found.matter.decision or found.matter.hearing
        page = view.show(
            "square/link.html",
            matter=found.matter,
            shown=shown_matter(reader, said, found.rests) if said else None,
            path=f"/links/{link}",
        )
        page.headers["Referrer-Policy"] = _REFERRER
        return page

    @get("/{link:str}/images/{digest:str}", sync_to_thread=True, operation_id="showImageByLink")
    def image(self, door: Coming, link: Shown, digest: Digest) -> Response[bytes]:
        """Show an image of a post that a link is about, as it was."""
        found = door.image(link, digest)
        return Response(found.content, media_type=found.media_type)

    @post("/{link:str}/answer", sync_to_thread=True, operation_id="answerByLinkOnPage")
    def answer(
        self,
        request: Request[Any, Any, Any],
        state: State,
        view: Looking,
        door: Coming,
        form: Filled,
        link: Shown,
    ) -> Response[str]:
        """Answer what is proposed, once."""
        check_site(request, state.gate.settings.public_origin)
        door.answer(link, form.said("text"))
        return view.go(f"/links/{link}", "heard")

    @post(
        "/{link:str}/appeal",
        sync_to_thread=True,
        operation_id="appealByLinkOnPage",
        request_max_body_size=DOCUMENT_BYTES,
    )
    def appeal(
        self,
        request: Request[Any, Any, Any],
        state: State,
        view: Looking,
        door: Coming,
        form: Filled,
        link: Shown,
    ) -> Response[str]:
        """Appeal against a decision, once, with a document if there is one."""
        check_site(request, state.gate.settings.public_origin)
        door.appeal(link, form.said("text"), form.file("attachment"))
        return view.go(f"/links/{link}", "appealed")
