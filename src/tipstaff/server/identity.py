"""Who asks: read from the request, once; without a token or a login nobody reaches an action."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.me import Asker, Me
from tipstaff.actions.access.tokens import UnknownTokenError, principal_of
from tipstaff.base.errors import InputError
from tipstaff.server.cookies import COOKIE
from tipstaff.server.forgery import check_site, check_token, is_safe

_SCHEME: Final = "bearer"


def asker_of(request: Request[Any, Any, Any], state: State) -> Asker:
    """Return who asks. Raises `UnknownTokenError`, `LoginError`, `ForbiddenError`, `InputError`."""
    header, cookie = request.headers.get("authorization"), request.cookies.get(COOKIE)
    if header is not None and cookie is not None:
        raise InputError("who asks shows a token or a login, not both: which of them counts would be a guess")
    if cookie is not None:
        session, principal = state.gate.session_of(cookie)
        asker = Asker(principal, session, cookie)
        if not is_safe(request):
            check_site(request, state.gate.settings.public_origin)
            check_token(request, asker.csrf or "")
        return asker
    scheme, _, shown = (header or "").partition(" ")
    if scheme.lower() != _SCHEME:
        raise UnknownTokenError("who asks shows a token (`Authorization: Bearer …`), or logs in")
    return Asker(principal_of(state.users, shown.strip(), state.desk.clock()))


def front_of(asker: NamedDependency[Asker], state: State) -> Front:
    """Return the actions, for who asks."""
    return Front(state.desk, asker.principal, state.screening)


def me_of(asker: NamedDependency[Asker], request: Request[Any, Any, Any], state: State) -> Me:
    """Return what people do about their own logins, for who asks."""
    return Me(state.gate, asker, address_of(request))


def address_of(request: Request[Any, Any, Any]) -> str:
    """Return from where a request comes; behind a proxy of this machine, what that one says."""
    return request.client.host if request.client else ""
