"""Parts of a case that are asked for by themselves: shown in its page or, without scripts, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from itertools import accumulate
from typing import Annotated, Final

from litestar import Controller, Response, get, post
from litestar.enums import MediaType
from litestar.params import QueryParameter

from tipstaff.actions.access.files import EVIDENCE
from tipstaff.actions.access.front import Front
from tipstaff.actions.views import PostView
from tipstaff.base.errors import MissingError
from tipstaff.server.watching import POLLED
from tipstaff.web.console.casefile import Reader
from tipstaff.web.console.deciding import wanted_of
from tipstaff.web.console.folds import folds_of
from tipstaff.web.console.looks import Looks, looks_chosen, looks_cookie, looks_of
from tipstaff.web.console.timeline import lines_of
from tipstaff.web.forms import Filled
from tipstaff.web.parameters import GREATEST, Asking, Digest, Number
from tipstaff.web.view import Looking, View

FIRST: Final = 10
"""Posts that are shown of a case at first."""

_MORE: Final = 20
"""Posts that are shown at a time then."""

_BORNE: Final = 60_000
"""Characters of posts that are shown in full at a time, twice each; one post alone may have more."""

Behind = Annotated[int, QueryParameter(ge=0, le=GREATEST)]
Version = Annotated[int, QueryParameter(ge=1, le=GREATEST)]


def show_part(view: View, number: int, template: str, **context: object) -> Response[str]:
    """Return a part of a case: by itself for a page that is there already, else as a page."""
    if view.in_part:
        return view.show(template, number=number, **context)
    return view.show("console/part.html", part=template, number=number, **context)


class CaseParts(Controller):
    """Parts of cases."""

    path = "/console/cases/{number:int}"

    @get("/posts", sync_to_thread=True, operation_id="showPosts")
    def posts(self, view: Looking, front: Asking, number: Number, after: Behind = 0) -> Response[str]:
        """Show more posts of a case."""
        found = front.files.posts(number, after, _MORE)
        posts = Reader(front.policy, view.language, found.case).posts(found.posts)
        return show_part(view, number, "console/posts.html", posts=posts, after=after, of=found.of)

    @get("/evidence", sync_to_thread=True, operation_id=EVIDENCE)
    def evidence(self, view: Looking, front: Asking, number: Number, after: Behind = 0) -> Response[str]:
        """Show the evidence of a case. That somebody has opened it is in the trail."""
        return _evidence(view, front, number, after, looks_of(view))

    @get("/timeline", sync_to_thread=True, operation_id="showTimeline")
    def timeline(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Show all that has happened in a case."""
        case = front.case(number)
        names = Reader(front.policy, view.language, case).names
        lines = lines_of(case, front.files.events(number), names)
        return show_part(view, number, "console/timeline.html", lines=lines, whole=True)

    @get("/similar", sync_to_thread=True, operation_id="showSimilar")
    def similar(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Show decided cases with posts like those of one, and what was decided on them."""
        names = Reader(front.policy, view.language, front.case(number)).names
        return show_part(
            view, number, "console/similar.html", similar=front.files.similar(number), names=names
        )

    @get("/moved", sync_to_thread=True, operation_id="pollCase", opt={POLLED: True})
    def moved(self, view: Looking, front: Asking, number: Number, version: Version) -> Response[str]:
        """Show who has changed a case since somebody has looked at it; no page where nobody has."""
        moved = front.files.moved(number, version)
        if moved is None:
            return Response("", status_code=HTTPStatus.NOT_MODIFIED, media_type=MediaType.HTML)
        return show_part(view, number, "console/moved.html", moved=moved)

    @post("/preview", sync_to_thread=True, status_code=HTTPStatus.OK, operation_id="rehearseOnPage")
    def preview(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Show what would come of what is chosen so far; nothing is done."""
        wanted = wanted_of(form, front, number)
        return show_part(
            view, number, "console/preview.html",
            wanted=wanted,
            seen=front.files.rehearse(number, wanted),
            subject=front.case(number).subject,
            hours=front.desk.settings.hearing_hours,
        )  # fmt: skip

    @get("/images/{digest:str}", sync_to_thread=True, operation_id="showImage")
    def image(self, front: Asking, number: Number, digest: Digest) -> Response[bytes]:
        """Show an image of the evidence."""
        found = front.image(number, digest)
        return Response(found.content, media_type=found.media_type)

    @post("/looks", sync_to_thread=True, status_code=HTTPStatus.OK, operation_id="chooseLooks")
    def looks(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Keep how images are shown to this browser, and show the evidence so."""
        page = _evidence(view, front, number, 0, looks_chosen(form))
        page.set_cookie(looks_cookie(form))
        return page


def _at_once(posts: Sequence[PostView]) -> list[PostView]:
    """Return as many of some posts as a page bears in full, the first at least; the others come behind."""
    weights = accumulate(len(one.title or "") + len(one.text or "") for one in posts)
    return [
        one
        for place, (one, weight) in enumerate(zip(posts, weights, strict=True))
        if not place or weight <= _BORNE
    ]


def _evidence(view: View, front: Front, number: int, after: int, looks: Looks) -> Response[str]:
    """Show the evidence of a case, from behind so many posts on."""
    found = front.files.posts(number, after, _MORE)
    if after and not found.posts:  # or what shows nothing would count as opened
        raise MissingError(f"case {number} has {found.of} posts, and none behind {after}")
    reader = Reader(front.policy, view.language, found.case)
    return show_part(
        view,
        number,
        "console/evidence.html",
        posts=reader.posts(_at_once(found.posts)),
        provisions=[] if view.in_part else reader.provisions,
        after=after,
        of=found.of,
        folds_of=folds_of,
        looks=looks,
    )
