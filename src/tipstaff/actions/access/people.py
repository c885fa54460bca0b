"""Users, for those who manage them: brought in, changed, stopped, and let in again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from tipstaff.actions.access.gate import Gate
from tipstaff.actions.access.lockout import digest_of
from tipstaff.actions.access.logins import Logins, Session, Standing
from tipstaff.actions.access.me import Asker
from tipstaff.actions.access.permissions import OUTSIDE, SIGNING, Permission, Role
from tipstaff.actions.access.principal import ForbiddenError, permissions_of
from tipstaff.actions.access.tokens import PeopleError, Token, User, revoke_token, tokens_in_force
from tipstaff.actions.desk import Desk, Vault
from tipstaff.actions.paging import Page, page_of
from tipstaff.base.errors import InputError, MissingError

INITIAL_HOURS: Final = 72
"""For how long a password is good that somebody else has made."""

_PASSWORD_SIZE: Final = 18


class Person(NamedTuple):
    """A user, and how they log in; before `locked_until` some logins are refused. No secret is in it."""

    user: User
    password: bool
    initial: bool
    second_factor: bool
    locked_until: int | None


class Sought(NamedTuple):
    """Which users are sought: all that fit everything that is given. `name` is a part of one."""

    name: str = ""
    role: Role | None = None
    active: bool | None = None

    def fits(self, user: User) -> bool:
        """Say whether a user is one of them."""
        return (
            self.name in user.name
            and (self.role is None or self.role in user.roles)
            and (self.active is None or self.active is user.active)
        )


class OneTime(NamedTuple):
    """A password that is shown once, and until when somebody can log in with it."""

    password: str
    until: int


class People:
    """Users, for those who manage them. Nobody changes what they themselves may.

    Everything raises `ForbiddenError`, and `MissingError` where there is no such user.
    """

    def __init__(self, desk: Desk, gate: Gate, asker: Asker) -> None:
        self._desk = desk
        self._gate = gate
        self._asker = asker

    def page(self, most: int, after: str, sought: Sought | None = None) -> Page[Person]:
        """Return a page of users, by name: all, or those that are sought."""
        self._asker.principal.require(Permission.READ_PEOPLE)
        fits = (sought or Sought()).fits
        found = page_of((one for one in self._gate.users.users() if one.name > after and fits(one)), most)
        return Page(self._persons(found.items), found.more)

    def read(self, name: str) -> Person:
        """Return a user."""
        self._asker.principal.require(Permission.READ_PEOPLE)
        return self._person(self._found(name))

    def make(self, user: User) -> Person:
        """Bring somebody in. Raises `PeopleError`, also where there is such a user."""
        self._asker.principal.require(Permission.MANAGE_PEOPLE)
        check_user(self._desk, user)

        def made(known: User | None) -> User:
            if known:
                raise PeopleError(f"there is a user {user.name} already: change their roles")
            return user

        return self._changed(user.name, made)

    def change(self, user: User) -> Person:
        """Say what a user is from now on; one that was stopped is so no more. Raises `PeopleError`."""
        self._check_other(user.name)

        def changed(known: User | None) -> User:
            self._check_known(known, user.name)
            check_user(self._desk, user)
            return user

        return self._changed(user.name, changed)

    def stop(self, name: str) -> Person:
        """Let a user do nothing any more: their tokens and logins end."""
        self._check_other(name)
        return self._changed(name, lambda known: replace(self._check_known(known, name), active=False))

    def unlock(self, name: str) -> Person:
        """Let a user log in at once, whatever went wrong before."""
        self._asker.principal.require(Permission.MANAGE_PEOPLE)
        user = self._found(name)
        self._gate.logins.unlock(digest_of(name))
        return self._person(user)

    def give_password(self, name: str) -> OneTime:
        """Make a password with which a user logs in to have one of their own; others end. `BusyError`."""
        by = self._check_login_changed(name)
        made = OneTime(secrets.token_urlsafe(_PASSWORD_SIZE), self._gate.clock() + INITIAL_HOURS * 3600)
        self._check_still(self._gate.give_password(name, *made, by))
        return made

    def forget_second(self, name: str) -> Person:
        """Let a user log in with their password alone. Raises `InputError` where they do."""
        by = self._check_login_changed(name)
        self._check_still(forget_second_factor(self._gate.logins, self._desk.vault, name, by))
        return self._person(self._found(name))

    def tokens(self, name: str) -> list[Token]:
        """Return the tokens of a user that may be used, the oldest first."""
        self._asker.principal.require(Permission.READ_PEOPLE)
        return tokens_in_force(self._gate.users, self._found(name).name, self._gate.clock())

    def revoke(self, name: str, number: str) -> list[Token]:
        """Revoke a token of a user; returns those left."""
        self._asker.principal.require(Permission.MANAGE_PEOPLE)
        revoke_token(self._gate.users, self._found(name).name, number, self._gate.clock())
        return tokens_in_force(self._gate.users, name, self._gate.clock())

    def _changed(self, name: str, change: Callable[[User | None], User]) -> Person:
        """Keep what comes of a user, while nobody else changes one.

        Who does so is another one, and must be an admin still: so there is always one left.
        """

        def changed(users: list[User]) -> User:
            known = {one.name: one for one in users}
            own = known.get(self._asker.principal.name)
            self._check_still(
                own is not None and own.active and Permission.MANAGE_PEOPLE in permissions_of(own.roles)
            )
            return change(known.get(name))

        self._gate.users.change_users(changed, self._gate.clock())
        return self._person(self._found(name))

    def _check_other(self, name: str) -> None:
        """Refuse who may not change users, and who would change themselves."""
        self._asker.principal.require(Permission.MANAGE_PEOPLE)
        if name == self._asker.principal.name:
            raise ForbiddenError(f"{name} may not do this: another admin says what one is oneself")

    def _check_still(self, still: bool) -> None:  # noqa: FBT001
        """Refuse who was an admin when they were let in, and is none as it is written."""
        if not still:
            raise ForbiddenError(f"{self._asker.principal.name} may not do this any more")

    def _check_login_changed(self, name: str) -> Session:
        """Refuse who may not change how a user logs in: whoever does may log in as them.

        Returns the session that asks for it.
        """
        self._check_other(name)
        by = self._asker.fresh(self._gate.clock())
        self._found(name)
        return by

    def _found(self, name: str) -> User:
        """Return a user."""
        return self._check_known(self._gate.users.user(name), name)

    def _check_known(self, user: User | None, name: str) -> User:
        """Return a user that there is. Raises `MissingError`."""
        if user is None:
            raise MissingError(f"there is no user {name!r}")
        return user

    def _person(self, user: User) -> Person:
        """Return a user, and how they log in."""
        return self._persons([user])[0]

    def _persons(self, users: Sequence[User]) -> list[Person]:
        """Return some users, and how they log in."""
        now, standings = self._gate.clock(), self._gate.logins.standings([one.name for one in users])
        return [_person_of(one, standings[one.name], now) for one in users]


def _person_of(user: User, standing: Standing, now: int) -> Person:
    """Return a user, by how their login stands."""
    login, passkeys, until = standing
    return Person(
        user,
        password=login is not None and login.password is not None,
        initial=login is not None and login.initial_until is not None,
        second_factor=bool(passkeys or (login and login.totp)),
        locked_until=until if until > now else None,
    )


def told_of(user: User) -> str:
    """Return what the audit trail has of what a user is from now on."""
    queues = "" if user.queues is None else f" for {', '.join(sorted(user.queues))}"
    reader = "" if user.reader is None else f" as {user.reader}"
    holds = f" of {', '.join(map(str, user.holds))}" if user.holds else ""
    return f"{', '.join(sorted(user.roles))}{reader}{holds}{queues}"


def check_user(desk: Desk, user: User) -> None:
    """Refuse roles that somebody cannot have here, and queues of hosts that there are not.

    Who signs has a key, and who is outside has none. Raises `PeopleError`.
    """
    user.check()
    signs = desk.keys.has(user.name)
    if signs and user.roles & OUTSIDE:
        raise PeopleError(f"{user.name} signs here: give who is outside a user of another name")
    if not signs and user.roles & SIGNING:
        raise PeopleError(f"there is nobody named {user.name!r}: `tipstaff person` brings people in")
    if unknown := sorted((user.queues or frozenset()) - desk.hosts.keys()):
        raise PeopleError(f"there is no host {unknown[0]!r}: known are {', '.join(sorted(desk.hosts))}")


def forget_second_factor(logins: Logins, vault: Vault, name: str, by: Session | None) -> bool:
    """Let a user log in with their password alone; says whether who asks for it goes on doing so.

    Raises `InputError` where they have nothing else.
    """
    login, passkeys = logins.login(name), logins.passkeys(name)
    if login is None or not (login.totp or passkeys):
        raise InputError(f"{name} has no second factor")
    forgotten = logins.forget_second(name, by)
    if forgotten:
        vault.drop([secret for secret in (login.totp, login.pending) if secret])
    return forgotten
