"""Secrets that are shown once: random bits behind an id that is none; what is kept is their digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final, NamedTuple

_ID_SIZE: Final = 8
_SECRET_SIZE: Final = 32


class Secret(NamedTuple):
    """A secret of 256 random bits, the id that it is found by, and its SHA-256, which is kept."""

    id: str
    shown: str
    digest: bytes


def make_secret() -> Secret:
    """Make a secret. No slow hash is needed for what nobody can guess."""
    shown = secrets.token_urlsafe(_SECRET_SIZE)
    return Secret(secrets.token_hex(_ID_SIZE), shown, _digest(shown))


def is_secret(shown: str, digest: bytes | None) -> bool:
    """Say whether this is the secret of a digest; None of none. It takes the same time whatever it is."""
    return hmac.compare_digest(_digest(shown), digest or bytes(32))


def _digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret."""
    return hashlib.sha256(secret.encode()).digest()
