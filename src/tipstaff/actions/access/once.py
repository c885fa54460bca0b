"""Requests that are sent again are not done again: what was answered is kept for a while, sealed.

Whoever asks names each request by a key (`Idempotency-Key`). What was answered may be personal; it is sealed
under that key and what was sent, of which neither is kept: only who sends the same again can have it opened.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final, NamedTuple, Protocol

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tipstaff.base.errors import InputError, TipstaffError

KEPT: Final = 86_400
"""Seconds for which an answer is kept."""

LONGEST_KEY: Final = 255
"""The greatest length of a key."""

_NONCE_SIZE: Final = 12
_KEY_SIZE: Final = 32


class UnsureError(TipstaffError):
    """The same request has begun and is not answered: it goes on, or nobody knows what came of it."""


class OtherRequestError(TipstaffError):
    """A key that was used for another request."""


class Answer(msgspec.Struct, frozen=True):
    """What was answered: the status, headers by their names, and the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Begun(msgspec.Struct, frozen=True):
    """A request that has begun, and its answer once it is there.

    `id` is a digest of who asks and the key, `request` one of what was sent. `at` is in seconds.
    """

    id: bytes
    request: bytes
    at: int
    sealed: bytes | None = None


class Answers(Protocol):
    """Where requests that have begun are kept."""

    def begin(self, begun: Begun, until: int) -> Begun | None:
        """Keep it, for good, before it is done; returns what is kept under its `id`, if something is.

        Those from before `until` are forgotten.
        """

    def end(self, begun: Begun) -> None:
        """Keep its answer."""

    def drop(self, number: bytes) -> None:
        """Keep it no more: nothing was done."""


class Asked(NamedTuple):
    """A request that is to be done once: who asks, under which key, and the SHA-256 of what was sent."""

    user: str
    key: str
    request: bytes

    @property
    def id(self) -> bytes:
        """What it is kept under: a digest, for the key opens the seal."""
        return hashlib.sha256(msgspec.json.encode([self.user, self.key])).digest()


def asked_of(user: str, key: str, about: str, body: bytes) -> Asked:
    """Return what is asked; `about` says for what, `body` is what was sent. Raises `InputError`."""
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InputError(f"Idempotency-Key is 1 to {LONGEST_KEY} characters of ASCII")
    sent = msgspec.json.encode([about, hashlib.sha256(body).hexdigest()])
    return Asked(user, key, hashlib.sha256(sent).digest())


def begin(answers: Answers, asked: Asked, now: int) -> Answer | None:
    """Begin a request; returns what was answered if it was done before.

    Raises `OtherRequestError` where the key was used for another request, `UnsureError` where the same one
    has begun and there is no answer.
    """
    kept = answers.begin(Begun(asked.id, asked.request, now), now - KEPT)
    if kept is None:
        return None
    if kept.request != asked.request:
        raise OtherRequestError(
            "this Idempotency-Key was used for another request: a new one takes a new key"
        )
    if kept.sealed is None:
        raise UnsureError(
            "this request has begun and has no answer yet. If it has none in a minute, look at what it was "
            "about: nobody knows whether it was done"
        )
    plain = AESGCM(_sealing_key(asked)).decrypt(
        kept.sealed[:_NONCE_SIZE], kept.sealed[_NONCE_SIZE:], asked.id
    )
    return msgspec.msgpack.decode(plain, type=Answer)


def end(answers: Answers, asked: Asked, now: int, answer: Answer) -> None:
    """Keep what was answered."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    sealed = AESGCM(_sealing_key(asked)).encrypt(nonce, msgspec.msgpack.encode(answer), asked.id)
    answers.end(Begun(asked.id, asked.request, now, nonce + sealed))


def _sealing_key(asked: Asked) -> bytes:
    """Return the key that an answer is sealed under (HKDF, RFC 5869)."""
    derive = HKDF(hashes.SHA256(), _KEY_SIZE, salt=asked.request, info=b"tipstaff answer")
    return derive.derive(asked.key.encode())
