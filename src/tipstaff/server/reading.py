"""Requests, with bodies that may be hostile."""

from __future__ import annotations

from typing import Any

from litestar import Request

from tipstaff.base.errors import InputError


class BoundedRequest(Request[Any, Any, Any]):
    """A request of which a body that is too deep, or no UTF-8, is bad input, and no failure of ours."""

    async def json(self) -> object:
        """Return the body, read as JSON. Raises `InputError`, and as Litestar does."""
        try:
            return await super().json()
        except RecursionError as error:
            raise InputError("what was sent cannot be read: it is nested too deeply") from error
        except UnicodeDecodeError as error:
            raise InputError("what was sent cannot be read: it is not UTF-8") from error
