"""Passkeys (WebAuthn): what a browser is asked for, and whether what it answers is right.

Only passkeys with user verification are taken, so that each is two factors by itself: something that one has,
and a finger, a face or a PIN that it has asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from tipstaff.base.errors import InputError, TipstaffError

RP_NAME: Final = "Tipstaff"
ALGORITHMS: Final = (-7, -8, -257)
"""ES256, EdDSA, RS256 (WebAuthn 3, 5.8.5): every authenticator has one of them."""

_LONGEST: Final = 1023
"""Bytes of what an authenticator calls a passkey (WebAuthn 3, 4)."""

_MALFORMED: Final = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, AssertionError,
    RecursionError, NotImplementedError, struct.error, InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip
"""What the library raises, here and there, at what is no answer of a browser."""


class PasskeyError(TipstaffError):
    """What a browser has answered is not right; what is wrong with it nobody is told."""


class Passkey(msgspec.Struct, frozen=True):
    """A passkey: how its authenticator calls it, its public key, and how often it has signed."""

    id: str
    user: str
    name: str
    credential: bytes
    key: bytes
    counter: int
    made_at: int
    used_at: int | None = None


class Passkeys(Protocol):
    """Where passkeys are kept, and what was asked of browsers."""

    def passkey(self, credential: bytes) -> Passkey | None:
        """Return a passkey by what its authenticator calls it."""

    def passkeys(self, user: str) -> list[Passkey]:
        """Return the passkeys of somebody, the oldest first."""

    def keep_passkey(self, passkey: Passkey, version: int) -> bool:
        """Keep a new passkey if the login of its user is at a version still; sessions have ended.

        Says whether it was kept: one that is there already is not.
        """

    def use_passkey(self, credential: bytes, counter: int, at: int) -> bool:
        """Keep that a passkey was used; says whether it counts on, or does not count."""

    def remove_passkey(self, user: str, number: str, version: int) -> bool:
        """Remove a passkey if the login of its user is at a version still; sessions have ended.

        Says whether it was removed.
        """

    def keep_challenge(self, digest: bytes, user: str, ends_at: int, most: int) -> None:
        """Keep what was asked for somebody, or for nobody in particular; of theirs the newest, so many."""

    def use_challenge(self, digest: bytes, user: str, now: int) -> bool:
        """Take an answer to what was asked, once; says whether that was asked, and has not ended."""

    def forget_challenges(self, before: int) -> None:
        """Forget the questions that had an end before a time."""


class Answer(NamedTuple):
    """What a browser has answered, in the words of WebAuthn, in Base64 for URLs."""

    raw_id: str
    response: dict[str, str]

    @property
    def challenge(self) -> bytes:
        """What it answers. Raises `PasskeyError`."""
        with _refusing():
            return CollectedClientData(websafe_decode(self.response["clientDataJSON"])).challenge

    @property
    def credential(self) -> bytes:
        """Which passkey it says it is of. Raises `PasskeyError`."""
        with _refusing():
            return websafe_decode(self.raw_id)


class Registered(NamedTuple):
    """A new passkey: what its authenticator calls it, its public key, and its counter."""

    credential: bytes
    key: bytes
    counter: int


class Site:
    """Whose passkeys they are: an origin. Raises `InputError` where the installation has said none."""

    def __init__(self, origin: str) -> None:
        if not origin:
            raise InputError("passkeys are of an origin: set `public_origin`")
        self.origin = origin
        self.id = urlsplit(origin).hostname or ""
        self._server = Fido2Server(
            PublicKeyCredentialRpEntity(id=self.id, name=RP_NAME), verify_origin=lambda told: told == origin
        )

    def registered(self, answer: Answer) -> Registered:
        """Return the passkey that a browser has made. Raises `PasskeyError`."""
        with _refusing():
            told = RegistrationResponse.from_dict(_plain(answer))
            made = self._server.register_complete(_state(answer), told)
            found = made.credential_data
            if (
                found is None
                or found.public_key.ALGORITHM not in ALGORITHMS
                or found.credential_id != answer.credential
                or len(found.credential_id) > _LONGEST
                or told.response.client_data.cross_origin
            ):
                raise ValueError("not what was asked for")
            return Registered(found.credential_id, bytes(found), made.counter)

    def shown(self, answer: Answer, passkey: Passkey) -> int:
        """Return the counter of a passkey that has signed what was asked. Raises `PasskeyError`."""
        with _refusing():
            told = AuthenticationResponse.from_dict(_plain(answer))
            self._server.authenticate_complete(_state(answer), [AttestedCredentialData(passkey.key)], told)
            handle = told.response.user_handle
            if told.response.client_data.cross_origin or handle is None:
                raise ValueError("not what was asked for")
            if not hmac.compare_digest(handle, handle_of(passkey.user)):
                raise ValueError("of somebody else")
            return told.response.authenticator_data.counter


def handle_of(user: str) -> bytes:
    """Return what authenticators call somebody: no name, which they may show before they ask for anything."""
    return hashlib.sha256(f"tipstaff user {user}".encode()).digest()


def written(data: bytes) -> str:
    """Return bytes as browsers are told them."""
    return websafe_encode(data)


def _plain(answer: Answer) -> dict[str, object]:
    """Return an answer as the library reads it."""
    return {"id": answer.raw_id, "rawId": answer.raw_id, "type": "public-key", "response": answer.response}


def _state(answer: Answer) -> dict[str, object]:
    """Return what was asked; that it was, whoever keeps challenges has said before."""
    return {
        "challenge": websafe_encode(answer.challenge),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }


@contextmanager
def _refusing() -> Iterator[None]:
    """Refuse what is no answer of a browser, or a wrong one."""
    try:
        yield
    except _MALFORMED as error:
        raise PasskeyError("the passkey is none that may be used") from error
