"""What is answered to those who have already what they ask for (RFC 9110, 15.4.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from tipstaff.base.errors import InputError
from tipstaff.server.conditions import SEEN_PATTERN, UNSEEN, has_already
from tipstaff.server.reading import OPERATIONS

_Content = TypeVar("_Content")

_HEADER: Final = "If-None-Match"
_SEEN: Final = re.compile(SEEN_PATTERN)
_OF_CONTENT: Final = ("Content-Type", "Content-Length")
"""The headers that say something of the content alone."""

UNCHANGED: Final = {
    HTTPStatus.NOT_MODIFIED.value: ResponseSpec(None, generate_examples=False, description="it is as it was")
}
"""What the schema says of it where it is not said of all: outside of the API."""


def unless_had(response: Response[_Content], if_none_match: str) -> Response[_Content]:
    """Return a response, without its content where who asks has that already by its ETag."""
    if not has_already(if_none_match, response.headers["ETag"]):
        return response
    return unchanged(response.headers)


def unchanged(headers: Mapping[str, str]) -> Response[_Content]:
    """Return it, with the headers that the whole answer has. It has no body."""
    return Response(cast("_Content", b""), status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


def is_compared(handler: BaseRouteHandler, path: str) -> bool:
    """Say whether what is read there has an ETag: all of the API, but what is sent piece by piece."""
    return (
        isinstance(handler, HTTPRouteHandler)
        and "GET" in handler.http_methods
        and path.startswith(OPERATIONS)
        and not handler.parsed_fn_signature.return_type.is_subclass_of(Stream)
    )


async def refuse_unclear(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse an `If-None-Match` that cannot be read. Raises `InputError`."""
    told = connection.headers.get(_HEADER, UNSEEN)
    if is_compared(handler, connection.scope["path"]) and not _SEEN.fullmatch(told):
        raise InputError(f'{_HEADER} is `*`, or has ETags like "1", with commas between them')


class Comparing(ASGIMiddleware):
    """Gives what is read an ETag, where it has no version: a digest of all that is answered to who asks.

    So nobody is told that something is as it was but who would be answered just that.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on, and look at what is answered."""
        if is_compared(scope["route_handler"], scope["path"]):
            known = ASGIConnection[Any, Any, Any, Any](scope).headers.get(_HEADER, UNSEEN)
            send = _Compared(known, send).send
        await next_app(scope, receive, send)


class _Compared:
    """An answer, which is sent with an ETag, or not at all to those who have it."""

    def __init__(self, known: str, send: Send) -> None:
        self._known = known
        self._send = send
        self._start: HTTPResponseStartEvent | None = None

    async def send(self, message: Message) -> None:
        """Hold what begins an answer without an ETag until its body is there, and send both."""
        if message["type"] == "http.response.start":
            told = MutableScopeHeaders.from_message(message)
            if message["status"] == HTTPStatus.OK and "ETag" not in told:
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            own = f'"{sha256(message["body"]).hexdigest()}"'
            headers = MutableScopeHeaders.from_message(self._start)
            headers["ETag"] = own
            if has_already(self._known, own):
                self._start["status"], message["body"] = HTTPStatus.NOT_MODIFIED.value, b""
                for name in _OF_CONTENT:
                    del headers[name]
            await self._send(self._start)
            self._start = None
        await self._send(message)
