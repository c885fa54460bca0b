"""People on pages: who there is, what each may, and how each logs in."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.access.me import FRESH
from tipstaff.actions.access.people import INITIAL_HOURS, People, Sought, told_of
from tipstaff.actions.access.permissions import GRANTED, LIMITED, OUTSIDE, SIGNING, Permission, Role
from tipstaff.actions.access.tokens import NAME_PATTERN, User
from tipstaff.base.errors import InputError
from tipstaff.casework.words import target_of
from tipstaff.server.identity import tell_about
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking

_PAGE: Final = 50
_MOST: Final = 100
"""Accounts that somebody holds at the most, as the API takes them."""

Managing = NamedDependency[People]
"""Users, for who asks."""

Name = Annotated[str, PathParameter(pattern=NAME_PATTERN)]
TokenId = Annotated[str, PathParameter(pattern="^[0-9a-f]{16}$")]
Named = Annotated[str, QueryParameter(max_length=64)]
Being = Annotated[str, QueryParameter(pattern=f"^({'|'.join(Role)})?$")]
State = Annotated[str, QueryParameter(pattern="^(active|stopped)?$")]

_STATES: Final = {"active": True, "stopped": False}


class PeoplePages(Controller):
    """Users. Nobody changes what they themselves may."""

    path = "/console/people"

    @get(sync_to_thread=True, operation_id="showPeople")
    def show(
        self,
        view: Looking,
        people: Managing,
        name: Named = "",
        role: Being = "",
        standing: State = "",
        after: Named = "",
    ) -> Response[str]:
        """Show who there is, by name."""
        sought = Sought(name.strip(), Role(role) if role else None, _STATES.get(standing))
        found = people.page(_PAGE, after, sought)
        return view.show(
            "console/people/list.html",
            people=found.items,
            next=found.items[-1].user.name if found.more else None,
            name=name,
            role=role,
            standing=standing,
            query=urlencode({"name": name, "role": role, "standing": standing}),
            roles=list(Role),
        )

    @get("/roles", sync_to_thread=False, operation_id="showRoles")
    def roles(self, view: Looking, front: Asking) -> Response[str]:
        """Show what each role may."""
        front.require(Permission.READ_PEOPLE)
        second = frozenset(front.desk.settings.second_factor_roles.split(","))
        return view.show(
            "console/people/roles.html",
            roles=list(Role),
            permissions=list(Permission),
            granted=GRANTED,
            outside=OUTSIDE,
            signing=SIGNING,
            limited=LIMITED,
            second=second,
        )

    @get("/new", sync_to_thread=False, operation_id="showNewUser")
    def new(self, view: Looking, front: Asking) -> Response[str]:
        """Show where to bring somebody in."""
        front.require(Permission.MANAGE_PEOPLE)
        return view.show(
            "console/people/new.html",
            user=None,
            roles=list(Role),
            hosts=sorted(front.desk.hosts),
            outside=OUTSIDE,
        )

    @post("/new", sync_to_thread=True, operation_id="makeUserOnPage")
    def make(self, view: Looking, people: Managing, form: Filled) -> Response[str]:
        """Bring somebody in."""
        name = form.text("name")
        if not re.fullmatch(NAME_PATTERN, name):
            raise InputError(
                "a name has small letters, digits, dots, - and _, and begins with a letter or digit"
            )
        made = people.make(_user(name, form))
        tell_about(view.request, f"{name}: {told_of(made.user)}")
        return view.go(_path(name), "user-made")

    @get("/user/{user:str}", sync_to_thread=True, operation_id="showUser")
    def read(self, view: Looking, people: Managing, front: Asking, user: Name) -> Response[str]:
        """Show what somebody is, and how they log in."""
        session = view.asker.session if view.asker else None
        return view.show(
            "console/people/user.html",
            person=people.read(user),
            tokens=people.tokens(user),
            roles=list(Role),
            hosts=sorted(front.desk.hosts),
            outside=OUTSIDE,
            fresh=session is not None and view.now - session.made_at <= FRESH,
            hours=INITIAL_HOURS,
        )

    @post("/user/{user:str}/roles", sync_to_thread=True, operation_id="changeUserOnPage")
    def change(self, view: Looking, people: Managing, form: Filled, user: Name) -> Response[str]:
        """Say what somebody is from now on. Their logins end; one who was stopped is so no more."""
        changed = people.change(_user(user, form))
        tell_about(view.request, told_of(changed.user))
        return view.go(_path(user), "user-changed")

    @post("/user/{user:str}/stop", sync_to_thread=True, operation_id="stopUserOnPage")
    def stop(self, view: Looking, people: Managing, user: Name) -> Response[str]:
        """Let somebody do nothing any more: their tokens and logins end."""
        people.stop(user)
        return view.go(_path(user), "user-stopped")

    @post("/user/{user:str}/unlock", sync_to_thread=True, operation_id="unlockUserOnPage")
    def unlock(self, view: Looking, people: Managing, user: Name) -> Response[str]:
        """Let somebody log in at once, whatever went wrong before."""
        people.unlock(user)
        return view.go(_path(user), "user-unlocked")

    @post("/user/{user:str}/password", sync_to_thread=True, operation_id="givePasswordOnPage")
    def give_password(self, view: Looking, people: Managing, user: Name) -> Response[str]:
        """Make a password with which somebody logs in to have one of their own; it is shown this once."""
        return view.show_once("console/people/password.html", name=user, made=people.give_password(user))

    @post("/user/{user:str}/second-factor/removal", sync_to_thread=True, operation_id="forgetSecondOnPage")
    def forget_second(self, view: Looking, people: Managing, user: Name) -> Response[str]:
        """Let somebody log in with their password alone: for who has lost codes and passkeys."""
        people.forget_second(user)
        return view.go(_path(user), "second-forgotten")

    @post(
        "/user/{user:str}/tokens/{token:str}/revocation",
        sync_to_thread=True,
        operation_id="revokeUserTokenOnPage",
    )
    def revoke(self, view: Looking, people: Managing, user: Name, token: TokenId) -> Response[str]:
        """Revoke a token of somebody, for good."""
        people.revoke(user, token)
        return view.go(_path(user), "token-revoked")


def _path(name: str) -> str:
    """Return where a user is."""
    return f"/console/people/user/{name}"


def _user(name: str, form: Form) -> User:
    """Return what somebody is to be. Raises `InputError`."""
    roles = frozenset(form.several("role", Role))
    if not roles:
        raise InputError("choose a role at least; who is to do nothing any more is stopped")
    holds = tuple(filter(None, map(str.strip, form.text("holds").splitlines())))
    if len(holds) > _MOST:
        raise InputError(f"somebody holds {_MOST} accounts and apps at the most")
    targets = list(map(target_of, holds))
    if any(one.post for one in targets):
        raise InputError("accounts and apps are held, not posts: write HOST/account/NAME, one a line")
    queues = frozenset(form.all("queue"))
    return User(
        name,
        roles,
        reader=form.given("reader"),
        holds=tuple(one.subject for one in targets),
        queues=queues or None,
    )
