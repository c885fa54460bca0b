"""Deterministic CBOR (RFC 8949, section 4.2.1): one value, one encoding; every other encoding is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Never, TypeAlias, cast

import cbor2

from tipstaff.ledger.errors import EncodingError

Value: TypeAlias = (
    "bool | int | bytes | str | Sequence[Value] | Mapping[int, Value] | Mapping[str, Value] | None"
)
"""What may be encoded: no floats, no tags; integers of 64 bits.

Decoded, sequences are lists, and maps dicts.
"""

_LEAST: Final = -(2**64)
MOST: Final = 2**64 - 1
"""The greatest integer."""

MAX_DEPTH: Final = 32
"""How deep lists and maps may lie within one another; the stack of whoever reads must not decide it."""


def _refuse_tag(*_: object) -> Never:
    """Refuse what a tag is on."""
    raise ValueError("a tag has no place on the ledger")


class _NoTags(dict[int, Callable[..., object]]):
    """The decoders of tags: for each there is, in place of the library's own, one that refuses it."""

    def __missing__(self, tag: int) -> Callable[..., object]:
        """Return the decoder of a tag, and keep nothing of what a stranger names."""
        return _refuse_tag


_NO_TAGS: Final = _NoTags()

_IN_ORDER: Final[set[tuple[int | str, ...]]] = set()
"""Keys of maps that were found in order: nearly all maps have the names of the same few kinds."""

_MANY, _LONG = 1024, 512
"""So many maps are remembered, with less than so many characters each: not whatever a stranger names."""

_SHORT: Final = 24
"""Arguments below this stand in the initial byte itself."""


def encode(value: Value) -> bytes:
    """Encode a value, the keys of its maps in bytewise order of their encodings.

    Raises `EncodingError` for what has no encoding here: floats, integers of more than 64 bits, other types,
    and what lies deeper than `decode` would read.
    """
    try:
        return cbor2.dumps(_ordered(value))
    except (UnicodeEncodeError, RecursionError) as error:
        raise EncodingError(f"what is encoded has no place on the ledger: {error}") from error


def decode(data: bytes) -> Value:
    """Decode what `encode` would have written, and nothing else.

    Raises `EncodingError` for anything that is not CBOR, not deterministic, or not a `Value`.
    """
    value = decode_unchecked(data)
    check(value)
    return value


def decode_unchecked(data: bytes) -> Value:
    """Decode what is encoded in no more bytes than needed; types and the order of keys are not checked.

    For callers who compare both with what they expect. Raises `EncodingError`.
    """
    try:
        value = decode_known(data)
        encoded = cbor2.dumps(value)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, MemoryError, OverflowError) as error:
        raise EncodingError(f"not CBOR of this profile: {error.__cause__ or error}") from error
    if encoded != data:
        raise EncodingError("not deterministic CBOR: a shorter encoding of the same exists")
    return value


def decode_known(data: bytes) -> Value:
    """Decode what `decode` has decoded before, be it in another process, and has found nothing wrong with."""
    # Tags are refused while decoding: by those of sharing (28, 29) and of repeated strings (256, 25) a few
    # hundred bytes stand for more than any memory holds, as soon as they are encoded again.
    value: Value = cbor2.loads(data, max_depth=MAX_DEPTH, semantic_decoders=_NO_TAGS)
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


def _ordered(value: Value, within: int = 0) -> Value:
    """Return a value that lies within so many lists and maps, with its own maps in order."""
    kind = type(value)
    if kind in _PLAIN:
        if kind is int and not _LEAST <= cast("int", value) <= MOST:
            raise _misplaced(value)
        return value
    if within == MAX_DEPTH:
        raise EncodingError(f"what is encoded has no place on the ledger: its depth is over {MAX_DEPTH}")
    if kind is dict:
        items = cast("dict[int | str, Value]", value)
        return cast("Value", {key: _ordered(items[key], within + 1) for key in sorted(items, key=_rank)})
    if kind is list or kind is tuple:
        return [_ordered(item, within + 1) for item in cast("list[Value]", value)]
    raise _misplaced(value)


def check(value: Value) -> None:
    """Refuse of a decoded value what `encode` would not write: types, and the order of keys.

    Integers of more than 64 bits are not among what is decoded: they would be tagged. Raises `EncodingError`.
    """
    children: Iterable[object] = ()
    if type(value) is dict:
        keys = tuple(value)
        if keys not in _IN_ORDER:
            _check_order(keys)
        children = value.values()
    elif type(value) is list:
        children = value
    elif type(value) not in _PLAIN:
        raise _misplaced(value)
    for child in children:
        if type(child) not in _PLAIN:
            check(child)  # type: ignore[arg-type]  # it may be anything that CBOR can say


def _check_order(keys: tuple[int | str, ...]) -> None:
    """Refuse keys that do not stand in the order of their encodings; some that do are remembered."""
    if sorted(keys, key=_rank) != [*keys]:
        raise EncodingError("not deterministic CBOR: the keys of a map are out of order")
    # Texts only: 1.0 and True equal 1, and are no keys.
    texts = [key for key in keys if type(key) is str]
    if len(texts) == len(keys) and len("".join(texts)) < _LONG and len(_IN_ORDER) < _MANY:
        _IN_ORDER.add(keys)


def _misplaced(value: object) -> EncodingError:
    """Say that a value has no place on the ledger."""
    return EncodingError(
        f"{value!r:.60} has no place on the ledger: it is no integer, text, bytes, list or map"
    )


_PLAIN: Final = frozenset((str, bytes, int, bool, type(None)))


def _rank(key: object) -> tuple[int, int, bytes]:
    """Return what keys are ordered by: as their encodings are, bytewise.

    The initial bytes of an item grow with its major type (0 for integers from 0, 1 below, 3 for texts),
    then with its argument, which is the distance from 0 or -1, or the length in bytes.
    """
    kind = type(key)
    if kind is str:
        data = cast("str", key).encode()
        return (3, len(data), data)
    if kind is int and _LEAST <= cast("int", key) <= MOST:
        number = cast("int", key)
        return (0, number, b"") if number >= 0 else (1, -1 - number, b"")
    raise EncodingError(f"{key!r:.60} is no key: keys are integers or texts")
