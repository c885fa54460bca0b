"""COSE_Sign1 (RFC 9052): the envelope of statements and receipts."""

from __future__ import annotations

from typing import Final, NamedTuple, cast

import cbor2

from tipstaff.ledger.cbor import Value, byte_string, check, decode, decode_unchecked, encode
from tipstaff.ledger.errors import EncodingError
from tipstaff.ledger.keys import SigningKey

ALG, CONTENT_TYPE, KID, CWT_CLAIMS = 1, 3, 4, 15
ISS, SUB, IAT, CTI = 1, 2, 6, 7

PREFIX: Final = b"\xd2\x84"
"""Tag 18, then an array of four."""

_TYPES: Final = ((bytes, dict, bytes, bytes), (bytes, dict, type(None), bytes))
"""What the parts are: of the second kind are those with a detached payload."""

_EMPTY_MAP: Final = b"\xa0"
CONTEXT: Final = b"\x84\x6aSignature1"
NO_EXTERNAL_DATA: Final = b"\x40"
"""What a signature is over begins with the one; the other stands between header and payload."""

SIGNATURE_SIZE: Final = 64


class Sign1(NamedTuple):
    """The parts of a COSE_Sign1; `payload` is None where it is detached."""

    protected: bytes
    unprotected: Value
    payload: bytes | None
    signature: bytes


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return the bytes that the signature is over (RFC 9052, section 4.4)."""
    return CONTEXT + byte_string(protected) + NO_EXTERNAL_DATA + byte_string(payload)


def assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Return the bytes of a COSE_Sign1 with an empty unprotected map."""
    return PREFIX + byte_string(protected) + _EMPTY_MAP + byte_string(payload) + byte_string(signature)


def sign(key: SigningKey, protected: bytes, payload: bytes) -> bytes:
    """Sign, and return the bytes of the COSE_Sign1."""
    return assemble(protected, payload, key.sign(to_be_signed(protected, payload)))


def split(data: bytes) -> Sign1:
    """Take a tagged COSE_Sign1 apart. Raises `EncodingError` when it is none, or not deterministic."""
    if data[: len(PREFIX)] != PREFIX:
        raise EncodingError("not a tagged COSE_Sign1: it does not begin with tag 18 and an array of four")
    parts = decode_unchecked(data[1:])
    if type(parts) is not list or tuple(map(type, parts)) not in _TYPES:
        raise EncodingError("not a COSE_Sign1: its parts are not bytes, a map, bytes or null, and bytes")
    sign1 = Sign1(*parts)
    if sign1.unprotected:
        check(sign1.unprotected)
    return sign1


def check_signature(signature: bytes) -> None:
    """Refuse what is no signature of the algorithms here. Raises `EncodingError`."""
    if len(signature) != SIGNATURE_SIZE:
        raise EncodingError(f"the signature has {len(signature)} bytes, not {SIGNATURE_SIZE}")


def detached(protected: bytes, unprotected: Value, signature: bytes) -> bytes:
    """Return the bytes of a COSE_Sign1 whose payload is elsewhere."""
    return PREFIX + byte_string(protected) + encode(unprotected) + cbor2.dumps(None) + byte_string(signature)


def header(protected: bytes) -> dict[int, Value]:
    """Decode a protected header. Raises `EncodingError` when it is no map."""
    value = decode(protected)
    if not isinstance(value, dict):
        raise EncodingError("the protected header is no map")
    return cast("dict[int, Value]", value)
