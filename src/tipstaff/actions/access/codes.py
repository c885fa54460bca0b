"""The second factor: codes of the time (RFC 6238), and recovery codes for who has lost what makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ISSUER: Final = "Tipstaff"
RECOVERY_CODES: Final = 10

_STEP: Final = 30
"""Seconds for which a code is the one of the time; its neighbours are taken as well (RFC 6238, 5.2)."""

_DIGITS: Final = 6
_SECRET_SIZE: Final = 20
_RECOVERY_SIZE: Final = 10
_GROUP: Final = 4

NOBODYS: Final = bytes(_SECRET_SIZE)
"""A secret to compare with where somebody has none: the work is the same."""


def make_secret() -> bytes:
    """Return a new secret, of as many bits as its hash (RFC 4226, 4)."""
    return secrets.token_bytes(_SECRET_SIZE)


def written(secret: bytes) -> str:
    """Return a secret as people type it, in Base32."""
    return base64.b32encode(secret).decode()


def address_of(secret: bytes, name: str) -> str:
    """Return the `otpauth` URI that an app reads a secret from."""
    return _totp(secret).get_provisioning_uri(name, ISSUER)


def code_at(secret: bytes, now: int) -> str:
    """Return the code of a time."""
    return _totp(secret).generate(now).decode()


def counter_of(secret: bytes, code: str, now: int, last: int) -> int | None:
    """Return of which step a code is, None where it is of none about now, or not of a later one than `last`.

    All are compared, and in constant time.
    """
    steps = [now // _STEP + beside for beside in (-1, 0, 1)]
    given = code.encode(errors="replace")
    same = [hmac.compare_digest(code_at(secret, step * _STEP).encode(), given) for step in steps]
    return max((step for step, one in zip(steps, same, strict=True) if one and step > last), default=None)


def make_recovery_codes() -> list[str]:
    """Return new recovery codes, of 80 random bits each: nobody guesses one."""
    return [
        grouped(base64.b32encode(secrets.token_bytes(_RECOVERY_SIZE)).decode()).lower()
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str) -> str:
    """Return what is kept of a recovery code; how it is grouped, and its case, do not count."""
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def grouped(text: str) -> str:
    """Return letters as people copy them from paper, or from a screen."""
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _totp(secret: bytes) -> TOTP:
    """Return what makes the codes. SHA-1 is what apps know (RFC 6238, 1.2)."""
    return TOTP(secret, _DIGITS, SHA1(), _STEP)  # noqa: S303  an HMAC of it is not what is broken
