"""How images of the evidence are shown to a browser: blurred until asked, and as its user can bear it."""

from __future__ import annotations

from typing import Final, NamedTuple

from litestar.datastructures import Cookie

from tipstaff.web.forms import Form
from tipstaff.web.view import View

COOKIE: Final = "tipstaff-images"
"""Where a browser keeps how images are shown."""

_YEAR: Final = 365 * 86_400


class Looks(NamedTuple):
    """Images are shown in `grey`, or kept `away` altogether until each is asked for."""

    grey: bool
    away: bool


def looks_of(view: View) -> Looks:
    """Return how images are shown to who looks."""
    chosen = view.request.cookies.get(COOKIE, "").split("-")
    return Looks("grey" in chosen, "away" in chosen)


def looks_chosen(form: Form) -> Looks:
    """Return how images are to be shown."""
    return Looks(grey=bool(form.given("grey")), away=bool(form.given("away")))


def looks_cookie(form: Form) -> Cookie:
    """Return the cookie in which a browser keeps what was chosen."""
    chosen = [name for name, wanted in looks_chosen(form)._asdict().items() if wanted]
    return Cookie(
        key=COOKIE,
        value="-".join(chosen),
        path="/",
        max_age=_YEAR,
        secure=True,
        httponly=True,
        samesite="lax",
    )
