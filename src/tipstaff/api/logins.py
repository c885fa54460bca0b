"""Logging in and out, and one's own logins."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from tipstaff.actions.access.gate import Begun, csrf_of
from tipstaff.actions.access.me import Me
from tipstaff.actions.holdings import time_of
from tipstaff.server.cookies import cookie_of, no_cookie
from tipstaff.server.forgery import check_site
from tipstaff.server.identity import tell_who, telling_whose
from tipstaff.server.once import NEVER_KEPT
from tipstaff.server.problems import ASKING, CHANGING, LOGGING_IN
from tipstaff.server.watching import address_of

_T = TypeVar("_T")

Mine = NamedDependency[Me]
"""What people do about their own logins, for who asks."""

Name = Annotated[str, Meta(min_length=1, max_length=64, examples=["alice"])]
Password = Annotated[str, Meta(min_length=1, max_length=400)]
Code = Annotated[str, Meta(max_length=40, description="of the time, or a recovery code", examples=["123456"])]
SessionId = Annotated[str, PathParameter(pattern="^[0-9a-f]{16}$", description="its `id`")]


class LoggingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who one is; `code` is for who has a second factor."""

    name: Name
    password: Password
    code: Code = ""


class WithPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password again: a session alone does not change how somebody logs in."""

    password: Password


class WithBoth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password and a code again."""

    password: Password
    code: Code


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password of before, and a new one; `code` is for who has a second factor."""

    password: Password
    new: Password
    code: Code = ""


class WithCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code of what was enrolled."""

    code: Code


class LoggedIn(msgspec.Struct, frozen=True):
    """A session, whose secret is in the cookie. What changes something shows `csrf`."""

    session: str
    csrf: str
    ends: str


class Confirmed(msgspec.Struct, frozen=True):
    """A second factor: the session that takes the place of the one before, and codes that are shown once."""

    login: LoggedIn
    recovery_codes: list[str]


class Enrolling(msgspec.Struct, frozen=True):
    """A secret that counts once a code of it was shown: to be typed, and as an app reads it."""

    secret: str
    uri: str


class OwnSession(msgspec.Struct, frozen=True):
    """A session: since when it is, when it was last seen, when it ends at the latest."""

    id: str
    since: str
    seen: str
    ends: str
    second_factor: bool
    this: bool


class OwnSessions(msgspec.Struct, frozen=True):
    """All sessions of somebody that have not ended."""

    sessions: list[OwnSession]


class SecondFactor(msgspec.Struct, frozen=True):
    """Whether one has a second factor, whether one's roles may do nothing without, and the codes left."""

    enrolled: bool
    needed: bool
    recovery_codes_left: int


class Myself(msgspec.Struct, frozen=True):
    """Who asks, what they may with what they ask with, and their login, if it is one.

    `queues` are the hosts whose cases alone are there for them; None where all are.
    """

    name: str
    roles: list[str]
    permissions: list[str]
    queues: list[str] | None
    second_factor: SecondFactor
    login: LoggedIn | None


@post(
    "/v1/login",
    sync_to_thread=True,
    operation_id="logIn",
    tags=["logins"],
    security=[{}],
    opt={NEVER_KEPT: True},
    responses=LOGGING_IN,
)
def log_in(request: Request[Any, Any, Any], state: State, data: JSONBody[LoggingIn]) -> Response[LoggedIn]:
    """Log in: the session is in the cookie. Whatever is wrong, the same is answered."""
    check_site(request, state.gate.settings.public_origin)
    with telling_whose(request):
        begun = state.gate.log_in(data.name, data.password, data.code, address_of(request.scope))
    tell_who(request, begun.session)
    return with_cookie(login_of(begun), begun)


@post(
    "/v1/logout",
    sync_to_thread=True,
    operation_id="logOut",
    tags=["logins"],
    opt={NEVER_KEPT: True},
    status_code=204,
    responses=ASKING,
)
def log_out(me: Mine) -> Response[None]:
    """End the session that asks for it."""
    me.log_out()
    return Response(None, cookies=[no_cookie()])


class MeController(Controller):
    """Who asks, and what they do about their own logins."""

    path = "/v1/me"
    tags = ("logins",)
    opt = {NEVER_KEPT: True}  # noqa: RUF012  as Litestar has it

    @get(sync_to_thread=True, operation_id="readMe", responses=ASKING)
    def read(self, me: Mine) -> Myself:
        """Read who one is, and what one may."""
        asker, second = me.asker, me.second()
        return Myself(
            name=asker.principal.name,
            roles=sorted(asker.principal.roles),
            permissions=sorted(asker.principal.permissions),
            queues=None if asker.principal.queues is None else sorted(asker.principal.queues),
            second_factor=SecondFactor(*second),
            login=login_of(Begun(asker.session, asker.shown)) if asker.session else None,
        )

    @get("/sessions", sync_to_thread=True, operation_id="listSessions", responses=ASKING)
    def sessions(self, me: Mine) -> OwnSessions:
        """List one's sessions."""
        this = me.asker.session
        return OwnSessions(
            [
                OwnSession(
                    id=one.id,
                    since=time_of(one.made_at),
                    seen=time_of(one.seen_at),
                    ends=time_of(one.ends_at),
                    second_factor=one.strong,
                    this=this is not None and one.id == this.id,
                )
                for one in me.sessions()
            ]
        )

    @delete("/sessions", sync_to_thread=True, operation_id="endOtherSessions", responses=ASKING)
    def end_others(self, me: Mine) -> None:
        """End all of one's sessions but this one."""
        me.end_others()

    @delete("/sessions/{number:str}", sync_to_thread=True, operation_id="endSession", responses=ASKING)
    def end(self, me: Mine, number: SessionId) -> None:
        """End one of one's sessions."""
        me.end(number)

    @post("/password", sync_to_thread=True, operation_id="changePassword", responses=ASKING)
    def change_password(self, me: Mine, data: JSONBody[NewPassword]) -> Response[LoggedIn]:
        """Have another password. Other sessions end; tokens do not."""
        begun = me.change_password(data.password, data.code, data.new)
        return with_cookie(login_of(begun), begun)

    @post("/totp", sync_to_thread=True, operation_id="enrolTotp", responses=CHANGING)
    def enrol(self, me: Mine, data: JSONBody[WithPassword]) -> Enrolling:
        """Begin to have a second factor: what comes back goes into an app, which makes codes of it."""
        return Enrolling(*me.enrol(data.password))

    @post("/totp/confirmation", sync_to_thread=True, operation_id="confirmTotp", responses=CHANGING)
    def confirm(self, me: Mine, data: JSONBody[WithCode]) -> Response[Confirmed]:
        """Have a second factor from now on; recovery codes are shown this once. Other sessions end."""
        enrolled = me.confirm(data.code)
        return with_cookie(Confirmed(login_of(enrolled.begun), enrolled.recovery), enrolled.begun)

    @post("/totp/removal", sync_to_thread=True, operation_id="removeTotp", responses=CHANGING)
    def disenrol(self, me: Mine, data: JSONBody[WithBoth]) -> Response[LoggedIn]:
        """Have no second factor any more. Other sessions end."""
        begun = me.disenrol(data.password, data.code)
        return with_cookie(login_of(begun), begun)


def login_of(begun: Begun) -> LoggedIn:
    """Return a session, for whose it is."""
    return LoggedIn(begun.session.id, csrf_of(begun.shown), time_of(begun.session.ends_at))


def with_cookie(content: _T, begun: Begun) -> Response[_T]:
    """Return something with the cookie of a session."""
    return Response(content, cookies=[cookie_of(begun.shown)])
