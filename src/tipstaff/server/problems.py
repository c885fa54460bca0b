"""Errors as problem details (RFC 9457): one shape for all, the message that the action gave, and a type.

A type is a reference that stays the same, for programs: `/problems/moved`. `docs/api.md` has all of them.
"""

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
from tipstaff.actions.access.me import SecondFactorError
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
from tipstaff.server.reading import GONE, UnknownParameterError
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
    """What went wrong. `type` and `title` tell the kind, `detail` the case at hand and its mend."""

    title: str
    status: int
    detail: str = ""
    faults: tuple[Fault, ...] = ()
    type: str = "about:blank"


class ProblemType(Enum):
    """The types of problems: the last part of each reference, its status, and when it is."""

    UNREADABLE = ("unreadable", HTTPStatus.BAD_REQUEST, "what was sent cannot be read")
    UNKNOWN_PARAMETER = (
        "unknown-parameter",
        HTTPStatus.BAD_REQUEST,
        "the query has a parameter that is none",
    )
    TOKEN = ("token", HTTPStatus.UNAUTHORIZED, "there is no token or login, or none that may be used")
    LOGIN = ("login", HTTPStatus.UNAUTHORIZED, "a name, a password or a code is wrong, or a login is over")
    FORBIDDEN = ("forbidden", HTTPStatus.FORBIDDEN, "a permission is missing, or a login shows no `csrf`")
    MISSING = ("missing", HTTPStatus.NOT_FOUND, "there is nothing under that number or path")
    METHOD = ("method", HTTPStatus.METHOD_NOT_ALLOWED, "what is there is not asked so: `Allow` says how")
    SLOW = ("slow", HTTPStatus.REQUEST_TIMEOUT, "the body has not come in time")
    CONFLICT = ("conflict", HTTPStatus.CONFLICT, "it cannot be done as things stand")
    MOVED = ("moved", HTTPStatus.CONFLICT, "somebody has changed it at the same moment: ask again")
    UNSURE = ("unsure", HTTPStatus.CONFLICT, "the first request with that key goes on, or broke off")
    ADDRESS = ("address", HTTPStatus.CONFLICT, "a webhook does not go to such an address")
    FULL = ("full", HTTPStatus.CONFLICT, "there are as many webhooks as there may be")
    STALE = ("stale", HTTPStatus.PRECONDITION_FAILED, "it is not at the version of `If-Match` any more")
    TOO_LONG = ("too-long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too long")
    OTHER_REQUEST = ("other-request", HTTPStatus.UNPROCESSABLE_ENTITY, "that key was used for something else")
    LOCKED = ("locked", HTTPStatus.TOO_MANY_REQUESTS, "too many wrong logins came before")
    TOO_MANY = ("too-many", HTTPStatus.TOO_MANY_REQUESTS, "too many requests came in a minute")
    FAILED = ("failed", HTTPStatus.INTERNAL_SERVER_ERROR, "the server has failed; its log says where")
    BUSY = ("busy", HTTPStatus.SERVICE_UNAVAILABLE, "more waits than there is room for")
    HOST = ("host", HTTPStatus.SERVICE_UNAVAILABLE, "a host cannot be reached, or refuses")
    LEDGER = ("ledger", HTTPStatus.SERVICE_UNAVAILABLE, "the ledger cannot be written or read")
    VAULT = ("vault", HTTPStatus.SERVICE_UNAVAILABLE, "the vault cannot be opened")
    NOT_READY = ("not-ready", HTTPStatus.SERVICE_UNAVAILABLE, "the server cannot do its work")

    def __init__(self, name: str, status: HTTPStatus, told: str) -> None:
        self.reference = f"/problems/{name}"
        self.status = status
        self.told = told

    def problem(self, detail: str = "", faults: tuple[Fault, ...] = ()) -> Problem:
        """Return a problem of this type."""
        return Problem(self.status.phrase, self.status, detail, faults, self.reference)


_Later = BusyError | LockedError | MovedError | TooManyError
"""Errors that say when to ask again."""

