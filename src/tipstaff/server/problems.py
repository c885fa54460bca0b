"""Errors as problem details (RFC 9457): one shape for all, and the message that the action gave."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ExceptionHandlersMap

from tipstaff.actions.access.limits import TooManyError
from tipstaff.actions.access.lockout import LockedError
from tipstaff.actions.access.logins import LoginError
from tipstaff.actions.access.once import OtherRequestError, UnsureError
from tipstaff.actions.access.principal import ForbiddenError
from tipstaff.actions.access.tokens import PeopleError, UnknownTokenError
from tipstaff.actions.ask import StaleError
from tipstaff.actions.cases import MovedError
from tipstaff.actions.host import HostError
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.actions.webhooks.addresses import AddressError
from tipstaff.actions.webhooks.manage import FullError
from tipstaff.base.errors import InputError, MissingError, TipstaffError
from tipstaff.base.logs import log_event
from tipstaff.casework.errors import CaseError
from tipstaff.ledger.errors import LogError
from tipstaff.server.identity import count_stranger
from tipstaff.server.reading import GONE
from tipstaff.vault.vault import VaultError

UNSURE: Final = "unsure"
"""Where in the state of a request it is kept that something may have been done, whatever is answered."""

MEDIA_TYPE: Final = "application/problem+json"

_GONE: Final = "Client Closed Request"
"""What nginx calls `GONE`."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with what was sent: where, and what."""

    where: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong. `title` tells the kind, `detail` the case at hand and its mend."""

    title: str
    status: int
    detail: str = ""
    faults: tuple[Fault, ...] = ()


_Later = BusyError | LockedError | MovedError | TooManyError
"""Errors that say when to ask again."""

_STATUS: Final[Mapping[type[TipstaffError], HTTPStatus]] = {
    StaleError: HTTPStatus.PRECONDITION_FAILED,
    UnknownTokenError: HTTPStatus.UNAUTHORIZED,
    LoginError: HTTPStatus.UNAUTHORIZED,
    LockedError: HTTPStatus.TOO_MANY_REQUESTS,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    MissingError: HTTPStatus.NOT_FOUND,
    MovedError: HTTPStatus.CONFLICT,
    CaseError: HTTPStatus.CONFLICT,
    InputError: HTTPStatus.BAD_REQUEST,
    HostError: HTTPStatus.SERVICE_UNAVAILABLE,
    LogError: HTTPStatus.SERVICE_UNAVAILABLE,
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    UnsureError: HTTPStatus.CONFLICT,
    OtherRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    AddressError: HTTPStatus.CONFLICT,
    FullError: HTTPStatus.CONFLICT,
    PeopleError: HTTPStatus.CONFLICT,
    VaultError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The status of each error; the first that fits counts, so that those within others come first."""


def answers(*statuses: HTTPStatus) -> dict[int, ResponseSpec]:
    """Return what the schema says of these statuses."""
    return {
        status.value: ResponseSpec(Problem, media_type=MEDIA_TYPE, description=status.phrase)
        for status in statuses
    }


ASKING: Final = answers(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What may come of asking for something instead of it."""

SENDING: Final = answers(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
"""What may come of sending a body."""

CHANGING: Final = (
    ASKING
    | SENDING
    | answers(HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY)
)
"""What may come of changing something instead of that."""

PROVING: Final = ASKING | SENDING
"""What may come of showing again who one is instead of that."""


def problem_of(request: Request[Any, Any, Any], error: TipstaffError | HTTPException) -> Response[Problem]:
    """Return what tells an error that comes before any handler."""
    return _of_http(request, error) if isinstance(error, HTTPException) else _of_action(request, error)


def _of_action(request: Request[Any, Any, Any], error: TipstaffError) -> Response[Problem]:
    """Tell an error of an action; one that nobody here knows is the server's own."""
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), None)
    if status is None:
        return _of_server(request, error)
    if isinstance(error, VaultError):  # what was done may be what cannot be shown
        request.state[UNSURE] = True
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, _Later) else {}
    return _response(Problem(status.phrase, status, str(error)), headers)


def _of_request(_: Request[Any, Any, Any], error: ValidationException) -> Response[Problem]:
    """Tell what is wrong with a request, place by place."""
    found = error.extra if isinstance(error.extra, list) else []
    faults = tuple(
        Fault(f"{_source(one.get('source'))}.{one.get('key', '')}", str(one.get("message", "")))
        for one in found
        if isinstance(one, Mapping)
    )
    status = HTTPStatus.BAD_REQUEST
    return _response(Problem(status.phrase, status, "what was sent cannot be read", faults))


def _source(source: object) -> str:
    """Return in which part of the request something is: Litestar gives words, and members of an enum."""
    return str(source.value if isinstance(source, Enum) else source or "request")


def _of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Tell an error of HTTP itself. Who asks is counted here where no handler was found that counts them."""
    if "route_handler" not in request.scope:
        try:
            count_stranger(request)
        except TooManyError as many:
            return _of_action(request, many)
    status = error.status_code
    title = _GONE if status == GONE else HTTPStatus(status).phrase
    headers = dict(error.headers or {})
    return _response(Problem(title, status, error.detail if error.detail != title else ""), headers)


def _of_server(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Tell that the server has failed, and nothing of how: the log says where. A message may be personal.

    Paths may be secret, as those of links are: the log has that of the route.
    """
    last = traceback.extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} in {last.name}, {Path(last.filename).name}:{last.lineno}"
    route = request.scope.get("path_template", "")
    log_event(logging.ERROR, "server error", about=f"{request.method} {route}", reason=reason)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _response(Problem(status.phrase, status))


def _response(problem: Problem, headers: Mapping[str, str] = {}) -> Response[Problem]:
    """Return a problem as a response."""
    own = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else {}
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers={**headers, **own})


HANDLERS: Final[ExceptionHandlersMap] = {
    TipstaffError: _of_action,
    ValidationException: _of_request,
    HTTPException: _of_http,
    Exception: _of_server,
}
"""What tells each kind of error."""
