"""Requests that another site has a browser send: refused where they change something with a login.

What a page of our own has and no other one is an HMAC under the secret of the session. Litestar's helper has
a cookie for that, which it has once put into pages unescaped (CVE-2026-48060): there is none here, and
nothing that comes in by a cookie goes out again.
"""

from __future__ import annotations

import hmac
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request

from tipstaff.actions.access.principal import ForbiddenError

CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf"
"""The field of a form that has the same."""

FORM: Final = "form"
"""The option of pages: what changes something comes in a form, which has that field instead of the header."""
_SAFE: Final = {"GET", "HEAD", "OPTIONS"}
_OWN: Final = {"same-origin", "none"}
"""Who asks, as browsers tell it (Fetch Metadata): a page of this origin, or the person themselves."""


def check_site(request: Request[Any, Any, Any], origin: str) -> None:
    """Refuse a change that a page of elsewhere asks for; `origin` is where we are. Raises `ForbiddenError`.

    Where a browser tells nothing of it, it is no browser, or one so old that the token alone must do.
    """
    site = request.headers.get("sec-fetch-site")
    told = request.headers.get("origin")
    if (site is not None and site not in _OWN) or (told is not None and not _is_own(request, told, origin)):
        raise ForbiddenError("a page of another site asks for this: `public_origin` says where ours is")


def check_token(given: str, expected: str) -> None:
    """Refuse a change without what a page of our own has. Raises `ForbiddenError`."""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise ForbiddenError(f"with a login, what changes something shows its `csrf` (`{CSRF_HEADER}`)")


def token_shown(request: Request[Any, Any, Any]) -> str | None:
    """Return what is shown with a change; None where it comes in a form that was not read yet."""
    if request.route_handler.opt.get(FORM):
        found: str | None = request.state.get(CSRF_FIELD)
        return found
    return request.headers.get(CSRF_HEADER, "")


def is_safe(request: Request[Any, Any, Any]) -> bool:
    """Say whether a request changes nothing."""
    return request.method in _SAFE


def _is_own(request: Request[Any, Any, Any], told: str, origin: str) -> bool:
    """Say whether an origin is where we are."""
    if origin:
        return told == origin
    try:
        return told.startswith(("http://", "https://")) and urlsplit(told).netloc == request.headers.get(
            "host"
        )
    except ValueError:  # it is no address at all
        return False
