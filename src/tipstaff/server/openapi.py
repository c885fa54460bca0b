"""The schema, completed by what all operations have in common, and by examples.

What comes of how something is asked, and not of what it is, each operation has by its nature: nobody has to
say of a new one that it is counted, takes a key, or can be asked by a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from tipstaff.server.conditions import SEEN_PATTERN, SEEN_TOLD, VERSIONED
from tipstaff.server.examples import Composer
from tipstaff.server.forgery import CSRF_HEADER
from tipstaff.server.identity import UNLIMITED, takes_asker
from tipstaff.server.once import KEY_HEADER, KEY_PATTERN, NEVER_KEPT, REPLAYED_HEADER
from tipstaff.server.problems import MEDIA_TYPE, Fault, ProblemType
from tipstaff.server.unchanged import is_compared

Told = dict[str, Any]
"""A part of the schema, as JSON has it."""

_SECONDS: Final = {"type": "string", "pattern": "^[0-9]+$"}
_ETAG: Final = {
    "description": "what it is known by: for `If-None-Match`, and for `If-Match` where it is a version",
    "required": True,
    "schema": {"type": "string", "pattern": '^(W/)?"[!#-~]*"$'},
    "example": '"7"',
}
_REPLAYED: Final = {
    "description": "it was done before, and is answered as it was then",
    "schema": {"type": "string", "enum": ["true"]},
}
_LATER: Final = {"description": "the seconds after which to ask again", "schema": _SECONDS, "example": "1"}
_HEADERS: Final[dict[HTTPStatus, Told]] = {
    HTTPStatus.UNAUTHORIZED: {
        "WWW-Authenticate": {"required": True, "schema": {"type": "string", "enum": ["Bearer"]}}
    },
    HTTPStatus.METHOD_NOT_ALLOWED: {
        "Allow": {
            "description": "the methods that there are",
            "required": True,
            "schema": {"type": "string"},
            "example": "GET, POST",
        }
    },
    HTTPStatus.CONFLICT: {"Retry-After": _LATER | {"description": "where that helps: after which seconds"}},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": _LATER | {"required": True}},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": _LATER},
}
"""The headers of problems, by their statuses."""


class Described(JsonRenderPlugin):
    """Serves the completed schema."""

    def __init__(self) -> None:
        super().__init__()
        self._told: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return it as JSON, which it is made into once."""
        self._told = self._told or msgspec.json.encode(_completed(request.app, openapi_schema))
        return self._told


def describe(app: Litestar) -> Told:
    """Return the schema of an application, completed."""
    return _completed(app, app.openapi_schema.to_schema())


def _completed(app: Litestar, schema: Told) -> Told:
    """Return a schema of Litestar's, completed."""
    whole: Told = msgspec.json.decode(msgspec.json.encode(schema))
    components = whole["components"]
    components["responses"] = {_name(status): _problem(status) for status in _problem_statuses()}
    components["headers"] = {"ETag": _ETAG, REPLAYED_HEADER: _REPLAYED}
    compose = Composer(components["schemas"])
    for path, handler in _operations(app):
        for method in handler.http_methods:
            operation = whole["paths"][path][method.lower()]
            _complete(operation, handler, path)
            compose.fill(operation)
    return whole


def _operations(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Yield the handlers of all that is in the schema, with their paths."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler, _ in route.route_handler_map.values():
                if handler.resolve_include_in_schema():
                    yield route.path_format, handler


def _complete(operation: Told, handler: HTTPRouteHandler, path: str) -> None:
    """Add to an operation what it has by its nature."""
    known, changes = takes_asker(handler), "GET" not in handler.http_methods
    keyed = "POST" in handler.http_methods and not handler.opt.get(NEVER_KEPT)
    compared = is_compared(handler, path)
    parameters = operation.setdefault("parameters", [])
    named = {one["name"]: one for one in parameters}
    statuses = {HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR}
    if known:
        statuses.add(HTTPStatus.UNAUTHORIZED)
        if changes:
            statuses.add(HTTPStatus.FORBIDDEN)
            parameters.append(_header(CSRF_HEADER, "`csrf` of a login; tokens need none", {}))
    if known or not handler.opt.get(UNLIMITED):
        statuses.add(HTTPStatus.TOO_MANY_REQUESTS)
    if "requestBody" in operation or keyed:
        statuses |= {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    if "If-Match" in named:
        statuses.add(HTTPStatus.PRECONDITION_FAILED)
    success = operation["responses"][str(handler.status_code)]
    headers = success.setdefault("headers", {})
    if handler.status_code == HTTPStatus.NO_CONTENT:
        success.pop("content", None)
    if keyed:
        statuses |= {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
        told = "a random UUID, of each request its own: with it, the same is done once"
        parameters.append(
            _header(KEY_HEADER, told, {"pattern": KEY_PATTERN}, "2f1c7be0-6a55-4c3e-9f39-0f9a5c1c9a31")
        )
        headers[REPLAYED_HEADER] = _reference("headers", REPLAYED_HEADER)
    if compared or handler.opt.get(VERSIONED):
        headers["ETag"] = _reference("headers", "ETag")
    if compared:
        parameters[:] = [one for one in parameters if one["name"] != "If-None-Match"]
        parameters.append(_header("If-None-Match", SEEN_TOLD, {"pattern": SEEN_PATTERN}, '"7"'))
        operation["responses"]["304"] = {
            "description": "it is as it was",
            "headers": {"ETag": _reference("headers", "ETag")},
        }
    answered = statuses | {
        HTTPStatus(int(one)) for one in operation["responses"] if int(one) >= HTTPStatus.BAD_REQUEST
    }
    for status in sorted(answered):
        operation["responses"][str(status.value)] = _reference("responses", _name(status))


def _header(name: str, told: str, schema: Told, example: str | None = None) -> Told:
    """Return a header that may be sent."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": told,
        "schema": {"type": "string", **schema},
        **({} if example is None else {"example": example}),
    }


def _reference(kind: str, name: str) -> Told:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def _problem_statuses() -> list[HTTPStatus]:
    """Return the statuses that problems have."""
    return sorted({one.status for one in ProblemType})


def _name(status: HTTPStatus) -> str:
    """Return the name of the response of a status: `NotFound`."""
    return status.phrase.title().replace(" ", "")


def _problem(status: HTTPStatus) -> Told:
    """Return what is answered with a status, with an example of each type of problem that has it."""
    faults = {ProblemType.UNREADABLE: (Fault("query.most", "Expected `int` >= 1"),)}
    types = [one for one in ProblemType if one.status is status]
    return {
        "description": "; or ".join(one.told for one in types),
        "headers": _HEADERS.get(status, {}),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    one.name.lower(): {
                        "value": msgspec.to_builtins(one.problem(one.told, faults.get(one, ())))
                    }
                    for one in types
                },
            }
        },
    }
