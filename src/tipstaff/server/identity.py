"""Who asks: read from the request, once; without a token nobody reaches an action."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.tokens import UnknownTokenError, principal_of
from tipstaff.server.watching import WHO, address_of

_SCHEME: Final = "bearer"

UNLIMITED: Final = "unlimited"
"""The option of an endpoint that bounds in its own way what it is asked."""


def front_of(request: Request[Any, Any, Any], state: State) -> Front:
    """Return the actions, for who asks. Raises `UnknownTokenError`, `TooManyError`."""
    principal = principal_of_request(request, state)
    return Front(state.desk, principal, state.screening, state.trail, state.hooks)


def principal_of_request(request: Request[Any, Any, Any], state: State) -> Principal:
    """Return who asks, and count that they do, once. Raises `UnknownTokenError`, `TooManyError`."""
    known: Principal | None = request.state.get(WHO)
    if known is not None:
        return known
    try:
        principal = _principal_of(request, state)
    except UnknownTokenError:
        state.limit.take(_stranger(request), monotonic())
        raise
    request.state[WHO] = principal
    if not request.route_handler.opt.get(UNLIMITED):
        state.limit.take(principal.name, monotonic())
    return principal


async def limit_strangers(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Count what is asked without a token. Raises `TooManyError`."""
    if "authorization" not in connection.headers and not handler.opt.get(UNLIMITED):
        connection.app.state.limit.take(_stranger(connection), monotonic())


def _principal_of(request: Request[Any, Any, Any], state: State) -> Principal:
    """Return who asks. Raises `UnknownTokenError`."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != _SCHEME:
        raise UnknownTokenError("who asks shows a token: `Authorization: Bearer …`")
    return principal_of(state.users, shown.strip(), state.desk.clock())


def _stranger(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return what somebody is counted under whom nobody knows: no user has such a name."""
    return f"@{address_of(connection.scope)}"
