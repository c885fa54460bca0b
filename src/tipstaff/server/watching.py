"""What is told of each answer before it is sent: to the log, to the metrics, and to the audit trail."""

from __future__ import annotations

import logging
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final

from anyio import to_thread
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send, WebSocketScope

from tipstaff.actions.access.trail import UNPROVED, Visit, Visitor, keep_visit
from tipstaff.base.logs import log_event
from tipstaff.server.metrics import Metrics

WHO: Final = "who"
"""Where in the state of a request it is kept who asks, once that is known."""

LONGEST: Final = 2000
"""Characters of a path, with its query, that are kept: whoever asks must not be able to fill the disk."""

UNKEPT: Final = "unkept"
"""The option of pages that anyone may read: who is logged in is not kept for it, as nobody else is."""

POLLED: Final = "polled"
"""The option of what a page asks for by itself, again and again: that nothing has changed is not kept.

Nor is it a sign that somebody is there: it keeps no session from ending.
"""

_BEGAN: Final = "began"
_NOWHERE: Final = "nowhere"
"""The operation of what is asked under a path, or with a method, that there is not."""


class Watching(ASGIMiddleware):
    """Remembers when a request came in, and keeps the visit of who is known before they are answered."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on; where the visit cannot be kept nothing is answered: the server fails."""

        async def keep_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                await _keep_visit(scope, message["status"])
            await send(message)

        scope["state"][_BEGAN] = perf_counter()
        await next_app(scope, receive, keep_and_send)


async def tell(message: Message, scope: Scope) -> None:
    """Tell the log and the metrics of an answer that begins."""
    if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
        return
    operation, status = operation_of(scope), message["status"]
    took = perf_counter() - scope["state"].get(_BEGAN, perf_counter())
    metrics: Metrics = scope["litestar_app"].state.metrics
    metrics.answered(operation, status, took)
    who: Visitor | None = scope["state"].get(WHO)
    log_event(
        logging.INFO,
        "request",
        operation=operation,
        method=scope["method"],
        path=scope.get("path_template") or None,
        status=status,
        ms=round(took * 1000),
        user=who.user or None if who and who.by != UNPROVED else None,
        address=address_of(scope),
    )


async def _keep_visit(scope: Scope, status: int) -> None:
    """Keep the visit of who is known, unless it is one to what anyone may read."""
    who: Visitor | None = scope["state"].get(WHO)
    if who is None or scope["type"] != ScopeType.HTTP or _shows_nothing(scope, status):
        return
    state = scope["litestar_app"].state
    operation, address = operation_of(scope), address_of(scope)
    path = _asked(scope) if who.path is None else who.path
    visit = Visit(state.desk.clock(), who.user, who.by, operation, path, status, address, who.about)
    await to_thread.run_sync(keep_visit, state.trail, visit)


def _shows_nothing(scope: HTTPScope, status: int) -> bool:
    """Say whether anyone may read it, or a page has asked by itself for something that it has already."""
    handler: Any = scope.get("route_handler")
    opt = handler.opt if handler else {}
    return bool(opt.get(UNKEPT) or (status == HTTPStatus.NOT_MODIFIED and opt.get(POLLED)))


def operation_of(scope: HTTPScope) -> str:
    """Return the operation, as the schema names it."""
    handler: Any = scope.get("route_handler")
    return handler.operation_id if handler and isinstance(handler.operation_id, str) else _NOWHERE


def address_of(scope: HTTPScope | WebSocketScope) -> str:
    """Return where a request came from; empty where that is not known."""
    client = scope["client"]
    return client[0] if client else ""


def _asked(scope: HTTPScope) -> str:
    """Return the path and the query that were asked for, as far as they are kept."""
    query = scope["query_string"].decode("ascii", "replace")
    asked = f"{scope['path']}?{query}" if query else scope["path"]
    return asked[:LONGEST].replace("\0", "\N{REPLACEMENT CHARACTER}")  # databases take no NUL
