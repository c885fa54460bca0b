"""Logging in and out on pages, the way to what somebody works on, and what a browser prefers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from anyio import to_thread
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency

from tipstaff.actions.access.gate import Begun
from tipstaff.actions.access.lockout import LockedError
from tipstaff.actions.access.logins import LoginError
from tipstaff.actions.access.me import Me
from tipstaff.actions.access.permissions import Permission
from tipstaff.base.errors import InputError
from tipstaff.policy.model import Language
from tipstaff.server.cookies import cookie_of, no_cookie
from tipstaff.server.forgery import check_site
from tipstaff.server.identity import tell_who, telling_whose
from tipstaff.server.watching import address_of
from tipstaff.web.forms import Filled, Form
from tipstaff.web.language import COOKIE as LANGUAGE
from tipstaff.web.view import THEME, THEMES, Looking, View, own_path

_YEAR: Final = 365 * 86_400

_BEGINNINGS: Final = (
    (Permission.READ_CASES, "/console/cases"),
    (Permission.OWN_ORDERS, "/console/orders"),
    (Permission.READ_PEOPLE, "/console/people"),
)
"""Where people begin to work, by the first of these that they may."""


def home_of(view: View) -> str:
    """Return where who looks begins."""
    if view.lacks:
        return "/me"
    return next((path for permission, path in _BEGINNINGS if view.may(permission)), "/square")


@get("/", sync_to_thread=False, operation_id="goHome")
def go_home(view: Looking) -> Response[str]:
    """Go where who looks begins."""
    return view.go(home_of(view))


@post("/preferences", operation_id="choosePreferences")
async def choose(request: Request[Any, Any, Any], state: State, view: Looking, form: Filled) -> Response[str]:
    """Keep in which language and colours pages are shown to this browser."""
    check_site(request, state.gate.settings.public_origin)
    page = view.go(own_path(form.text("back"), "/"))
    if (language := form.text("language")) in set(Language):
        page.set_cookie(_preference(LANGUAGE, language))
    if (theme := form.text("theme")) in (*THEMES, "system"):
        page.set_cookie(_preference(THEME, theme))
    return page


class LoginPages(Controller):
    """Logging in and out."""

    path = ""

    @get("/login", sync_to_thread=False, operation_id="showLogin")
    def show(self, view: Looking, state: State) -> Response[str]:
        """Show where to log in; who is logged in goes on."""
        back = own_path(view.request.query_params.get("back", ""), "/")
        return view.go(back) if view.asker else _login(view, state, back)

    @post("/login", operation_id="logInOnPage")
    async def log_in(
        self, request: Request[Any, Any, Any], state: State, view: Looking, form: Filled
    ) -> Response[str]:
        """Log in, and go on to what was asked for."""
        check_site(request, state.gate.settings.public_origin)
        back = own_path(form.text("back"), "/")
        try:
            begun = await to_thread.run_sync(_begin, request, state, form)
        except (LoginError, LockedError) as error:
            locked = isinstance(error, LockedError)
            status = HTTPStatus.TOO_MANY_REQUESTS if locked else HTTPStatus.UNAUTHORIZED
            return _login(view, state, back, status, str(error))
        tell_who(request, begun.session)
        page = view.go(back)
        page.set_cookie(cookie_of(begun.shown))
        return page

    @post("/logout", sync_to_thread=True, operation_id="logOutOnPage")
    def log_out(self, view: Looking, me: NamedDependency[Me], form: Filled) -> Response[str]:
        """End the session; who says where they were comes back to it by logging in again."""
        me.log_out()
        back = own_path(form.text("back"), "")
        page = view.go(f"/login?back={quote(back, safe='')}" if back else "/login")
        page.set_cookie(no_cookie())
        return page


def _login(
    view: View, state: State, back: str, status: int = HTTPStatus.OK, wrong: str = ""
) -> Response[str]:
    """Return the page to log in on; `wrong` says why nobody has."""
    passkeys = bool(state.gate.settings.public_origin)
    return view.show("login.html", status, back=back, wrong=wrong, passkeys=passkeys)


def _begin(request: Request[Any, Any, Any], state: State, form: Form) -> Begun:
    """Begin a session for who has filled the form in. Raises as `Gate.log_in` does, `InputError`."""
    name, password, code = form.text("name"), form.secret("password"), form.text("code")
    if not name or not password:
        raise InputError("write your name and your password")
    with telling_whose(request):
        begun: Begun = state.gate.log_in(name[:64], password[:400], code[:40], address_of(request.scope))
    return begun


def _preference(name: str, value: str) -> Cookie:
    """Return a cookie in which a browser keeps what was chosen."""
    return Cookie(key=name, value=value, path="/", max_age=_YEAR, secure=True, httponly=True, samesite="lax")
