"""What people do about their own logins: see and end sessions, change how they log in."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec.structs import replace

from tipstaff.actions.access import codes
from tipstaff.actions.access.gate import LACKS_OWN, Begun, Gate, Proved, csrf_of
from tipstaff.actions.access.keyring import AskedNew, Keyring
from tipstaff.actions.access.logins import Login, LoginError, Session
from tipstaff.actions.access.passkeys import Answer, Passkey
from tipstaff.actions.access.passwords import check_password, prepared
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.access.tokens import Made, PeopleError, Token, new_token, revoke_token, tokens_in_force
from tipstaff.base.errors import InputError, MissingError, TipstaffError

FRESH: Final = 15 * 60
"""Seconds for which a session has just begun."""

MOST_TOKENS: Final = 50
"""How many tokens somebody may have that can be used."""


class SecondFactorError(TipstaffError):
    """There is a second factor already, or none: what is asked for cannot be done as it stands."""


class Asker(NamedTuple):
    """Who asks, and with which session, if it is not with a token; `shown` is the secret of that."""

    principal: Principal
    session: Session | None = None
    shown: str = ""

    @property
    def csrf(self) -> str | None:
        """What is shown with each change."""
        return csrf_of(self.shown) if self.session else None

    def fresh(self, now: int) -> Session:
        """Return the session, if it has just begun. Raises `ForbiddenError`.

        Whoever finds a browser open, or a token, does not go on with it in another way.
        """
        if self.session is None:
            raise ForbiddenError("this takes a login: a token makes no tokens, and no passwords")
        if now - self.session.made_at > FRESH:
            raise ForbiddenError(f"this takes a login of the last {FRESH // 60} minutes: log in again")
        return self.session


class Second(NamedTuple):
    """How somebody's second factor stands."""

    enrolled: bool
    needed: bool
    recovery_left: int


class Enrolling(NamedTuple):
    """A secret, as it is typed and as an app reads it."""

    secret: str
    uri: str


class Enrolled(NamedTuple):
    """A second factor: the session that takes the place of the one before, and codes that are shown once."""

    begun: Begun
    recovery: list[str]


