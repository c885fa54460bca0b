"""Who asks: read from the request before its body and after; without a token or a login nobody acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final

from anyio import to_thread
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from msgspec.structs import replace

from tipstaff.actions.access.door import Door
from tipstaff.actions.access.front import Front, Stores
from tipstaff.actions.access.links import Used
from tipstaff.actions.access.lockout import network_of
from tipstaff.actions.access.logins import LoginError, Session
from tipstaff.actions.access.me import Asker, Me
from tipstaff.actions.access.people import People
from tipstaff.actions.access.tokens import UnknownTokenError, principal_of
from tipstaff.actions.access.trail import LINK, UNPROVED, Visitor
from tipstaff.base.errors import InputError
from tipstaff.hosts.square.authoring import Authoring
from tipstaff.server.cookies import COOKIE
from tipstaff.server.forgery import CSRF_FIELD, check_site, check_token, is_safe, token_shown
from tipstaff.server.watching import POLLED, WHO, address_of

_SCHEME: Final = "bearer"
_ASKER: Final = "asker"
"""Where in the state of a request it is kept who asks, and how."""

_OF_ASKERS: Final = frozenset(("asker", "front", "me", "people", "visiting", "authoring"))
"""What handlers are given that are for who is known."""

_DOOR: Final = "door"
"""What handlers are given that are for who comes with a link: whether they are logged in does not matter."""

_VIEW: Final = "view"
"""What handlers of pages are given: some of them anyone may look at, logged in or not."""

UNLIMITED: Final = "unlimited"
"""The option of an endpoint that bounds in its own way what it is asked."""


def count_asker(request: Request[Any, Any, Any], state: State) -> None:
    """Find out who asks, and count that they do, once.

    Raises `UnknownTokenError`, `LoginError`, `ForbiddenError`, `InputError`, `TooManyError`.
    """
    if _ASKER in request.state:
        return
    try:
        asker = _identified(request, state)
    except (UnknownTokenError, LoginError, InputError):
        count_stranger(request)
        raise
    request.state[_ASKER], request.state[WHO] = asker, _visitor(asker)
    if not request.route_handler.opt.get(UNLIMITED):
        state.limit.take(asker.principal.name, monotonic())


def asker_of(request: Request[Any, Any, Any], state: State) -> Asker:
    """Return who asks, of whom it was found out before. Raises as `count_asker` does, but `TooManyError`.

    A body takes its time: what they may could have ended meanwhile.
    """
    known: Asker = request.state[_ASKER]
    if is_safe(request):
        return known
    request.state.setdefault(CSRF_FIELD, "")  # where a form was not read, it has shown nothing
    return _identified(request, state)


def viewer_of(request: Request[Any, Any, Any]) -> Asker | None:
    """Return who looks at a page that anyone may look at; None for who is not logged in."""
    found: Asker | None = request.state.get(_ASKER)
    return found


def front_of(asker: NamedDependency[Asker], state: State) -> Front:
    """Return the actions, for who asks."""
    stores = Stores(state.links, state.trail, state.hooks, state.shelf, state.filters)
    return Front(state.desk, asker.principal, state.screening, stores)


def me_of(asker: NamedDependency[Asker], request: Request[Any, Any, Any], state: State) -> Me:
    """Return what people do about their own logins, for who asks."""
    return Me(state.gate, asker, address_of(request.scope))


def people_of(asker: NamedDependency[Asker], state: State) -> People:
    """Return users, for who asks."""
    return People(state.desk, state.gate, asker)


def authoring_of(asker: NamedDependency[Asker], state: State) -> Authoring:
    """Return publishing on square, for who asks."""
    return Authoring(state.square, state.screening, asker.principal)


def door_of(request: Request[Any, Any, Any], state: State) -> Door:
    """Return the actions, for who comes with a link: what it opens, the link alone says."""

    def opened(used: Used) -> None:
        # The path of the case, so that who looks for it finds this; that of the link has its secret.
        below = request.scope["path_template"].partition("{link}")[2]
        path = f"/v1/cases/{used.case.number}/links/{used.link.id}{below}"
        request.state[WHO] = Visitor("", LINK, str(used.case.subject), path)

    return Door(state.desk, state.links, state.shelf, opened)


def tell_who(request: Request[Any, Any, Any], session: Session) -> None:
    """Say whose a session is that has just begun: that they have logged in is kept in the trail."""
    request.state[WHO] = Visitor(session.user, session.id)


def tell_about(request: Request[Any, Any, Any], about: str) -> None:
    """Say what was changed, where the path does not: that is kept in the trail."""
    request.state[WHO] = request.state[WHO]._replace(about=about)


@contextmanager
def telling_whose(request: Request[Any, Any, Any]) -> Iterator[None]:
    """Say whose login was tried and was wrong, where there is such a user.

    What else was typed as a name is not kept: it may be a password. Nor is what is refused unseen after too
    many of these, or how long that takes would tell whether there is such a user.
    """
    try:
        yield
    except LoginError as error:
        if error.user is not None:
            request.state[WHO] = Visitor(error.user, UNPROVED)
        raise


async def count_first(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Count what is asked, and find out who asks where that is asked for, before any of the body is read.

    Raises as `count_asker` does.
    """
    if _DOOR in handler.parsed_fn_signature.parameters:
        count_stranger(connection)
    elif takes_asker(handler) and isinstance(connection, Request):
        await to_thread.run_sync(count_asker, connection, connection.app.state)
    elif _VIEW in handler.parsed_fn_signature.parameters and COOKIE in connection.cookies:
        await to_thread.run_sync(_count_viewer, connection, connection.app.state)
    elif not handler.opt.get(UNLIMITED):
        count_stranger(connection)


def _count_viewer(connection: ASGIConnection[Any, Any, Any, Any], state: State) -> None:
    """Count who looks at a page that anyone may look at; a login that has ended is none there."""
    with suppress(LoginError):
        if isinstance(connection, Request):
            count_asker(connection, state)


def count_stranger(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Count what somebody asks whom nobody knows, by where it comes from. Raises `TooManyError`.

    No user has a name like that.
    """
    network = network_of(address_of(connection.scope))
    connection.app.state.limit.take(f"@{network}", monotonic())


def takes_asker(handler: BaseRouteHandler) -> bool:
    """Say whether it is for who is known."""
    return not _OF_ASKERS.isdisjoint(handler.parsed_fn_signature.parameters)


def _identified(request: Request[Any, Any, Any], state: State) -> Asker:
    """Return who asks. Raises as `count_asker` does, but `TooManyError`."""
    header, cookie = request.headers.get("authorization"), request.cookies.get(COOKIE)
    if header is not None and cookie is not None:
        raise InputError("who asks shows a token or a login, not both: which of them counts would be a guess")
    if cookie is not None:
        alone = bool(request.route_handler.opt.get(POLLED))
        session, principal = state.gate.session_of(cookie, seen=not alone)
        asker = Asker(replace(principal, by=session.id), session, cookie)
        request.state[WHO] = _visitor(asker)  # who is refused is kept as well
        if not is_safe(request):
            check_site(request, state.gate.settings.public_origin)
            if (given := token_shown(request)) is not None:
                check_token(given, asker.csrf or "")
        return asker
    scheme, _, shown = (header or "").partition(" ")
    if scheme.lower() != _SCHEME:
        raise UnknownTokenError("who asks shows a token (`Authorization: Bearer …`), or logs in")
    return Asker(principal_of(state.users, shown.strip(), state.desk.clock()))


def _visitor(asker: Asker) -> Visitor:
    """Return who asks, as it is kept."""
    return Visitor(asker.principal.name, asker.principal.by)
