"""Where logins are kept: passwords, second factors and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from tipstaff.actions.access.lockout import Tries
from tipstaff.actions.access.passkeys import Passkeys
from tipstaff.actions.access.tokens import Token
from tipstaff.base.errors import TipstaffError


class LoginError(TipstaffError):
    """Who asks is not logged in, or cannot be; for which of the reasons, nobody is told.

    `user` is whose login was tried, where there is such a user.
    """

    def __init__(self, message: str, user: str | None = None) -> None:
        super().__init__(message)
        self.user = user


class Login(msgspec.Struct, frozen=True):
    """How somebody logs in. `password` is its Argon2id, in the PHC string format.

    `version` counts what has changed about who they are here: roles, password, second factor. Sessions of
    another version have ended. `totp` names their secret in the vault, `pending` one that they have not
    shown a code of yet; `counter` is the step of the last code that was taken. Until `initial_until` the
    password is one that somebody else has made; None where it is their own.
    """

    user: str
    password: str | None = None
    version: int = 0
    totp: bytes | None = None
    pending: bytes | None = None
    counter: int = 0
    initial_until: int | None = None


class Session(msgspec.Struct, frozen=True):
    """A session. `digest` is the SHA-256 of the secret in its cookie; it is `strong` with a second factor."""

    id: str
    user: str
    digest: bytes
    version: int
    strong: bool
    made_at: int
    seen_at: int
    ends_at: int


class Standing(NamedTuple):
    """How the login of somebody stands: what is kept of it, how many passkeys, until when it is refused."""

    login: Login | None
    passkeys: int
    locked_until: int


class Logins(Tries, Passkeys, Protocol):
    """Where logins are kept, with the users whose they are."""

    def login(self, user: str) -> Login | None:
        """Return how somebody logs in."""

    def standings(self, users: Sequence[str]) -> Mapping[str, Standing]:
        """Return how the logins of some users stand, all at once."""

    def keep_password(self, user: str, password: str) -> None:
        """Keep a new password; sessions of before have ended, and no secret waits for its code."""

    def give_password(self, user: str, password: str, until: int, by: Session) -> bool:
        """Keep a password that is not their own, as `keep_password` does; says whether it was.

        It is not where the session that asks for it has ended: who stops an admin was quicker.
        """

    def change_password(self, user: str, password: str, version: int) -> bool:
        """Keep a new password if a login is at a version still; sessions have ended. Says whether it was."""

    def keep_rehashed(self, user: str, before: str, password: str) -> None:
        """Keep the same password in another form, unless it has changed meanwhile."""

    def keep_pending(self, user: str, secret: bytes, version: int) -> bool:
        """Keep the name of a secret that is not in use yet, as `change_password` does."""

    def keep_totp(
        self, user: str, secret: bytes | None, counter: int, recovery: Sequence[str], version: int
    ) -> bool:
        """Keep a second factor, or that there is none, with recovery codes, as `change_password` does."""

    def forget_second(self, user: str, by: Session | None) -> bool:
        """Forget a second factor, what waits to be one, recovery codes and passkeys; sessions have ended.

        Says whether it was, as `give_password` does; who has the machine asks with no session.
        """

    def use_code(self, user: str, secret: bytes, counter: int) -> bool:
        """Take a code of a step, once; says whether it was the first of that step or a later one."""

    def has_recovery(self, user: str, digest: str) -> bool:
        """Say whether somebody has a recovery code."""

    def use_recovery(self, user: str, digest: str) -> bool:
        """Take a recovery code, once; says whether there was one."""

    def recovery_left(self, user: str) -> int:
        """Return how many recovery codes somebody has."""

    def add_token(self, token: Token, version: int, most: int) -> bool:
        """Keep a new token if the login of its user is at a version still; says whether it was kept.

        It is not where `most` of theirs can be used when it is made.
        """

    def session(self, digest: bytes) -> Session | None:
        """Return a session."""

    def sessions(self, user: str) -> list[Session]:
        """Return the sessions of somebody, the oldest first."""

    def keep_session(self, session: Session) -> None:
        """Keep a new session."""

    def see_session(self, digest: bytes, at: int) -> None:
        """Keep when a session was last seen."""

    def end_sessions(self, user: str, *, number: str | None = None, but: str | None = None) -> int:
        """End the sessions of somebody: that of a number, or all `but` one; returns how many those were."""

    def forget_sessions(self, before: int) -> None:
        """Forget the sessions that had an end before a time."""


def session_digest(shown: str) -> bytes:
    """Return what is kept of the secret in a cookie."""
    return hashlib.sha256(shown.encode(errors="replace")).digest()