class Me:
    """Somebody's own logins. All but looking at oneself takes a session: a token ends none and makes none."""

    def __init__(self, gate: Gate, asker: Asker, address: str) -> None:
        self._gate = gate
        self._asker = asker
        self._address = address

    @property
    def asker(self) -> Asker:
        """Who asks."""
        return self._asker

    def second(self) -> Second:
        """Return how one's second factor stands."""
        login, principal = self._login(), self._asker.principal
        return Second(
            enrolled=login.totp is not None,
            needed=self._gate.needs_second(principal.roles),
            recovery_left=self._gate.logins.recovery_left(principal.name),
        )

    def sessions(self) -> list[Session]:
        """Return one's sessions that have not ended, the oldest first. Raises `ForbiddenError`."""
        return self._gate.living(self._session().user)

    def log_out(self) -> None:
        """End the session. Raises `ForbiddenError`."""
        mine = self._session()
        self._gate.logins.end_sessions(mine.user, number=mine.id)

    def end(self, number: str) -> None:
        """End one of one's sessions. Raises `ForbiddenError`, `MissingError`."""
        if not self._gate.logins.end_sessions(self._session().user, number=number):
            raise MissingError(f"there is no session {number}")

    def end_others(self) -> None:
        """End all of one's sessions but this one. Raises `ForbiddenError`."""
        mine = self._session()
        self._gate.logins.end_sessions(mine.user, but=mine.id)

    def change_password(self, password: str, code: str, new: str) -> Begun:
        """Have another password; all sessions end, another begins. Raises as `Gate.prove`, `InputError`.

        With a second factor a code is shown as well. Where an admin was there first, theirs stays.
        """
        mine = self._session()
        self._check_strong()
        check_password(new, mine.user)
        if prepared(new) == prepared(password):
            raise InputError("this is the same password again: take another one")
        proved = self._gate.prove(mine.user, password, code, self._address)
        self._check_changed(self._gate.change_password(mine.user, new, mine.version))
        self._gate.drop_secrets(proved.login.pending)
        return self._again(strong=proved.strong or mine.strong)

    def enrol(self, password: str) -> Enrolling:
        """Make a secret, which counts once a code of it was shown.

        Raises as `Gate.prove`, `SecondFactorError`.
        """
        mine = self._session()
        self._check_may_add()
        if self._login().totp is not None:
            raise SecondFactorError(
                "there is a second factor already: end that one first (`POST /v1/me/totp/removal`)"
            )
        before = self._gate.prove(mine.user, password, "", self._address).login.pending
        secret = codes.make_secret()
        kept = self._gate.keep_secret(mine.user, secret)
        done = self._gate.logins.keep_pending(mine.user, kept, mine.version)
        self._gate.drop_secrets(before if done else kept)
        self._check_changed(done)
        return Enrolling(codes.written(secret), codes.address_of(secret, mine.user))

    def confirm(self, code: str) -> Enrolled:
        """Have a second factor; all sessions end, another begins.

        Raises `SecondFactorError`, `InputError`, `LockedError`.
        """
        mine, login = self._session(), self._login()
        self._check_may_add()
        secret = self._gate.secret(login.pending) if login.pending else None
        if secret is None or login.totp is not None:
            raise SecondFactorError("no second factor waits for its code: begin with `POST /v1/me/totp`")
        with self._gate.counted(mine.user, self._address):
            counter = codes.counter_of(secret, code, self._gate.clock(), login.counter)
            if counter is None:
                raise InputError("this is not the code of the time: look at the clock of the app, try again")
        recovery = codes.make_recovery_codes()
        digests = [codes.recovery_digest(one) for one in recovery]
        logins = self._gate.logins
        self._check_changed(logins.keep_totp(mine.user, login.pending, counter, digests, mine.version))
        return Enrolled(self._again(strong=True), recovery)

    def disenrol(self, password: str, code: str) -> Begun:
        """Have no second factor any more; all sessions end, another begins.

        Raises as `Gate.prove`, `SecondFactorError`.
        """
        mine, login = self._session(), self._login()
        self._check_own()
        if login.totp is None:
            raise SecondFactorError("there is no second factor")
        proved = self._gate.prove(mine.user, password, code, self._address)
        logins = self._gate.logins
        self._check_changed(logins.keep_totp(mine.user, None, proved.login.counter, (), mine.version))
        self._gate.drop_secrets(login.totp)
        return self._again(strong=bool(self.passkeys()))

    def tokens(self) -> list[Token]:
        """Return one's tokens that may be used, the oldest first. Raises `ForbiddenError`."""
        return tokens_in_force(self._gate.users, self._session().user, self._gate.clock())

    def make_token(self, scopes: frozenset[Permission], days: int) -> Made:
        """Make a token that may some of what one may oneself. Raises `ForbiddenError`, `InputError`.

        It takes a login that has just begun. Raises `PeopleError` where there are as many as may be.
        """
        now = self._gate.clock()
        mine = self._asker.fresh(now)
        self._check_may_add()
        for scope in sorted(scopes):
            self._asker.principal.require(scope)
        if len(self.tokens()) >= MOST_TOKENS:
            raise PeopleError(f"there are {MOST_TOKENS} tokens already: revoke one that nobody uses")
        made = new_token(self._gate.users, mine.user, days, now, scopes)
        if not self._gate.logins.add_token(made.token, mine.version, MOST_TOKENS):
            raise PeopleError("how you log in, or your tokens, were changed meanwhile: look at them again")
        return made

    def revoke_token(self, number: str) -> list[Token]:
        """Revoke one of one's tokens; returns those left. Raises `ForbiddenError`, `MissingError`."""
        revoke_token(self._gate.users, self._session().user, number, self._gate.clock())
        return self.tokens()

    def passkeys(self) -> list[Passkey]:
        """Return one's passkeys, the oldest first. Raises `ForbiddenError`."""
        return self._gate.logins.passkeys(self._session().user)

    def ask_passkey(self, password: str, code: str) -> AskedNew:
        """Ask a browser for a new passkey. Raises as `Gate.prove` does, `ForbiddenError`, `InputError`."""
        name = self._session().user
        self._check_may_add()
        self._gate.prove(name, password, code, self._address)
        return Keyring(self._gate).ask_new(name)

    def keep_passkey(self, name: str, answer: Answer) -> Begun:
        """Have a new passkey. All sessions end; another one begins. Raises `ForbiddenError`, `InputError`."""
        self._check_may_add()
        mine = self._session()
        self._check_changed(Keyring(self._gate).keep_new(mine.user, name, answer, mine.version))
        return self._again(strong=True)

    def remove_passkey(self, number: str, password: str, code: str) -> Begun:
        """Have a passkey no more; all sessions end, another begins. Raises `MissingError`, as `prove`."""
        mine = self._session()
        if all(one.id != number for one in self.passkeys()):
            raise MissingError(f"there is no passkey {number}")
        self._check_may_add()
        proved = self._gate.prove(mine.user, password, code, self._address)
        self._check_changed(self._gate.logins.remove_passkey(mine.user, number, mine.version))
        return self._again(strong=proved.strong or bool(self.passkeys()))

    def _check_may_add(self) -> None:
        """Refuse who may not have another way to come in, nor one less. Raises `ForbiddenError`."""
        self._check_own()
        self._check_strong()

    def _check_own(self) -> None:
        """Refuse who has a password that somebody else has made, and knows. Raises `ForbiddenError`."""
        name = self._session().user
        if self._login().initial_until is not None:
            raise ForbiddenError(f"{name} may not do this before they have {LACKS_OWN}")

    def _check_strong(self) -> None:
        """Refuse who has shown less than they have. Raises `ForbiddenError`.

        A password alone would else be enough to put another second factor beside the one that there is.
        """
        if not self._session().strong and self.passkeys():
            raise ForbiddenError("there is a passkey: log in with it to change how you log in")

    def _check_changed(self, changed: bool) -> None:  # noqa: FBT001
        """Refuse who asks with a session that has ended. Raises `LoginError`.

        It may have ended since it was looked at: by what changed how one logs in, and that stays.
        """
        if not changed:
            raise LoginError("how you log in was changed meanwhile: log in again")

    def _again(self, *, strong: bool) -> Begun:
        """Begin a session in place of this one: of the version that its change has made, and no later one."""
        mine = self._session()
        user = self._gate.users.user(mine.user)
        if user is None or not user.active:
            raise ForbiddenError(f"{mine.user} may do nothing any more")
        changed = replace(self._login(), version=mine.version + 1)
        return self._gate.begin_session(Proved(user, changed, strong))

    def _session(self) -> Session:
        """Return the session. Raises `ForbiddenError` for who asks with a token."""
        if self._asker.session is None:
            raise ForbiddenError("this takes a login: a token does not change how its user logs in")
        return self._asker.session

    def _login(self) -> Login:
        """Return how who asks logs in."""
        name = self._asker.principal.name
        return self._gate.logins.login(name) or Login(name)
