"""One's own page: who one is here, how one logs in, where one is logged in, and one's tokens."""

from __future__ import annotations

import io
from typing import Annotated, Final

import segno
from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter
from markupsafe import Markup

from tipstaff.actions.access.codes import grouped
from tipstaff.actions.access.gate import Begun
from tipstaff.actions.access.me import FRESH, Asker, Me
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import permissions_of
from tipstaff.actions.access.tokens import LONGEST_DAYS
from tipstaff.base.errors import InputError
from tipstaff.server.cookies import cookie_of
from tipstaff.server.identity import tell_about
from tipstaff.web.forms import Filled, Form
from tipstaff.web.view import Looking

_PASSWORD: Final = 400
_CODE: Final = 40
_NAMED: Final = 64
"""Characters of what is written at the most, as the API takes it."""

_QUIET_ZONE: Final = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""

Mine = NamedDependency[Me]
"""What people do about their own logins, for who asks."""

Id = Annotated[str, PathParameter(pattern="^[0-9a-f]{16}$")]


class MePages(Controller):
    """Who looks, and what they do about their own logins."""

    path = "/me"

    @get(sync_to_thread=True, operation_id="showMe")
    def show(self, view: Looking, me: Mine, state: State) -> Response[str]:
        """Show who one is, and how one logs in."""
        session, principal = me.asker.session, me.asker.principal
        return view.show(
            "me/me.html",
            principal=principal,
            permissions=sorted(permissions_of(principal.roles)),
            second=me.second(),
            this=session,
            sessions=me.sessions(),
            passkeys=me.passkeys(),
            origin=state.gate.settings.public_origin,
            tokens=me.tokens(),
            fresh=session is not None and view.now - session.made_at <= FRESH,
            most_days=LONGEST_DAYS,
        )

    @post("/password", sync_to_thread=True, operation_id="changePasswordOnPage")
    def change_password(self, view: Looking, me: Mine, form: Filled) -> Response[str]:
        """Have another password. Other sessions end."""
        new = _secret(form, "new")
        if new != form.secret("again"):
            raise InputError("the new password was not written the same twice: write it again")
        return _begun(
            view.go("/me", "password"), me.change_password(_secret(form, "password"), _code(form), new)
        )

    @post("/totp", sync_to_thread=True, operation_id="enrolTotpOnPage")
    def enrol(self, view: Looking, me: Mine, form: Filled) -> Response[str]:
        """Begin to have a second factor: its secret is shown, as a picture and in letters."""
        made = me.enrol(_secret(form, "password"))
        return view.show_once(
            "me/enrol.html",
            secret=grouped(made.secret).replace("-", " "),
            uri=made.uri,
            picture=_drawn(made.uri),
        )

    @post("/totp/confirmation", sync_to_thread=True, operation_id="confirmTotpOnPage")
    def confirm(self, view: Looking, me: Mine, state: State, form: Filled) -> Response[str]:
        """Have a second factor from now on; the recovery codes are shown this once."""
        made = me.confirm(_code(form))
        session, principal = state.gate.session_of(made.begun.shown)
        view.asker = Asker(principal, session, made.begun.shown)  # what this page sends goes with it
        return _begun(view.show_once("me/recovery.html", codes=made.recovery), made.begun)

    @post("/totp/removal", sync_to_thread=True, operation_id="removeTotpOnPage")
    def disenrol(self, view: Looking, me: Mine, form: Filled) -> Response[str]:
        """Have no second factor any more."""
        return _begun(view.go("/me", "second-removed"), me.disenrol(_secret(form, "password"), _code(form)))

    @post("/passkeys/{number:str}/removal", sync_to_thread=True, operation_id="removePasskeyOnPage")
    def remove_passkey(self, view: Looking, me: Mine, form: Filled, number: Id) -> Response[str]:
        """Have a passkey no more."""
        begun = me.remove_passkey(number, _secret(form, "password"), _code(form))
        return _begun(view.go("/me", "passkey-removed"), begun)

    @post("/tokens", sync_to_thread=True, operation_id="makeTokenOnPage")
    def make_token(self, view: Looking, me: Mine, form: Filled) -> Response[str]:
        """Make a token, which is shown this once."""
        scopes = frozenset(form.several("scope", Permission))
        days = form.number("days")
        if not scopes or days is None:
            raise InputError("choose what the token is for, and for how many days")
        made = me.make_token(scopes, days)
        tell_about(view.request, f"{made.token.id}: {', '.join(sorted(scopes))}")
        return view.show_once("me/token.html", token=made.token, shown=made.shown)

    @post("/tokens/{token:str}/revocation", sync_to_thread=True, operation_id="revokeTokenOnPage")
    def revoke_token(self, view: Looking, me: Mine, token: Id) -> Response[str]:
        """Revoke a token of one's own, for good."""
        me.revoke_token(token)
        return view.go("/me", "token-revoked")

    @post("/sessions/end", sync_to_thread=True, operation_id="endOtherSessionsOnPage")
    def end_others(self, view: Looking, me: Mine) -> Response[str]:
        """End all of one's sessions but this one."""
        me.end_others()
        return view.go("/me", "sessions-ended")

    @post("/sessions/{number:str}/end", sync_to_thread=True, operation_id="endSessionOnPage")
    def end(self, view: Looking, me: Mine, number: Id) -> Response[str]:
        """End one of one's sessions."""
        me.end(number)
        return view.go("/me", "session-ended")


def _begun(page: Response[str], begun: Begun) -> Response[str]:
    """Return a page with the session that takes the place of the one before."""
    page.set_cookie(cookie_of(begun.shown))
    return page


def _secret(form: Form, name: str) -> str:
    """Return a password that was written. Raises `InputError` where there is none."""
    written = form.secret(name)
    if not 0 < len(written) <= _PASSWORD:
        raise InputError(f"write your password, of {_PASSWORD} characters at the most")
    return written


def _code(form: Form) -> str:
    """Return the code that was written, as far as one goes."""
    return form.text("code")[:_CODE]


def _drawn(uri: str) -> Markup:
    """Return a QR code as SVG, of attributes alone: black on white whatever the colours of the page are."""
    drawn = io.BytesIO()
    segno.make_qr(uri).save(
        drawn,
        kind="svg",
        xmldecl=False,
        nl=False,
        omitsize=True,
        border=_QUIET_ZONE,
        light="#fff",
        svgclass="qr",
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  made of the squares alone, whatever it says
