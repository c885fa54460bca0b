"""Commitments: what stands on the log in place of personal data, reasons and evidence.

SHA-256(salt || CBOR[kind, field, value]), with a salt of its own for each field: hiding while the salt is
secret, binding because SHA-256 is, and nothing but 32 bytes once value and salt are erased.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value, encode

SALT_SIZE: Final = 32


def make_salt() -> bytes:
    """Return 32 fresh random bytes; each field of each statement takes its own."""
    return secrets.token_bytes(SALT_SIZE)


def commit(kind: str, field: str, value: Value, salt: bytes) -> bytes:
    """Return the commitment, 32 bytes, of a field's value in a statement of that kind."""
    if len(salt) != SALT_SIZE:
        raise InputError(f"a salt has {SALT_SIZE} bytes, this one {len(salt)}")
    return hashlib.sha256(salt + encode([kind, field, value])).digest()


def opens(commitment: bytes, kind: str, field: str, value: Value, salt: bytes) -> bool:
    """Say whether a commitment is to that value."""
    return hmac.compare_digest(commitment, commit(kind, field, value, salt))
