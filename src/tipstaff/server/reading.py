"""Requests, with bodies, paths and queries that may be hostile, or come slowly, or not to their end."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from anyio import fail_after
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict
from litestar.enums import ParamType, RequestEncodingType
from litestar.exceptions import HTTPException, InternalServerException
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg

from tipstaff.base.errors import InputError, MissingError

BODY_SECONDS: Final = 30.0
"""How long a body may take."""

GONE: Final = 499
"""The status, as nginx has it, of what nobody waits for any more: no standard has one."""

FIELDS: Final = 5000
"""Fields that a form has at the most."""

_NUL: Final = "\0"
_ESCAPED: Final = b"\\u0000"
"""The one way in which JSON writes it."""

_DOOR: Final = "door"
"""What handlers are given that are for who comes with a link."""

OPERATIONS: Final = "/v1/"
"""Where the operations of the API are."""

_SHOWN: Final = 80
"""How much of a name is told that there is not."""

_TOLD: Final = "has a NUL (U+0000): leave it out"


class BoundedRequest(Request[Any, Any, Any]):
    """A request; a body that is too deep, no UTF-8, or has a NUL, is bad input, and no failure of ours."""

    async def body(self) -> bytes:
        """Return the body. Raises `HTTPException` where it does not come in time, or not at all."""
        try:
            with fail_after(BODY_SECONDS):
                return await super().body()
        except TimeoutError as error:
            raise _late() from error
        except InternalServerException as error:  # Litestar takes it for a failure of ours
            raise _gone() from error

    async def form(self) -> FormMultiDict:
        """Return the body, read as a form. Raises `InputError`, and as `body` and Litestar do."""
        if self.content_type[0] == RequestEncodingType.URL_ENCODED:
            fields = (await self.body()).count(b"&") + 1
            if fields > FIELDS:  # to take a million of them apart keeps everybody else waiting for seconds
                raise InputError(f"what was sent has {fields:,} fields: a form has {FIELDS:,} at the most")
        try:
            with fail_after(BODY_SECONDS):
                read = await super().form()
        except TimeoutError as error:
            raise _late() from error
        except InternalServerException as error:
            raise _gone() from error
        except (UnicodeDecodeError, LookupError) as error:  # a part may name an encoding that there is not
            raise InputError("what was sent cannot be read: it is not UTF-8") from error
        for name, value in read.multi_items():
            if _NUL in name or (isinstance(value, str) and _NUL in value):
                raise InputError(f"what was sent cannot be read: {name.replace(_NUL, '')} {_TOLD}")
        return read

    async def json(self) -> object:
        """Return the body, read as JSON. Raises `InputError`, and as Litestar does."""
        try:
            read: object = await super().json()
            # Databases differ in what they make of it: none is asked. Hardly any body is looked at twice.
            found = _nul_in(read) if _ESCAPED in await self.body() else None
        except RecursionError as error:
            raise InputError("what was sent cannot be read: it is nested too deeply") from error
        except UnicodeDecodeError as error:
            raise InputError("what was sent cannot be read: it is not UTF-8") from error
        if found is not None:
            raise InputError(f"what was sent cannot be read: {found or 'it'} {_TOLD}")
        return read


def _late() -> HTTPException:
    """Return what tells that a body has not come in time."""
    return HTTPException(
        detail=f"the body has not come within {BODY_SECONDS:.0f} s: send it again, faster",
        status_code=HTTPStatus.REQUEST_TIMEOUT,
        headers={"Connection": "close"},
    )


def _gone() -> HTTPException:
    """Return what tells that nobody waits any more."""
    return HTTPException(detail="who asks has gone", status_code=GONE)


async def refuse_nul(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a path, or a query, with a NUL: no name has one. Raises `MissingError`, `InputError`.

    What is wrong with a link nobody is told: whoever opens the door does not look it up.
    """
    if _NUL in connection.scope["path"] and _DOOR not in handler.parsed_fn_signature.parameters:
        raise MissingError(f"what was asked for is not there: the path {_TOLD}")
    for name, value in connection.query_params.multi_items():
        if _NUL in name or _NUL in value:
            raise InputError(
                f"what was asked cannot be read: `{name.replace(_NUL, '')}` of the query {_TOLD}"
            )


class UnknownParameterError(InputError):
    """A parameter in a query that there is not: a typo in a filter would be answered with everything."""


async def refuse_unknown(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a parameter in the query that an operation does not take. Raises `UnknownParameterError`.

    What is no operation of the API, as the files of the ledger, is had under any query.
    """
    if not connection.scope["path"].startswith(OPERATIONS) or not connection.query_params:
        return
    known = queries_of(handler)
    for name in connection.query_params:
        if name not in known:
            there_are = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
            raise UnknownParameterError(
                f"there is no parameter `{name[:_SHOWN]}` in the query of this: there are {there_are}"
            )


def queries_of(handler: BaseRouteHandler) -> frozenset[str]:
    """Return the parameters that a handler takes from the query, by itself or by what it is given."""
    given = handler.resolve_dependencies()
    taken = dict(handler.parsed_fn_signature.parameters)
    for name in given.keys() & taken.keys():
        taken |= given[name].parsed_fn_signature.parameters
    told = ((name, field.kwarg_definition) for name, field in taken.items() if name not in given)
    return frozenset(
        definition.name or name
        for name, definition in told
        if isinstance(definition, ParameterKwarg) and definition.param_type is ParamType.QUERY
    )


def _nul_in(read: object) -> str | None:
    """Return where there is a NUL in what JSON stands for, as `posts.0.text`; None if there is none."""
    return next((".".join(place) for place in _nuls(read)), None)


def _nuls(read: object) -> Iterator[tuple[str, ...]]:
    """Yield the places of values with a NUL, and of what holds a field whose name has one."""
    if isinstance(read, str) and _NUL in read:
        yield ()
    elif isinstance(read, dict):
        for name, value in read.items():
            if _NUL in name:
                yield ()
            yield from ((name, *place) for place in _nuls(value))
    elif isinstance(read, list):
        for number, value in enumerate(read):
            yield from ((str(number), *place) for place in _nuls(value))
