"""What is answered to those who have already what they ask for (RFC 9110, 15.4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, TypeVar, cast

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

from tipstaff.server.conditions import has_already

_Content = TypeVar("_Content")

UNCHANGED: Final = {
    HTTPStatus.NOT_MODIFIED.value: ResponseSpec(None, generate_examples=False, description="it is as it was")
}
"""What the schema says of it."""


def unless_had(response: Response[_Content], if_none_match: str) -> Response[_Content]:
    """Return a response, without its content where who asks has that already by its ETag."""
    if not has_already(if_none_match, response.headers["ETag"]):
        return response
    return unchanged(response.headers)


def unchanged(headers: Mapping[str, str]) -> Response[_Content]:
    """Return it, with the headers that the whole answer has. It has no body."""
    return Response(cast("_Content", b""), status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
