"""Headers that every answer has, errors as well: nothing is kept, framed, or taken for something else."""

from __future__ import annotations

from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What an answer has unless its handler says otherwise."""


_LENGTHS: Final = {b"content-length", b"transfer-encoding"}
"""What says where a request ends: one of these. A proxy may go by the other one (RFC 9112, 6.3)."""


async def add_headers(message: Message, scope: Scope) -> None:
    """Add what an answer lacks, before it is sent. After an unclear request nothing more is read."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if "GET" in (allowed := headers.get("allow", "")):
            headers["Allow"] = f"{allowed}, HEAD"  # which `heads` answers: no handler is named for it
        if _LENGTHS.issubset(name for name, _ in scope["headers"]):
            headers["Connection"] = "close"