_TYPES: Final[Mapping[type[TipstaffError], ProblemType]] = {
    StaleError: ProblemType.STALE,
    UnknownTokenError: ProblemType.TOKEN,
    LoginError: ProblemType.LOGIN,
    LockedError: ProblemType.LOCKED,
    ForbiddenError: ProblemType.FORBIDDEN,
    MissingError: ProblemType.MISSING,
    MovedError: ProblemType.MOVED,
    CaseError: ProblemType.CONFLICT,
    SecondFactorError: ProblemType.CONFLICT,
    UnknownParameterError: ProblemType.UNKNOWN_PARAMETER,
    InputError: ProblemType.UNREADABLE,
    HostError: ProblemType.HOST,
    LogError: ProblemType.LEDGER,
    BusyError: ProblemType.BUSY,
    UnsureError: ProblemType.UNSURE,
    OtherRequestError: ProblemType.OTHER_REQUEST,
    TooManyError: ProblemType.TOO_MANY,
    AddressError: ProblemType.ADDRESS,
    FullError: ProblemType.FULL,
    PeopleError: ProblemType.CONFLICT,
    VaultError: ProblemType.VAULT,
}
"""The type of each error; the first that fits counts, so that those within others come first."""

_OF_HTTP: Final[Mapping[int, ProblemType]] = {
    one.status: one
    for one in (
        ProblemType.UNREADABLE,
        ProblemType.MISSING,
        ProblemType.METHOD,
        ProblemType.SLOW,
        ProblemType.TOO_LONG,
        ProblemType.NOT_READY,
    )
}
"""The type of what goes wrong before any action, by its status."""


def answers(*statuses: HTTPStatus) -> dict[int, ResponseSpec]:
    """Return what the schema says of these statuses. What comes of how it is asked, `openapi` adds."""
    return {
        status.value: ResponseSpec(
            Problem, generate_examples=False, media_type=MEDIA_TYPE, description=status.phrase
        )
        for status in statuses
    }


ASKING: Final = answers(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
"""What may come of asking for something instead of it."""

LOGGING_IN: Final = ASKING | answers(HTTPStatus.UNAUTHORIZED)
"""What may come of logging in instead of that."""

CHANGING: Final = ASKING | answers(HTTPStatus.CONFLICT)
"""What may come of changing something instead of that."""


def problem_of(request: Request[Any, Any, Any], error: TipstaffError | HTTPException) -> Response[Problem]:
    """Return what tells an error that comes before any handler."""
    return _of_http(request, error) if isinstance(error, HTTPException) else _of_action(request, error)


def _of_action(request: Request[Any, Any, Any], error: TipstaffError) -> Response[Problem]:
    """Tell an error of an action; one that nobody here knows is the server's own."""
    found = next((one for kind, one in _TYPES.items() if isinstance(error, kind)), None)
    if found is None:
        return _of_server(request, error)
    if isinstance(error, VaultError):  # what was done may be what cannot be shown
        request.state[UNSURE] = True
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, _Later) else {}
    return _response(found.problem(str(error)), headers)


def _of_request(_: Request[Any, Any, Any], error: ValidationException) -> Response[Problem]:
    """Tell what is wrong with a request, place by place."""
    found = error.extra if isinstance(error.extra, list) else []
    faults = tuple(
        Fault(f"{_source(one.get('source'))}.{one.get('key', '')}", str(one.get("message", "")))
        for one in found
        if isinstance(one, Mapping)
    )
    return _response(ProblemType.UNREADABLE.problem("what was sent cannot be read", faults))


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
    detail = error.detail if error.detail != title else ""
    found = _OF_HTTP.get(status)
    problem = found.problem(detail) if found else Problem(title, status, detail)
    return _response(problem, dict(error.headers or {}))


def _of_server(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Tell that the server has failed, and nothing of how: the log says where. A message may be personal.

    Paths may be secret, as those of links are: the log has that of the route.
    """
    last = traceback.extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} in {last.name}, {Path(last.filename).name}:{last.lineno}"
    route = request.scope.get("path_template", "")
    log_event(logging.ERROR, "server error", about=f"{request.method} {route}", reason=reason)
    return _response(ProblemType.FAILED.problem())


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
