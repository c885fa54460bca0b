"""Bech32 (BIP-173), Bech32m (BIP-350) and the segregated-witness addresses written in them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

_VALUES = {char: value for value, char in enumerate(CHARSET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_MAX_LENGTH = 90
_CHECKSUM = 6
_PRINTABLE = range(33, 127)


class Encoding(Enum):
    """Which checksum holds; the value is the constant that it leaves."""

    BECH32 = 1
    BECH32M = 0x2BC830A3


class Decoded(NamedTuple):
    """The human-readable part in lower case, the 5-bit values before the checksum, and which one held."""

    prefix: str
    values: tuple[int, ...]
    encoding: Encoding


class Witness(NamedTuple):
    """A witness version and program (BIP-141)."""

    version: int
    program: bytes


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                check ^= generator
    return check


def decode(written: str) -> Decoded | None:
    """Decode a Bech32 (BIP-173) or Bech32m (BIP-350) string, or return nothing."""
    if len(written) > _MAX_LENGTH or any(ord(char) not in _PRINTABLE for char in written):
        return None
    lower = written.lower()
    if written not in (lower, written.upper()):
        return None
    prefix, _, data = lower.rpartition("1")
    if not prefix or len(data) < _CHECKSUM or any(char not in _VALUES for char in data):
        return None
    values = [_VALUES[char] for char in data]
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    remainder = _polymod(expanded + values)
    for encoding in Encoding:
        if remainder == encoding.value:
            return Decoded(prefix, tuple(values[:-_CHECKSUM]), encoding)
    return None


def decode_segwit(prefix: str, written: str) -> Witness | None:
    """Decode a segregated-witness address for `prefix` (`bc`, `ltc`, …), or return nothing.

    1. The checksum holds and the prefix is the one asked for.
    2. The witness version is 0 to 16; version 0 is in Bech32, all later ones in Bech32m (BIP-350).
    3. The values make whole bytes: padding of at most 4 bits, all zero.
    4. The program has 2 to 40 bytes; for version 0, 20 or 32 (BIP-141).
    """
    decoded = decode(written)
    if decoded is None or decoded.prefix != prefix or not decoded.values:
        return None
    version = decoded.values[0]
    if version > 16 or (version == 0) != (decoded.encoding is Encoding.BECH32):  # noqa: PLR2004 - OP_16
        return None
    program = _to_bytes(decoded.values[1:])
    if program is None or not 2 <= len(program) <= 40:  # noqa: PLR2004 - BIP-141
        return None
    if version == 0 and len(program) not in (20, 32):
        return None
    return Witness(version, program)


def _to_bytes(values: Sequence[int]) -> bytes | None:
    number = 0
    for value in values:
        number = number << 5 | value
    count, padding = divmod(5 * len(values), 8)
    if padding > 4 or number & ((1 << padding) - 1):  # noqa: PLR2004 - BIP-173
        return None
    return (number >> padding).to_bytes(count, "big")
