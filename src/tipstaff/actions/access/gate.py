"""The gate: logging in, what a session is good for, and proving again who one is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from msgspec.structs import replace

from tipstaff.actions.access.codes import NOBODYS, counter_of, recovery_digest
from tipstaff.actions.access.lockout import begin, give_back, succeed
from tipstaff.actions.access.logins import Login, LoginError, Logins, Session, session_digest
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.tokens import User, Users
from tipstaff.actions.desk import Desk
from tipstaff.actions.screening.gathering import BusyError

_ID_SIZE: Final = 8
_SECRET_SIZE: Final = 32
_SEEN: Final = 30
"""Seconds after which it is kept that a session was seen again: not each request writes."""

LACKS_OWN: Final = "a password of their own (`POST /v1/me/password`)"
"""What somebody must have before anything else."""

LACKS_SECOND: Final = "a second factor (`POST /v1/me/totp`)"
"""What somebody of some roles must have then."""

_NOWHERE: Final = bytes(32)
"""A name under which the vault has nothing."""

_KIND: Final = "login"
_FIELD: Final = "totp"


class Begun(NamedTuple):
    """A session that has begun, and the secret that is shown of it, once."""

    session: Session
    shown: str


class Proved(NamedTuple):
    """Somebody who has shown who they are; `strong` with a second factor."""

    user: User
    login: Login
    strong: bool


class Gate:
    """Where people come in. Secrets of second factors are in the vault of the desk."""

    def __init__(self, desk: Desk, users: Users, logins: Logins, hasher: Hasher) -> None:
        self.users = users
        self.logins = logins
        self.clock = desk.clock
        self.settings = desk.settings
        self._vault = desk.vault
        self._hasher = hasher

    def log_in(self, name: str, password: str, code: str, address: str) -> Begun:
        """Begin a session for who shows a password, and a code where they have a second factor.

        Raises `LoginError`, alike whatever is wrong; `LockedError`, `BusyError`.
        """
        return self.begin_session(self.prove(name, password, code, address))

    def prove(self, name: str, password: str, code: str, address: str) -> Proved:
        """Look at what somebody shows, and count it. Raises as `log_in` does.

        There is as much to do whether there is such a user, whether they were stopped, and whatever is wrong.
        """
        with self.counted(name, address):
            user, login = self.users.user(name), self.logins.login(name)
            good = login and (login.initial_until is None or self.clock() < login.initial_until)
            kept = login.password if user and user.active and login and good else None
            right = self._hasher.verify(password, kept)
            used = self._use_of(login or Login(name), code)
            if not (right and user and login and kept and used and used()):
                told = "the name, the password, or the code of the second factor is wrong"
                raise LoginError(told, user.name if user else None)
        if self._hasher.is_outdated(kept):
            with suppress(BusyError):  # another time, then
                self.logins.keep_rehashed(name, kept, self._hasher.hash(password))
        return Proved(user, login, strong=login.totp is not None)

    def change_password(self, name: str, password: str, version: int) -> bool:
        """Keep another password if a login is at a version still; says whether it was. Raises `BusyError`."""
        return self.logins.change_password(name, self._hasher.hash(password), version)

    @contextmanager
    def counted(self, name: str, address: str) -> Iterator[None]:
        """Count a guess under a name before it is looked at; what raises is wrong. Raises `LockedError`."""
        begun = begin(self.logins, name, address, self.clock())
        try:
            yield
        except BusyError:
            give_back(self.logins, begun)
            raise
        succeed(self.logins, begun, self.clock())

    def begin_session(self, proved: Proved) -> Begun:
        """Begin a session for somebody who has shown who they are."""
        now, shown = self.clock(), secrets.token_urlsafe(_SECRET_SIZE)
        session = Session(
            id=secrets.token_hex(_ID_SIZE),
            user=proved.user.name,
            digest=session_digest(shown),
            version=proved.login.version,
            strong=proved.strong,
            made_at=now,
            seen_at=now,
            ends_at=now + self.settings.session_hours * 3600,
        )
        self.logins.keep_session(session)
        self.logins.forget_sessions(now)
        return Begun(session, shown)

    def session_of(self, shown: str, *, seen: bool = True) -> tuple[Session, Principal]:
        """Return the session of a secret, and who asks with it. Raises `LoginError` where it has ended.

        What a page asks for by itself is no sign that somebody was `seen`: the session rests.
        """
        now, session = self.clock(), self.logins.session(session_digest(shown))
        user = self.users.user(session.user) if session else None
        if not (session and user and user.active and self.lives(session)):
            raise LoginError("this login has ended: log in again")
        if seen and now - session.seen_at >= _SEEN:
            self.logins.see_session(session.digest, now)
            session = replace(session, seen_at=now)
        lacks = self._lacks(session, user.roles)
        scopes = frozenset[Permission]() if lacks else None
        return session, Principal(
            user.name, user.roles, scopes, user.reader, user.holds, lacks=lacks, queues=user.queues
        )

    def lives(self, session: Session) -> bool:
        """Say whether a session has not ended: by its time, by rest, or because its user has changed."""
        return self._lives(session, self.logins.login(session.user))

    def living(self, user: str) -> list[Session]:
        """Return the sessions of somebody that have not ended, the oldest first."""
        login = self.logins.login(user)
        return [one for one in self.logins.sessions(user) if self._lives(one, login)]

    def _lives(self, session: Session, login: Login | None) -> bool:
        """Say whether a session has not ended, by how its user logs in."""
        return (
            self.clock() < min(session.ends_at, session.seen_at + self.settings.session_idle_minutes * 60)
            and login is not None
            and login.version == session.version
        )

    def needs_second(self, roles: frozenset[Role]) -> bool:
        """Say whether somebody of these roles may do nothing without a second factor."""
        return not roles.isdisjoint(self.settings.second_factor_roles.split(","))

    def _lacks(self, session: Session, roles: frozenset[Role]) -> str:
        """Return what somebody must have before they may anything; nothing for most."""
        login = self.logins.login(session.user)
        if login and login.initial_until is not None:
            return LACKS_OWN
        if not session.strong and self.needs_second(roles):
            return LACKS_SECOND
        return ""

    def give_password(self, name: str, password: str, until: int, by: Session) -> bool:
        """Keep a password that is not their own, and good until a time; says whether it was.

        It is not where the session that asks for it has ended. Raises `BusyError`.
        """
        hashed, login = self._hasher.hash(password), self.logins.login(name)
        given = self.logins.give_password(name, hashed, until, by)
        if given and login:
            self.drop_secrets(login.pending)
        return given

    def keep_secret(self, user: str, secret: bytes) -> bytes:
        """Keep the secret of a second factor; returns its name."""
        return self._vault.keep(f"{_KIND} {user}", _KIND, _FIELD, secret)

    def secret(self, name: bytes) -> bytes | None:
        """Return the secret of a second factor, None where it is gone."""
        kept = self._vault.open(name)
        return kept.value if kept and isinstance(kept.value, bytes) else None

    def drop_secrets(self, *names: bytes | None) -> None:
        """Let secrets go that nobody uses any more."""
        self._vault.drop([name for name in names if name is not None])

    def _use_of(self, login: Login, code: str) -> Callable[[], bool] | None:
        """Return what takes a code, which works once; None where it is none. Nothing is written yet."""
        secret, digest = self.secret(login.totp or _NOWHERE), recovery_digest(code)
        step = counter_of(secret or NOBODYS, code, self.clock(), login.counter)
        recovers = self.logins.has_recovery(login.user, digest)
        if (totp := login.totp) is None:
            return lambda: True  # whoever has no second factor needs no code
        if secret and step is not None:
            return lambda: self.logins.use_code(login.user, totp, step)
        return (lambda: self.logins.use_recovery(login.user, digest)) if recovers else None


def csrf_of(shown: str) -> str:
    """Return what a page shows with each change, that no other site has: it follows from the session."""
    made = hmac.new(shown.encode(errors="replace"), b"tipstaff csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
