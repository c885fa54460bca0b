"""Users, for those who manage them: brought in, changed, stopped, and let in again."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from tipstaff.actions.access.people import People, Person, told_of
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import NAME_PATTERN, User
from tipstaff.actions.holdings import time_of, time_or_none
from tipstaff.actions.texts import READER
from tipstaff.api.commands import command
from tipstaff.api.parameters import Most
from tipstaff.api.tokens import OwnTokens, TokenId, tokens_of
from tipstaff.casework.words import target_of
from tipstaff.server.identity import tell_about
from tipstaff.server.once import NEVER_KEPT
from tipstaff.server.problems import ASKING, CHANGING

Managing = NamedDependency[People]
"""Users, for who asks."""

_READER = rf"^[^/\x00]+/{READER}/[^/\x00]+$"
_HELD = r"^[^/\x00]+/(account|app)/[^/\x00]+$"
_MOST = 100

UserName = Annotated[str, PathParameter(pattern=NAME_PATTERN, description="the name of the user")]
AfterName = Annotated[str, QueryParameter(max_length=64, description="`next` of the page before")]
Held = Annotated[str, Meta(max_length=600, pattern=_HELD, examples=["square/account/moonharbor"])]
Host = Annotated[str, Meta(min_length=1, max_length=64)]


class UserRoles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody is from now on. What is not said is not theirs; without `queues` all hosts are there.

    `reader` is the name, HOST/reader/NAME, of readers and complainants; `holds` are the accounts and apps of
    account holders; `queues` are the hosts whose cases alone are there for clerks and reviewers.
    """

    roles: Annotated[list[Role], Meta(min_length=1, max_length=_MOST)]
    reader: Annotated[str, Meta(max_length=200, pattern=_READER)] | None = None
    holds: Annotated[tuple[Held, ...], Meta(max_length=_MOST)] = ()
    queues: Annotated[tuple[Host, ...], Meta(min_length=1, max_length=_MOST)] | None = None


class NewUser(UserRoles, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who is brought in, by the name that they sign under, if they sign."""

    name: Annotated[str, Meta(pattern=NAME_PATTERN, examples=["alice"])]


class UserView(msgspec.Struct, frozen=True):
    """A user. One who is not `active` may nothing; before `locked_until` some logins are refused.

    `password` says whether there is one; it is `initial` where it is not their own. No secret is told.
    """

    name: str
    roles: list[Role]
    active: bool
    reader: str | None
    holds: list[str]
    queues: list[str] | None
    password: bool
    initial: bool
    second_factor: bool
    locked_until: str | None


class UserPage(msgspec.Struct, frozen=True):
    """A page of users, by name. `next` is what the next page goes on behind; None on the last."""

    users: list[UserView]
    next: str | None


class InitialPassword(msgspec.Struct, frozen=True):
    """A password, shown this once, with which somebody logs in to have one of their own."""

    password: str
    until: str


class UserController(Controller):
    """Users. Nobody changes what they themselves may."""

    path = "/v1/users"
    tags = ("users",)

    @get(sync_to_thread=True, operation_id="listUsers", responses=ASKING)
    def list_users(self, people: Managing, most: Most = 50, after: AfterName = "") -> UserPage:
        """List users, by name."""
        found = people.page(most, after)
        lines = [_view(one) for one in found.items]
        return UserPage(lines, lines[-1].name if found.more else None)

    @get("/{user:str}", sync_to_thread=True, operation_id="readUser", responses=ASKING)
    def read(self, people: Managing, user: UserName) -> UserView:
        """Read what a user is, and how they log in."""
        return _view(people.read(user))

    @post(sync_to_thread=True, operation_id="makeUser", responses=CHANGING)
    def make(self, people: Managing, request: Request[Any, Any, Any], data: JSONBody[NewUser]) -> UserView:
        """Bring somebody in. Who signs has a key before (`tipstaff person`)."""
        made = people.make(_user(data.name, data))
        tell_about(request, f"{data.name}: {told_of(made.user)}")
        return _view(made)

    @command("/{user:str}/roles", operation_id="changeUser")
    def change(
        self, people: Managing, request: Request[Any, Any, Any], user: UserName, data: JSONBody[UserRoles]
    ) -> UserView:
        """Say what a user is from now on. Their logins end; one who was stopped is so no more."""
        changed = people.change(_user(user, data))
        tell_about(request, told_of(changed.user))
        return _view(changed)

    @command("/{user:str}/stop", operation_id="stopUser")
    def stop(self, people: Managing, user: UserName) -> UserView:
        """Let a user do nothing any more: their tokens and logins end."""
        return _view(people.stop(user))

    @command("/{user:str}/unlock", operation_id="unlockUser")
    def unlock(self, people: Managing, user: UserName) -> UserView:
        """Let a user log in at once, whatever went wrong before."""
        return _view(people.unlock(user))

    @command("/{user:str}/password", operation_id="givePassword", opt={NEVER_KEPT: True})
    def give_password(self, people: Managing, user: UserName) -> InitialPassword:
        """Make a password for a user, who may nothing before they have one of their own. Logins end."""
        made = people.give_password(user)
        return InitialPassword(made.password, time_of(made.until))

    @command("/{user:str}/second-factor/removal", operation_id="forgetSecondFactor")
    def forget_second(self, people: Managing, user: UserName) -> UserView:
        """Let a user log in with their password alone: for who has lost codes and passkeys."""
        return _view(people.forget_second(user))

    @get("/{user:str}/tokens", sync_to_thread=True, operation_id="listUserTokens", responses=ASKING)
    def tokens(self, people: Managing, user: UserName) -> OwnTokens:
        """List the tokens of a user that may be used."""
        return tokens_of(people.tokens(user))

    @command("/{user:str}/tokens/{token:str}/revocation", operation_id="revokeUserToken")
    def revoke(self, people: Managing, user: UserName, token: TokenId) -> OwnTokens:
        """Revoke a token of a user, for good; answers those that are left."""
        return tokens_of(people.revoke(user, token))


def _user(name: str, wanted: UserRoles) -> User:
    """Return what a user is to be. Raises `InputError`."""
    return User(
        name,
        frozenset(wanted.roles),
        reader=wanted.reader,
        holds=tuple(target_of(one).subject for one in wanted.holds),
        queues=None if wanted.queues is None else frozenset(wanted.queues),
    )


def _view(person: Person) -> UserView:
    """Return a user, for those who manage them."""
    user = person.user
    return UserView(
        name=user.name,
        roles=sorted(user.roles),
        active=user.active,
        reader=user.reader,
        holds=list(map(str, user.holds)),
        queues=None if user.queues is None else sorted(user.queues),
        password=person.password,
        initial=person.initial,
        second_factor=person.second_factor,
        locked_until=time_or_none(person.locked_until),
    )
