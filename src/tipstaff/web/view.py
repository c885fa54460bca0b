"""A page for who looks: in their language and colours, with the ways that are open to them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

from litestar import Request, Response
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import MediaType

from tipstaff.actions.access.gate import LACKS_OWN, LACKS_SECOND
from tipstaff.actions.access.me import Asker
from tipstaff.actions.access.permissions import OUTSIDE, Permission
from tipstaff.server.identity import viewer_of
from tipstaff.web.language import language_of
from tipstaff.web.rendering import environment
from tipstaff.web.words import DONE

THEME: Final = "tipstaff-theme"
"""Where a browser keeps which colours were chosen."""

THEMES: Final = ("light", "dark")

_LACKS: Final = {LACKS_OWN: "password", LACKS_SECOND: "second"}

_SAFE: Final = "%/?#[]@!$&'()*+,;=:|\\"
"""What stays as it is in an address; all else is encoded, for headers carry no more than ASCII."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What pages may load and do: our own files, and nothing that stands in a page itself."""


class View:
    """What is shown to who looks, who may be nobody."""

    def __init__(self, request: Request[Any, Any, Any], now: int, asker: Asker | None) -> None:
        self.request = request
        self.now = now
        self.asker = asker
        self.language = language_of(request)
        self.theme = theme if (theme := request.cookies.get(THEME)) in THEMES else None

    @property
    def path(self) -> str:
        """The path of this page, with its query."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    @property
    def csrf(self) -> str:
        """What forms show; nothing where nobody is logged in."""
        return self.asker.csrf or "" if self.asker else ""

    @property
    def name(self) -> str:
        """The name of who looks."""
        return self.asker.principal.name if self.asker else ""

    @property
    def is_staff(self) -> bool:
        """Whether who looks works here: the console is theirs."""
        return self.asker is not None and self.asker.principal.roles.isdisjoint(OUTSIDE)

    @property
    def lacks(self) -> str:
        """What who looks must have before they may anything: `password`, `second`; mostly nothing."""
        return _LACKS.get(self.asker.principal.lacks, "") if self.asker else ""

    @property
    def done(self) -> str:
        """What was just done, in English words: the query has the name of it."""
        return DONE.get(self.request.query_params.get("done", ""), "")

    @property
    def in_part(self) -> bool:
        """Whether a part of a page is asked for, by a page that is there already."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, *permissions: str) -> bool:
        """Say whether who looks may one of some things."""
        return self.asker is not None and any(
            self.asker.principal.may(Permission(one)) for one in permissions
        )

    def show(self, template: str, status: int = HTTPStatus.OK, /, **context: object) -> Response[str]:
        """Return a page, or a part of one."""
        found = environment(self.language).get_template(template)
        return Response(
            found.render(view=self, **context),
            status_code=status,
            media_type=MediaType.HTML,
            headers={
                "Content-Security-Policy": POLICY,
                "Content-Language": self.language.value,
                "Referrer-Policy": "same-origin",  # with none at all a form would come from nowhere
                "Vary": "Accept-Language, Cookie, HX-Request",
            },
        )

    def show_once(self, template: str, /, **context: object) -> Response[str]:
        """Return a page of what is told this once, which takes the place of all that is shown."""
        page = self.show(template, **context)
        page.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML show:window:top"})
        return page

    def go(self, path: str, done: str = "") -> Response[str]:
        """Have the browser go to a page, once something was `done`."""
        if done:
            path += f"{'&' if '?' in path else '?'}done={quote(done)}"
        path = quote(path, safe=_SAFE)
        if self.in_part:
            return Response("", media_type=MediaType.HTML, headers={"HX-Redirect": path})
        status = HTTPStatus.SEE_OTHER
        return Response("", status_code=status, media_type=MediaType.HTML, headers={"Location": path})


Looking = NamedDependency[View]
"""A page for who looks."""


def view_of(request: Request[Any, Any, Any], state: State) -> View:
    """Return the page for who looks."""
    return View(request, state.desk.clock(), viewer_of(request))


def own_path(written: str, otherwise: str) -> str:
    """Return a path of ours that a form or a query names; `otherwise` where it names anything else."""
    try:
        parts = urlsplit(written)
    except ValueError:  # it is no address at all
        return otherwise
    own = written.startswith("/") and not written.startswith(("//", "/\\")) and not parts.netloc
    return written if own and not parts.scheme and written.isprintable() else otherwise
