"""Requests with a key of their own (`Idempotency-Key`) are done once, however often they are sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from anyio import to_thread
from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from tipstaff.actions.access.once import LONGEST_KEY, Answer, Asked, asked_of, begin, end
from tipstaff.base.errors import TipstaffError
from tipstaff.server.identity import asker_of, count_asker
from tipstaff.server.problems import UNSURE, problem_of
from tipstaff.server.reading import BoundedRequest

NEVER_KEPT: Final = "never_kept"
"""The option of an endpoint that answers with secrets, or may be asked once anyway."""

KEY_HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = f"^[!-~]([ -~]{{0,{LONGEST_KEY - 2}}}[!-~])?$"
"""What the key of a request may be: ASCII, and no space around it."""

REPLAYED_HEADER: Final = "Idempotency-Replayed"
_KEPT: Final = {"content-type", "etag"}
"""The headers of an answer that come again with it."""


class Once(ASGIMiddleware):
    """Answers what was done before as it was answered then, and keeps what is answered now.

    (draft-ietf-httpapi-idempotency-key-header.) What was refused, or put off, was not done: it may be sent
    again.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on, unless it was done before."""
        request = BoundedRequest(scope, receive, send)
        key = request.headers.get(KEY_HEADER)
        if key is None or request.method != "POST" or request.route_handler.opt.get(NEVER_KEPT):
            await next_app(scope, receive, send)
            return
        state = request.app.state
        try:
            await to_thread.run_sync(count_asker, request, state)
            body = await request.body()
            asker = await to_thread.run_sync(asker_of, request, state)
            # Whoever may do something no longer is not answered what they were then.
            who = asker.principal
            queues = who.queues if who.queues is None else sorted(who.queues)
            told = (request.headers.get("if-match", ""), *sorted(who.permissions), str(queues))
            about = f"{request.url.path}?{request.url.query} {' '.join(told)}"
            asked = asked_of(who.name, key, about, body)
            answer = await to_thread.run_sync(begin, state.answers, asked, state.desk.clock())
        except (TipstaffError, HTTPException) as error:  # answered here, so that it is kept that it was asked
            response = problem_of(request, error)
            await response.to_asgi_response(app=None, request=request)(scope, receive, send)
            return
        if answer is None:
            await next_app(scope, receive, _Keeping(asked, request, send).send)
            return
        headers = [*answer.headers, (REPLAYED_HEADER.lower(), "true")]
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})


class _Keeping:
    """Keeps an answer before it is sent."""

    def __init__(self, asked: Asked, request: Request[Any, Any, Any], send: Send) -> None:
        self._asked = asked
        self._request = request
        self._state = request.app.state
        self._send = send
        self._start: HTTPResponseStartEvent | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Hold an answer until it is whole; keep it, and send it on."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] == "http.response.body" and self._start is not None:
            self._body += message["body"]
            if message["more_body"]:
                return
            await to_thread.run_sync(self._keep, self._start)
            await self._send(self._start)
            message["body"] = self._body
        await self._send(message)

    def _keep(self, start: HTTPResponseStartEvent) -> None:
        """Keep it. Where the server or its vault has failed nobody knows whether something was done."""
        status = start["status"]
        if status < HTTPStatus.BAD_REQUEST:
            named = ((name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"])
            headers = tuple((name, value) for name, value in named if name in _KEPT)
            answer = Answer(status, headers, self._body)
            end(self._state.answers, self._asked, self._state.desk.clock(), answer)
        elif status < HTTPStatus.INTERNAL_SERVER_ERROR or (
            status == HTTPStatus.SERVICE_UNAVAILABLE and not self._request.state.get(UNSURE)
        ):
            self._state.answers.drop(self._asked.id)
