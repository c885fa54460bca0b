"""Logging in with passkeys, and one's own passkeys."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final, NamedTuple

from tipstaff.actions.access.gate import Begun, Gate, Proved
from tipstaff.actions.access.logins import LoginError
from tipstaff.actions.access.passkeys import Answer, Passkey, PasskeyError, Site, handle_of
from tipstaff.base.errors import InputError

SECONDS: Final = 300
"""For how long a question waits for its answer: WebAuthn 3, 15.1, recommends as much."""

QUESTIONS: Final = 10_000
"""Questions that wait for whoever logs in, and for each user: the oldest makes room. Anybody may ask one."""

_ID_SIZE: Final = 8
_CHALLENGE_SIZE: Final = 32
_NOBODY: Final = ""


class Asked(NamedTuple):
    """What a browser is asked: something random, for passkeys of this site."""

    challenge: bytes
    site: Site


class AskedNew(NamedTuple):
    """What a browser is asked for a new passkey: who it is for, and those that they have."""

    asked: Asked
    user: str
    handle: bytes
    known: list[bytes]


class Keyring:
    """Passkeys, as people come in with them, and have new ones."""

    def __init__(self, gate: Gate, questions: int = QUESTIONS) -> None:
        self._gate = gate
        self._questions = questions

    def ask(self) -> Asked:
        """Ask for a passkey, whosever it is. Raises `InputError`."""
        return self._ask(_NOBODY)

    def log_in(self, answer: Answer) -> Begun:
        """Begin a session for whose passkey has answered. Raises `LoginError`, alike whatever is wrong."""
        passkey = None
        try:
            self._answered(answer, _NOBODY)
            passkey = self._gate.logins.passkey(answer.credential)
            proved = self._proved(answer, passkey)
        except PasskeyError as error:
            raise LoginError(str(error), passkey.user if passkey else None) from error
        return self._gate.begin_session(proved)

    def ask_new(self, user: str) -> AskedNew:
        """Ask for a new passkey of somebody. Raises `InputError`."""
        known = [one.credential for one in self._gate.logins.passkeys(user)]
        return AskedNew(self._ask(user), user, handle_of(user), known)

    def keep_new(self, user: str, name: str, answer: Answer, version: int) -> bool:
        """Keep a new passkey of somebody whose login is at a version still; says whether it was.

        Raises `InputError`.
        """
        try:
            self._answered(answer, user)
            made = self._site().registered(answer)
        except PasskeyError as error:
            raise InputError(f"{error}: begin again") from error
        kept = Passkey(secrets.token_hex(_ID_SIZE), user, name, *made, self._gate.clock())
        if self._gate.logins.passkey(kept.credential):
            raise InputError("this passkey is there already")
        return self._gate.logins.keep_passkey(kept, version)

    def _ask(self, user: str) -> Asked:
        """Ask something of a browser that nobody can foresee."""
        site, now = self._site(), self._gate.clock()
        challenge = secrets.token_bytes(_CHALLENGE_SIZE)
        self._gate.logins.forget_challenges(now)
        self._gate.logins.keep_challenge(_digest(challenge), user, now + SECONDS, self._questions)
        return Asked(challenge, site)

    def _answered(self, answer: Answer, user: str) -> None:
        """Take an answer, once. Raises `PasskeyError` where nothing like it was asked."""
        if not self._gate.logins.use_challenge(_digest(answer.challenge), user, self._gate.clock()):
            raise PasskeyError("nobody has asked for this passkey, or too long ago")

    def _proved(self, answer: Answer, passkey: Passkey | None) -> Proved:
        """Return whose passkey has answered. Raises `PasskeyError`."""
        logins = self._gate.logins
        if passkey is None:
            raise PasskeyError("the passkey is none that may be used")
        user, login = self._gate.users.user(passkey.user), logins.login(passkey.user)
        counter = self._site().shown(answer, passkey)
        if not (user and user.active and login):
            raise PasskeyError("the passkey is none that may be used")
        if not logins.use_passkey(passkey.credential, counter, self._gate.clock()):
            raise PasskeyError("the passkey is none that may be used")  # a copy of it was used meanwhile
        return Proved(user, login, strong=True)

    def _site(self) -> Site:
        """Return whose passkeys they are. Raises `InputError`."""
        return Site(self._gate.settings.public_origin)


def _digest(challenge: bytes) -> bytes:
    """Return what is kept of a question."""
    return hashlib.sha256(challenge).digest()
