"""What has gone wrong, as a page: the same as the API tells, with a way to go on."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from tipstaff.server.identity import viewer_of
from tipstaff.server.problems import HANDLERS, Problem
from tipstaff.server.reading import OPERATIONS
from tipstaff.server.watching import POLLED
from tipstaff.web.view import View, own_path

_Telling = Callable[[Request[Any, Any, Any], Exception], Response[Problem]]

LOGIN: Final = "/login"
ME: Final = "/me"


def _page(request: Request[Any, Any, Any], told: Response[Problem]) -> Response[str]:
    """Return a problem as a page; where a login would mend it, or what somebody lacks, the way there.

    Who is logged in, and has shown a wrong password once more, is told so where they are.
    """
    view = View(request, request.app.state.desk.clock(), viewer_of(request))
    problem = told.content
    may_go = request.method == "GET" and request.url.path != ME
    if problem.status == HTTPStatus.FORBIDDEN and view.lacks and may_go:
        return view.go(ME)
    asked_for = request.url.path != LOGIN and not _is_polled(request)
    if problem.status == HTTPStatus.UNAUTHORIZED and view.asker is None and asked_for:
        return view.go(f"{LOGIN}?back={quote(_page_of(view), safe='')}")
    template = "parts/problem.html" if view.in_part else "problem.html"
    page = view.show(template, problem.status, problem=problem, back=_came_from(view))
    page.headers.update({name: value for name, value in told.headers.items() if name == "Retry-After"})
    return page


def _is_polled(request: Request[Any, Any, Any]) -> bool:
    """Say whether a page has asked for it by itself: what somebody writes on it must not go for that."""
    handler = request.scope.get("route_handler")
    return bool(handler and handler.opt.get(POLLED)) and request.headers.get("hx-request") == "true"


def _page_of(view: View) -> str:
    """Return the page at which somebody is: of a form, or a part, that which has it."""
    if view.request.method == "GET" and not view.in_part:
        return view.path
    return own_path(_seen(view, "hx-current-url")[1], "/")


def _came_from(view: View) -> str:
    """Return the page from which somebody came here; nothing where that is not one of these, or this one."""
    host, seen = _seen(view, "referer")
    path = own_path(seen, "")
    return path if host == view.request.headers.get("host") and path != view.path else ""


def _seen(view: View, header: str) -> tuple[str, str]:
    """Return the host and the path, with its query, of the address in a header; nothing where it is none."""
    try:
        seen = urlsplit(view.request.headers.get(header, ""))
    except ValueError:
        return "", ""
    return seen.netloc, f"{seen.path}?{seen.query}" if seen.query else seen.path


def _as_page(tell: _Telling) -> Callable[[Request[Any, Any, Any], Exception], Response[str]]:
    """Return what tells an error as a page, from what tells it to programs."""

    def told(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
        return _page(request, tell(request, error))

    return told


PAGES: Final[ExceptionHandlersMap] = {
    kind: _as_page(cast("_Telling", tell)) for kind, tell in HANDLERS.items()
}
"""What tells each kind of error on pages."""


def _tell_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[str] | Response[Problem]:
    """Tell an error of HTTP under a path that is none: as a page to a browser that asks for one."""
    told = cast("_Telling", HANDLERS[HTTPException])(request, error)
    wanted = "text/html" in request.headers.get("accept", "")
    return _page(request, told) if wanted and not request.url.path.startswith(OPERATIONS) else told


EVERYWHERE: Final[ExceptionHandlersMap] = {**HANDLERS, HTTPException: _tell_http}
"""What tells each kind of error where pages are served as well."""
