"""Deterministic CBOR (RFC 8949, section 4.2.1): one value, one encoding; every other encoding is refused."""

from __future__ import annotations

from typing import Final, TypeAlias

import cbor2

from tipstaff.ledger.errors import EncodingError

Value: TypeAlias = "bool | int | bytes | str | list[Value] | dict[int, Value] | dict[str, Value] | None"
"""What may be encoded: no floats, no tags; integers of 64 bits."""

_LEAST: Final = -(2**64)
_MOST: Final = 2**64 - 1
_SHORT: Final = 24
"""Arguments below this stand in the initial byte itself."""


def encode(value: Value) -> bytes:
    """Encode a value, the keys of its maps in bytewise order of their encodings.

    Raises `EncodingError` for what has no encoding here: floats, integers of more than 64 bits, other types.
    """
    return cbor2.dumps(_ordered(value))


def decode(data: bytes) -> Value:
    """Decode what `encode` would have written, and nothing else.

    Raises `EncodingError` for anything that is not CBOR, not deterministic, or not a `Value`.
    """
    try:
        value: Value = cbor2.loads(data)
        _check(value)
        encoded = cbor2.dumps(value)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, MemoryError, OverflowError) as error:
        raise EncodingError(f"not CBOR of this profile: {error}") from error
    if encoded != data:
        raise EncodingError("not deterministic CBOR: a shorter or a differently ordered encoding exists")
    return value


def head(major: int, argument: int) -> bytes:
    """Return the initial bytes of an item: its major type (0 to 7) and its argument, below 2^32."""
    if argument < _SHORT:
        return bytes((major << 5 | argument,))
    if argument < 1 << 8:
        return bytes((major << 5 | 24, argument))
    if argument < 1 << 16:
        return bytes((major << 5 | 25, argument >> 8, argument & 0xFF))
    return bytes((major << 5 | 26,)) + argument.to_bytes(4, "big")


def byte_string(data: bytes) -> bytes:
    """Encode a byte string."""
    return head(2, len(data)) + data


def _ordered(value: Value) -> Value:
    """Return the value with its maps in order."""
    match value:
        case dict():
            keyed = sorted((_key(key), key, item) for key, item in value.items())
            return {key: _ordered(item) for _, key, item in keyed}  # type: ignore[return-value]  # keys of one type
        case list() | tuple():
            return [_ordered(item) for item in value]
        case None | bool() | bytes() | str():
            return value
        case int() if _LEAST <= value <= _MOST:
            return value
    raise EncodingError(f"{value!r:.60} cannot be put on the ledger: it is no integer, text, bytes, list or map")


def _check(value: Value) -> None:
    """Refuse what `encode` would not write: types, and the order of keys."""
    match value:
        case dict():
            last = b""
            for key, item in value.items():
                encoded = _key(key)
                if encoded <= last:
                    raise EncodingError(f"not deterministic CBOR: key {key!r:.60} is out of order")
                last = encoded
                _check(item)
        case list():
            for item in value:
                _check(item)
        case None | bool() | bytes() | str():
            pass
        case int() if _LEAST <= value <= _MOST:
            pass
        case _:
            raise EncodingError(f"{type(value).__name__} has no place in this profile of CBOR")


def _key(key: object) -> bytes:
    """Return the encoding of a key, by which keys are ordered."""
    if isinstance(key, str):
        data = key.encode()
        return head(3, len(data)) + data
    if isinstance(key, int) and not isinstance(key, bool) and _LEAST <= key <= _MOST:
        return cbor2.dumps(key)
    raise EncodingError(f"{key!r:.60} is no key: keys are integers or texts")
