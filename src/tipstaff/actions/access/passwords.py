"""Passwords: what may be one, and how one is kept, as Argon2id (RFC 9106), at a price for whoever guesses."""

from __future__ import annotations

import base64
import importlib.resources
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tipstaff.actions.access.tokens import PREFIX
from tipstaff.actions.screening.gathering import BusyError
from tipstaff.base.errors import InputError

SHORTEST: Final = 12
LONGEST: Final = 200
"""Code points of a password."""

_FEWEST: Final = 5
"""Different code points in a password: fewer are a pattern."""

_TOLD: Final = 3
"""Characters of a name that must not be in a password; shorter ones are in many words."""

_SALT_SIZE: Final = 16
_TAG_SIZE: Final = 32


class Costs(NamedTuple):
    """What one computation of Argon2id costs: passes, lanes, and KiB of memory."""

    passes: int
    lanes: int
    memory: int

    @property
    def written(self) -> str:
        """How they stand in what is kept (the PHC string format)."""
        return f"$argon2id$v=19$m={self.memory},t={self.passes},p={self.lanes}$"


RFC_9106: Final = Costs(passes=3, lanes=4, memory=64 * 1024)
"""The second choice of RFC 9106, section 4: for where memory is bounded. The first takes 2 GiB each time."""


class Hasher:
    """Computes Argon2id, `at_once` at a time: memory is bounded by that. More than `waiting` do not wait."""

    def __init__(self, costs: Costs = RFC_9106, at_once: int = 2, waiting: int = 16) -> None:
        self._costs = costs
        self._turns = BoundedSemaphore(at_once)
        self._room = BoundedSemaphore(at_once + waiting)
        salt, tag = secrets.token_bytes(_SALT_SIZE), secrets.token_bytes(_TAG_SIZE)
        self._nobodys = f"{costs.written}{_base64(salt)}${_base64(tag)}"

    def hash(self, password: str) -> str:
        """Return what is kept of a password. Raises `BusyError`."""
        passes, lanes, memory = self._costs
        salt = secrets.token_bytes(_SALT_SIZE)
        made = Argon2id(salt=salt, length=_TAG_SIZE, iterations=passes, lanes=lanes, memory_cost=memory)
        with self._turn():
            return made.derive_phc_encoded(prepared(password).encode())

    def verify(self, password: str, kept: str | None) -> bool:
        """Say whether a password is the one that is kept; where none is, the same work is done for nothing.

        Raises `BusyError`.
        """
        with self._turn():
            try:
                Argon2id.verify_phc_encoded(prepared(password).encode(), kept or self._nobodys)
            except InvalidKey:
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Say whether a password was kept at other costs than those of today."""
        return not kept.startswith(self._costs.written)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn. Raises `BusyError` where too many wait."""
        if not self._room.acquire(blocking=False):
            raise BusyError("too many log in at once: ask again in a second")
        try:
            with self._turns:
                yield
        finally:
            self._room.release()


def prepared(password: str) -> str:
    """Return a password as it is compared (RFC 8265, OpaqueString): every space is one, the rest is NFC.

    Lone surrogates, which no text has, become something that no password is.
    """
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in password)
    return unicodedata.normalize("NFC", spaced).encode(errors="replace").decode()


def check_password(password: str, name: str) -> None:
    """Refuse what is no password, or one that is guessed first. Raises `InputError`, which names the mend."""
    made = prepared(password)
    if not SHORTEST <= len(made) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters: this one has {len(made)}")
    if any(unicodedata.category(one).startswith("C") for one in password):
        raise InputError("a password has no control characters, and none that cannot be seen: leave them out")
    folded = made.casefold()
    if (len(name) >= _TOLD and name.casefold() in folded) or PREFIX in folded:
        raise InputError("a password has neither one's name in it nor this program's: take other words")
    if folded in _common() or len(set(folded)) < _FEWEST:
        raise InputError("this password is among those that are guessed first: take several words")


@cache
def _common() -> frozenset[str]:
    """Return those that are guessed first, of what is long enough."""
    listed = importlib.resources.files("tipstaff.actions.access").joinpath("common.txt")
    return frozenset(listed.read_text(encoding="utf-8").splitlines())


def _base64(data: bytes) -> str:
    """Return Base64 as the PHC string format has it."""
    return base64.b64encode(data).decode().rstrip("=")
