"""What the registration rules know of the statements so far: a map from keys to values.

The first byte of a key says what it is of. The map is kept in memory, or beside the log in the transaction
that appends; an auditor keeps one of his own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

import msgspec

from tipstaff.ledger.cbor import Value, encode

Changes: TypeAlias = Mapping[bytes, bytes]
"""What a statement adds to the state, or alters in it."""


class View(Protocol):
    """A state to look things up in."""

    def get(self, key: bytes, /) -> bytes | None:
        """Return the value of a key; None where there is none."""


class Overlay:
    """A state with changes on top that are not yet in it. What it has looked up below, it keeps."""

    def __init__(self, base: View) -> None:
        self._base = base
        self._known: dict[bytes, bytes | None] = {}
        self.changes: dict[bytes, bytes] = {}

    def get(self, key: bytes, /) -> bytes | None:
        """Return the value of a key; None where there is none."""
        known = self._known
        if key in known:
            return known[key]
        value = known[key] = self._base.get(key)
        return value

    def foresee(self, keys: Iterable[bytes], found: Changes) -> None:
        """Take what was found of some keys, before any changes: of the others there is nothing."""
        known = self._known
        for key in keys:
            known[key] = found.get(key)

    def apply(self, changes: Changes) -> None:
        """Put changes on top."""
        self.changes.update(changes)
        self._known.update(changes)


class KeyRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A key that was added: whose it is, when it may sign, and the positions of its statements in the log."""

    role: str
    holder: str
    not_before: int
    not_after: int | None
    encoded: bytes
    added: int
    revoked: int | None = None


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is kept of a statement that may be cited. `thing` is what its state is the state of."""

    entry: bytes
    position: int
    kind: str
    iat: int
    holder: str
    thing: bytes
    kept: dict[str, object]


TABLE: Final = b"T"
"""The table in force, as deterministic CBOR."""

GREATEST_IAT: Final = b"M"
"""The greatest iat so far, as 8 bytes."""

KEYS: Final = b"K"
"""How many keys were ever added, as 8 bytes."""

LAYOUT: Final = 2
"""The number of this layout of keys: a file that was written under another cannot be read by it."""

_SHORT: Final = 96
"""Bytes of a key that is not a digest, at the most."""

_PREFIX: Final = 8
"""Bytes of an entry by which the positions of its statement, and of any that begin alike, are found."""

_POSITION: Final = 8
"""Bytes of a position."""

# The same few keys sign most statements, and what is cited now was cited just before.
_fact = lru_cache(maxsize=1024)(msgspec.msgpack.Decoder(Fact).decode)
_key_record = lru_cache(maxsize=1024)(msgspec.msgpack.Decoder(KeyRecord).decode)
_holders = msgspec.msgpack.Decoder(list[str]).decode
pack = msgspec.msgpack.Encoder().encode
"""Encode a record of the state; it is never published."""


def key_key(kid: bytes) -> bytes:
    """Return where a key record stands."""
    return b"k" + kid


def kid_key(number: int) -> bytes:
    """Return where the kid stands of the key that was added as this one, from 0."""
    return KEYS + number.to_bytes(8)


def positions_key(entry: bytes) -> bytes:
    """Return where the positions stand of the statements whose entries begin like this one.

    It is the only key that is spread over the whole state. All others follow the order of time.
    """
    return b"e" + entry[:_PREFIX]


def fact_key(position: int) -> bytes:
    """Return where the fact of a statement stands."""
    return b"p" + position.to_bytes(_POSITION)


def confirmed_key(position: int) -> bytes:
    """Return where the holders stand who confirmed a statement."""
    return b"c" + position.to_bytes(_POSITION)


def judged_key(position: int) -> bytes:
    """Return where the holders stand who judged a statement, by one of their own about it."""
    return b"j" + position.to_bytes(_POSITION)


def state_key(thing: bytes) -> bytes:
    """Return where the state of a thing stands."""
    return b"s" + thing


def unique_key(kind: str, values: list[Value]) -> bytes:
    """Return what is there once a statement of the kind with these values is."""
    return _place(b"u", [kind, *values])


def fixed_value(value: Value) -> bytes:
    """Return the digest of a value that others are bound to."""
    return hashlib.sha256(encode(value)).digest()


def fixed_key(kind: str, names: tuple[str, ...], values: list[Value]) -> bytes:
    """Return where the digest stands of what values of a kind's claims are bound to."""
    return b"f" + _digest([kind, names, *values])


def author_key(iss: str, cti: bytes) -> bytes:
    """Return where the position and the entry stand of the statement that an author gave this identifier."""
    return _place(b"i", [iss, cti])


def thing_at(position: int) -> bytes:
    """Return what stands for the thing that a statement itself is."""
    return position.to_bytes(_POSITION)


def thing_of(kind: str, values: list[Value]) -> bytes:
    """Return what stands for the thing that these values of a kind's claims name."""
    return _digest([kind, *values])


def _place(first: bytes, parts: list[object]) -> bytes:
    """Return a key made of some plain values: themselves where they are short, or else their digest.

    Keys that begin alike stand together on the disk: where cases and identifiers are numbered in the order of
    time, a batch touches a few pages of the state and not all of them.
    """
    packed = pack(parts)
    return first + packed if len(packed) <= _SHORT else first.upper() + hashlib.sha256(packed).digest()


def _digest(parts: list[object]) -> bytes:
    """Return the SHA-256 of some plain values."""
    return hashlib.sha256(pack(parts)).digest()


def find_key(view: View, kid: bytes) -> KeyRecord | None:
    """Return the record of a key."""
    data = view.get(key_key(kid))
    return None if data is None else _key_record(data)


def find_kids(view: View) -> list[bytes]:
    """Return the kids of all keys that were ever added, in that order."""
    return [view.get(kid_key(number)) or b"" for number in range(count_keys(view))]


def count_keys(view: View) -> int:
    """Return how many keys were ever added."""
    return int.from_bytes(view.get(KEYS) or b"")


def find_fact(view: View, entry: bytes) -> Fact | None:
    """Return the fact of a statement that may be cited."""
    positions = view.get(positions_key(entry)) or b""
    while positions:
        data = view.get(b"p" + positions[:_POSITION])
        if data is not None and (fact := _fact(data)).entry == entry:
            return fact
        positions = positions[_POSITION:]
    return None


def new_fact(view: View, fact: Fact) -> Changes:
    """Return what keeps a fact, and what finds it by the entry of its statement."""
    where = positions_key(fact.entry)
    positions = (view.get(where) or b"") + fact.position.to_bytes(_POSITION)
    return {fact_key(fact.position): pack(fact), where: positions}


def find_confirmers(view: View, position: int) -> list[str]:
    """Return the holders who confirmed a statement."""
    data = view.get(confirmed_key(position))
    return [] if data is None else _holders(data)


def find_judges(view: View, position: int) -> list[str]:
    """Return the holders who judged a statement."""
    data = view.get(judged_key(position))
    return [] if data is None else _holders(data)


def find_author(view: View, iss: str, cti: bytes) -> tuple[int, bytes] | None:
    """Return position and entry of the statement that an author gave this identifier."""
    data = view.get(author_key(iss, cti))
    return None if data is None else (int.from_bytes(data[:8]), data[8:])
