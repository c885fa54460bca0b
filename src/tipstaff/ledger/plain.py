"""Reading the statements that nearly all are: ordinary ones, as they are published.

A log that is audited holds millions of them, and they differ in a few places only. What stands where it must
is taken from there, without decoding; whatever is otherwise in any way, or wrong, is nothing to this module:
`statement.read` then reads it as CBOR, and says what is wrong.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tipstaff.ledger.cose import CONTEXT, NO_EXTERNAL_DATA, PREFIX
from tipstaff.ledger.keys import EDDSA, ES256

_BEGINNINGS: Final = {
    b"\xa6\x01\x27\x03\x70application/cbor\x04\x58\x20": EDDSA,
    b"\xa6\x01\x26\x03\x70application/cbor\x04\x58\x20": ES256,
}
"""A map of six: alg, content type, and the head of a kid of 32 bytes."""

_KID: Final = len(next(iter(_BEGINNINGS)))
_ISS: Final = _KID + 35
"""Where the kid begins, and where the head of iss does."""

_CWT: Final = b"\x0f\xa4\x01"
"""CWT claims, a map of four, the first of which is iss."""

_KIND: Final = b"\x3a\x00\x01\x00\x00"
_VERSION: Final = b"\x3a\x00\x01\x00\x01"
_LABEL: Final = len(_KIND)
_SIGNATURE: Final = 66
"""Bytes of the signature with its head."""

_BYTES, _TEXT = 0x40, 0x60
"""The initial bytes of an empty byte string and of an empty text: the size is added."""

is_kind: Final = re.compile(r"[a-z][a-z_]{0,31}\Z").match
"""Matches the name of a kind."""

LONGEST: Final = 200
"""Characters that iss and sub may have."""

CTI_SIZES: Final = range(8, 65)
"""Bytes that cti may have."""

_LEAST_IAT: Final = 1 << 16
"""The least number that is encoded in four bytes."""


class Plain(NamedTuple):
    """What an ordinary statement says, and what its signature is over."""

    alg: int
    kid: bytes
    iss: str
    sub: str
    iat: int
    cti: bytes
    kind: str
    version: int
    payload: bytes
    message: bytes
    signature: bytes


def read_plain(data: bytes) -> Plain | None:
    """Read an ordinary statement; None where it is any other, or none."""
    try:
        return _read(data)
    except (IndexError, UnicodeDecodeError, _OtherError):
        return None


class _OtherError(Exception):
    """Something is otherwise than it is in nearly all statements."""


def _read(data: bytes) -> Plain:
    """Read an ordinary statement. Raises where it is any other."""
    start = len(data) - _SIGNATURE
    if data[:2] != PREFIX or data[start : start + 2] != b"\x58\x40":
        raise _OtherError
    at, end = _span(data, 2, _BYTES)
    protected, header = data[at:end], data[2:end]
    if data[end] != 0xA0:  # noqa: PLR2004  an unprotected map that is empty
        raise _OtherError
    body, ends = _span(data, end + 1, _BYTES)
    if ends != start:
        raise _OtherError
    alg = _BEGINNINGS.get(protected[:_KID])
    if alg is None or protected[_ISS - 3 : _ISS] != _CWT:
        raise _OtherError
    at, end = _span(protected, _ISS, _TEXT)
    iss = protected[at:end].decode()
    if protected[end] != 2:  # noqa: PLR2004  the label of sub
        raise _OtherError
    at, end = _span(protected, end + 1, _TEXT)
    sub = protected[at:end].decode()
    if protected[end : end + 2] != b"\x06\x1a" or protected[end + 6] != 7:  # noqa: PLR2004  iat, and the label of cti
        raise _OtherError
    iat = int.from_bytes(protected[end + 2 : end + 6])
    at, end = _span(protected, end + 7, _BYTES)
    cti = protected[at:end]
    if protected[end : end + _LABEL] != _KIND:
        raise _OtherError
    at, end = _span(protected, end + _LABEL, _TEXT)
    kind = protected[at:end].decode()
    if protected[end:-1] != _VERSION:
        raise _OtherError
    version = protected[-1]
    if not (
        1 <= version < 24  # noqa: PLR2004  what its one byte can say
        and 1 <= len(iss) <= LONGEST
        and 1 <= len(sub) <= LONGEST
        and iat >= _LEAST_IAT
        and len(cti) in CTI_SIZES
        and is_kind(kind)
    ):
        raise _OtherError
    message = CONTEXT + header + NO_EXTERNAL_DATA + data[len(header) + 3 : start]
    return Plain(
        alg,
        protected[_KID : _KID + 32],
        iss,
        sub,
        iat,
        cti,
        kind,
        version,
        data[body:ends],
        message,
        data[start + 2 :],
    )


def _span(data: bytes, at: int, empty: int) -> tuple[int, int]:
    """Return where the text or the byte string begins and ends whose head is at a place."""
    size = data[at] - empty
    if 0 <= size < 24:  # noqa: PLR2004  the size is in the initial byte itself
        return at + 1, at + 1 + size
    if size == 24 and data[at + 1] >= 24:  # noqa: PLR2004
        return at + 2, at + 2 + data[at + 1]
    if size == 25 and data[at + 1]:  # noqa: PLR2004
        return at + 3, at + 3 + (data[at + 1] << 8 | data[at + 2])
    raise _OtherError
