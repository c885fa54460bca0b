"""Commitments: what stands on the log in place of personal data, reasons and evidence.

SHA-256(salt || CBOR[kind, field, value]), with a salt of its own for each field: hiding while the salt is
secret, binding because SHA-256 is, and nothing but 32 bytes once value and salt are erased.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final, cast

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value, decode_known, encode, head

SALT_SIZE: Final = 32

_COMMITTED: Final = head(4, 3)
_OPENING: Final = head(4, 4)
"""The heads of the lists of what is committed to, and of what opens that."""

_SALT_HEAD: Final = head(2, SALT_SIZE)


def make_salt() -> bytes:
    """Return 32 fresh random bytes; each field of each statement takes its own."""
    return secrets.token_bytes(SALT_SIZE)


def commit(kind: str, field: str, value: Value, salt: bytes) -> bytes:
    """Return the commitment, 32 bytes, of a field's value in a statement of that kind."""
    if len(salt) != SALT_SIZE:
        raise InputError(f"a salt has {SALT_SIZE} bytes, this one {len(salt)}")
    return hashlib.sha256(salt + encode([kind, field, value])).digest()


def encode_opening(kind: str, field: str, value: Value, salt: bytes) -> bytes:
    """Return the CBOR of what opens a commitment: [kind, field, value, salt]."""
    return encode([kind, field, value, salt])


def decode_opening(commitment: bytes, opening: bytes) -> tuple[str, str, Value, bytes] | None:
    """Return what a commitment is to, from its encoded opening; None where it is to something else.

    What is hashed stands in the opening byte for byte, but for the head of the list and the salt behind it.
    So what has the right hash was encoded by `commit`: none of it is encoded again, nor checked otherwise.
    """
    listed, salt = opening[1 : -SALT_SIZE - len(_SALT_HEAD)], opening[-SALT_SIZE:]
    if opening != _OPENING + listed + _SALT_HEAD + salt:
        return None
    if not hmac.compare_digest(commitment, hashlib.sha256(salt + _COMMITTED + listed).digest()):
        return None
    return cast("tuple[str, str, Value, bytes]", tuple(cast("list[Value]", decode_known(opening))))
