"""Tokens by which programs ask for people: shown once, kept as a digest, narrowed, for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

import msgspec

from tipstaff.actions.access.permissions import LIMITED, OUTSIDE, Permission, Role
from tipstaff.actions.access.principal import Principal, permissions_of
from tipstaff.actions.access.secret import is_secret, make_secret
from tipstaff.actions.texts import READER
from tipstaff.base.errors import InputError, MissingError, TipstaffError
from tipstaff.casework.words import Subject, SubjectKind

PREFIX: Final = "tipstaff"
"""What tokens begin with, so that whoever finds one knows what it is."""

NAME_PATTERN: Final = "^[a-z0-9][a-z0-9._-]{0,63}$"
"""What every name of a user matches."""

DAY: Final = 86_400
LONGEST_DAYS: Final = 366


class UnknownTokenError(TipstaffError):
    """A token is none, has expired, or was revoked; which of these, nobody is told."""


class PeopleError(TipstaffError):
    """Users and tokens cannot be so, or not as things stand."""


class User(msgspec.Struct, frozen=True):
    """Somebody who may ask. One who is not `active` may nothing.

    `reader` is the name, HOST/reader/NAME, that they complain under; `holds` are the accounts and apps that
    are theirs. An authority is the person of its name, who signs. `queues` are the hosts whose cases are
    there for them; None for all.
    """

    name: str
    roles: frozenset[Role]
    active: bool = True
    reader: str | None = None
    holds: tuple[Subject, ...] = ()
    queues: frozenset[str] | None = None

    def check(self) -> None:
        """Refuse roles that do not go together, or not with what is theirs. Raises `PeopleError`."""
        outside = self.roles & OUTSIDE
        if outside and outside != self.roles:
            raise PeopleError(f"{self.name} is either outside or here: {' and '.join(sorted(self.roles))}")
        if bool(self.reader) is not bool(outside & {Role.READER, Role.COMPLAINANT}):
            raise PeopleError("readers and complainants, and nobody else, have the name of a reader")
        if self.reader and not _is_reader(self.reader):
            raise PeopleError(f"{self.reader!r} is no name of a reader: write HOST/{READER}/NAME")
        if bool(self.holds) is not (Role.ACCOUNT_HOLDER in outside):
            raise PeopleError("account holders, and nobody else, hold accounts or apps")
        for one in self.holds:
            if one.kind is SubjectKind.SITE:
                raise PeopleError(f"{one} is outside of the host: nobody holds a site, only accounts or apps")
        if self.queues is not None and not self.roles <= LIMITED:
            raise PeopleError(f"only {', '.join(sorted(LIMITED))} are limited to queues: {self.name} is more")


class Token(msgspec.Struct, frozen=True):
    """A token, as it is kept: `digest` is the SHA-256 of its secret, which is random."""

    id: str
    user: str
    digest: bytes
    scopes: frozenset[Permission] | None
    made_at: int
    expires_at: int
    revoked_at: int | None = None

    def in_force(self, now: int) -> bool:
        """Say whether it may be used."""
        return self.revoked_at is None and now < self.expires_at


Change = Callable[[list[User]], User]
"""Which user to keep, given all of them; raises where none is to be kept."""


class Users(Protocol):
    """Where users and their tokens are kept."""

    def user(self, name: str) -> User | None:
        """Return a user."""

    def users(self) -> list[User]:
        """Return all users, by name."""

    def keep_user(self, user: User) -> None:
        """Keep a user, in place of what was kept of them before."""

    def change_users(self, change: Change, now: int) -> None:
        """Keep the user that comes of all of them, while nobody else keeps one.

        The tokens of one who is stopped are revoked with it, for good.
        """

    def token(self, number: str) -> Token | None:
        """Return a token by its id."""

    def tokens(self, user: str) -> list[Token]:
        """Return the tokens of a user, the oldest first."""

    def keep_token(self, token: Token) -> None:
        """Keep a token, in place of what was kept of it before."""


class Made(NamedTuple):
    """A token that was made, and what is shown of it, once."""

    token: Token
    shown: str


def make_token(
    users: Users, name: str, days: int, now: int, scopes: frozenset[Permission] | None = None
) -> Made:
    """Make a token for a user, for so many days, and keep it; `scopes` narrow it. Raises `InputError`."""
    made = new_token(users, name, days, now, scopes)
    users.keep_token(made.token)
    return made


def new_token(
    users: Users, name: str, days: int, now: int, scopes: frozenset[Permission] | None = None
) -> Made:
    """Return a new token, which counts once it is kept. Raises `InputError`."""
    user = users.user(name)
    if user is None or not user.active:
        raise InputError(f"there is no user {name!r}: `tipstaff user` brings them in")
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"a token is for 1 to {LONGEST_DAYS} days")
    if scopes is not None and (more := sorted(scopes - permissions_of(user.roles))):
        raise InputError(f"{name} may not {more[0]}: a token narrows what its user may")
    secret = make_secret()
    token = Token(secret.id, name, secret.digest, scopes, now, now + days * DAY)
    return Made(token, f"{PREFIX}_{secret.id}_{secret.shown}")


def tokens_in_force(users: Users, name: str, now: int) -> list[Token]:
    """Return the tokens of a user that may be used, the oldest first."""
    return [one for one in users.tokens(name) if one.in_force(now)]


def revoke_token(users: Users, name: str, number: str, now: int) -> None:
    """Revoke a token of a user, for good. Raises `MissingError`, alike where it is somebody else's."""
    token = users.token(number)
    if token is None or token.user != name:
        raise MissingError(f"{name} has no token {number!r}")
    if token.revoked_at is None:
        users.keep_token(msgspec.structs.replace(token, revoked_at=now))


def principal_of(users: Users, shown: str, now: int) -> Principal:
    """Return who asks with a token. Raises `UnknownTokenError`.

    The digest is compared whether there is such a token or not, and always in the same time.
    """
    prefix, _, rest = shown.partition("_")
    number, _, secret = rest.partition("_")
    token = users.token(number) if prefix == PREFIX else None
    same = is_secret(secret, token.digest if token else None)
    user = users.user(token.user) if token else None
    if not (same and token and token.in_force(now) and user and user.active):
        raise UnknownTokenError("the token is none that may be used: ask for a new one")
    return Principal(
        user.name, user.roles, token.scopes, user.reader, user.holds, token.id, queues=user.queues
    )


def _is_reader(name: str) -> bool:
    """Say whether a name is that of a reader of some host."""
    host, _, rest = name.partition(f"/{READER}/")
    return bool(host and rest)
