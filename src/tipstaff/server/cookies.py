"""The cookie of a login: for this host alone, over TLS alone, and not for scripts (RFC 6265bis)."""

from __future__ import annotations

from typing import Final

from litestar.datastructures import Cookie

COOKIE: Final = "__Host-tipstaff"
"""The prefix has browsers refuse it from anywhere else: another path, a domain, or without TLS."""


def cookie_of(shown: str) -> Cookie:
    """Return the cookie of a session, which ends with the browser at the latest."""
    return Cookie(key=COOKIE, value=shown, path="/", secure=True, httponly=True, samesite="lax")


def no_cookie() -> Cookie:
    """Return what takes it out of a browser."""
    return Cookie(key=COOKIE, value="", path="/", secure=True, httponly=True, samesite="lax", max_age=0)
