"""Base58Check, from Bitcoin: base 58 and, at the end, 4 bytes of a double SHA-256.

BIP-13 describes the form for addresses; other chains took it over with version bytes of their own.
"""

from __future__ import annotations

import hashlib

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Without 0, O, I and l."""

_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_CHECKSUM = 4


def decode(written: str) -> bytes | None:
    """Decode base58; each leading `1` is a zero byte. Nothing is returned for any other character.

    Time grows with the square of the length: bound what is given.
    """
    number = 0
    for char in written:
        value = _VALUES.get(char)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(written) - len(written.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_check(written: str) -> bytes | None:
    """Decode base58 and verify the checksum; return version and payload, or nothing."""
    raw = decode(written)
    if raw is None or len(raw) <= _CHECKSUM:
        return None
    body, checksum = raw[:-_CHECKSUM], raw[-_CHECKSUM:]
    twice = hashlib.sha256(hashlib.sha256(body).digest()).digest()
    return body if twice[:_CHECKSUM] == checksum else None
