"""Who asks: read from the request, once; without a token nobody reaches an action."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.datastructures import State

from tipstaff.actions.access.door import Door
from tipstaff.actions.access.front import Front
from tipstaff.actions.access.tokens import UnknownTokenError, principal_of

_SCHEME: Final = "bearer"


def front_of(request: Request[Any, Any, Any], state: State) -> Front:
    """Return the actions, for who asks. Raises `UnknownTokenError`."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != _SCHEME:
        raise UnknownTokenError("who asks shows a token: `Authorization: Bearer …`")
    principal = principal_of(state.users, shown.strip(), state.desk.clock())
    return Front(state.desk, principal, state.screening, state.links)


def door_of(state: State) -> Door:
    """Return the actions, for who comes with a link: what it opens, the link alone says."""
    return Door(state.desk, state.links)
