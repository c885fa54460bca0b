"""How wrong logins are slowed down, and stopped for minutes: by name and address, whoever is behind a name.

A login counts before it is looked at, so that many at once are no way around it, and is given back where it
was right. Whether there is somebody of a name makes no difference to anything here.

A stranger must not keep a person out. A name from one address (a pair) is bounded first, and narrowly.
The name from everywhere, and the address with every name, are bounded widely, and neither holds for a
pair that is known: somebody has logged in there before. Nothing is refused for longer than `LOCK`, and what
is refused does not count.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from tipstaff.base.errors import TipstaffError

LOCK: Final = 15 * 60
"""The seconds for which nobody is kept out longer."""

WINDOW: Final = 24 * 60 * 60
"""The seconds after which what went wrong is forgotten, if nothing else does."""

KNOWN: Final = 30 * 24 * 60 * 60
"""The seconds for which a pair is known after a login."""

PAIR: Final = 3
NAME: Final = 50
ADDRESS: Final = 100
"""What may go wrong before it costs time: one second, then twice as much each time, up to `LOCK`."""

_V6_NETWORK: Final = 64
"""Bits of an IPv6 address that tell whose it is: one person has all that follow."""


class LockedError(TipstaffError):
    """Too much went wrong before; `seconds` is when to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong logins: ask again in {seconds} seconds")
        self.seconds = seconds


class Key(NamedTuple):
    """What tries are counted by; an empty `name` or `address` stands for every one. `name` is a digest."""

    name: str
    address: str


class Tried(msgspec.Struct, frozen=True):
    """What went wrong under a key. Before `until` nothing is looked at; at `known_at` a login was right."""

    count: int = 0
    last_at: int = 0
    until: int = 0
    known_at: int | None = None

    def is_known(self, now: int) -> bool:
        """Say whether somebody has logged in there, not too long ago."""
        return self.known_at is not None and now < self.known_at + KNOWN


Change = Callable[[Mapping[Key, Tried]], Mapping[Key, Tried]]
"""What becomes of what was tried."""


class Tries(Protocol):
    """Where it is kept what was tried."""

    def change_tries(self, keys: Sequence[Key], change: Change) -> None:
        """Change what is kept under some keys, while nobody else does; what was never kept is `Tried()`."""

    def forget_tries(self, before: int, known_before: int) -> None:
        """Forget where nothing went wrong since a time, and nobody has logged in since another one."""

    def locked_until(self, name: str) -> int:
        """Return until when something is refused under a digest of a name, wherever it comes from."""

    def unlock(self, name: str) -> int:
        """Forget all that went wrong under a digest of a name; returns under how many keys that was."""


class Try(NamedTuple):
    """A login that has been counted, under these keys."""

    keys: tuple[Key, ...]


def wait_after(count: int, free: int) -> int:
    """Return how many seconds to wait once so much went wrong, of which some is free."""
    return 0 if count < free else min(1 << min(count - free, 32), LOCK)


def digest_of(name: str) -> str:
    """Return what stands for a name: what people type there may be a password."""
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()


def network_of(address: str) -> str:
    """Return what an address is counted as: itself, or of IPv6 the network that one person has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _V6_NETWORK), strict=False))
    return str(found)


def begin(tries: Tries, name: str, address: str, now: int) -> Try:
    """Count a login before it is looked at. Raises `LockedError`, and counts nothing then."""
    pair = Key(digest_of(name), network_of(address))
    bounds = {pair: PAIR, Key(pair.name, ""): NAME, Key("", pair.address): ADDRESS}
    counted: list[Key] = []

    def count(found: Mapping[Key, Tried]) -> Mapping[Key, Tried]:
        keys = [pair] if found[pair].is_known(now) else list(bounds)
        if (until := max(found[key].until for key in keys)) > now:
            raise LockedError(until - now)
        counted[:] = keys
        return {key: _counted(found[key], bounds[key], now) for key in keys}

    tries.change_tries(sorted(bounds), count)
    return Try(tuple(counted))


def give_back(tries: Tries, begun: Try) -> None:
    """Take back that a login was counted."""
    tries.change_tries(
        sorted(begun.keys), lambda found: {key: _given_back(key, one) for key, one in found.items()}
    )


def succeed(tries: Tries, begun: Try, now: int) -> None:
    """Forget what went wrong from that address under that name, which are known now.

    What went wrong under the name elsewhere, or there under other names, is not forgotten for it.
    """
    pair = begun.keys[0]

    def change(found: Mapping[Key, Tried]) -> Mapping[Key, Tried]:
        others = {key: _given_back(key, one) for key, one in found.items() if key != pair}
        return {**others, pair: Tried(last_at=now, known_at=now)}

    tries.change_tries(sorted(begun.keys), change)
    tries.forget_tries(now - WINDOW, now - KNOWN)


def _counted(found: Tried, free: int, now: int) -> Tried:
    """Return what was tried, with one more that may go wrong."""
    count = 1 if found.last_at + WINDOW <= now else found.count + 1
    return Tried(count, now, now + wait_after(count, free), found.known_at)


def _given_back(key: Key, found: Tried) -> Tried:
    """Return what was tried, with one less."""
    free = PAIR if key.name and key.address else NAME if key.name else ADDRESS
    count = max(found.count - 1, 0)
    return Tried(count, found.last_at, found.last_at + wait_after(count, free), found.known_at)
