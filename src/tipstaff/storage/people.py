"""The private keys of those who sign, each in a file, encrypted under the secret of the installation.

A key that is to take the place of another one is kept beside it, until it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tipstaff.base.errors import InputError
from tipstaff.base.files import create_private, replace_private, sync
from tipstaff.ledger.keys import SigningKey

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
NEXT: Final = "~next"
"""What stands behind the name of a key that is to take the place of another one; no name ends so."""

_TRIES: Final = 3
"""How often a key is read while the passphrase changes."""


class PeopleKeys:
    """Keys in a folder; `passphrases` returns what they may be encrypted under now, the newest last."""

    def __init__(self, folder: Path, passphrases: Callable[[], Sequence[bytes]]) -> None:
        self._folder = folder
        self._passphrases = passphrases

    def has(self, name: str) -> bool:
        """Say whether there is a key under a name. Raises `InputError` for what is no name."""
        return self._path(name).exists()

    def create(self, name: str) -> SigningKey:
        """Make the key of somebody new. Raises `InputError` where the name is taken, or is no name."""
        path = self._path(name)
        if path.exists():
            raise InputError(f"there is a {name!r} already")
        return self._make(path)

    def key_of(self, name: str) -> SigningKey:
        """Return the key of somebody."""
        path = self._path(name)
        if not path.exists():
            raise InputError(f"there is nobody named {name!r}: `tipstaff person` brings people in")
        return self._read(path)

    def has_next(self, name: str) -> bool:
        """Say whether a key is to take the place of somebody's."""
        return self._next(name).exists()

    def next_of(self, name: str) -> SigningKey:
        """Return the key that is to take the place of somebody's, made where there is none."""
        path = self._next(name)
        return self._read(path) if path.exists() else self._make(path)

    def replace(self, name: str) -> None:
        """Let the next key take the place of somebody's, which is gone."""
        self._next(name).replace(self._path(name))
        sync(self._folder)

    def remove(self, name: str) -> None:
        """Remove the keys of somebody."""
        for path in (self._next(name), self._path(name)):
            path.unlink(missing_ok=True)
        sync(self._folder)

    def encrypt(self) -> None:
        """Encrypt all keys under the newest passphrase."""
        for path in sorted(self._folder.glob("*.pem")):
            replace_private(path, self._read(path).pem(self._passphrases()[-1]))

    def unreadable(self) -> Iterator[tuple[str, str]]:
        """Yield the files that hold no key that can be read, and why."""
        for path in sorted(self._folder.glob("*.pem")):
            try:
                self._read(path)
            except (InputError, OSError) as error:
                yield path.name, str(error)

    def _make(self, path: Path) -> SigningKey:
        """Make a key."""
        key = SigningKey.generate()
        create_private(path, key.pem(self._passphrases()[-1]))
        return key

    def _read(self, path: Path) -> SigningKey:
        """Read a key, which may be encrypted anew meanwhile. Raises `InputError`."""
        for _ in range(_TRIES):
            data = path.read_bytes()
            for passphrase in self._passphrases():
                try:
                    return SigningKey.from_pem(data, passphrase)
                except InputError as error:
                    problem = error
        raise problem

    def _path(self, name: str) -> Path:
        """Return the file of somebody's key."""
        if not _NAME.match(name):
            raise InputError(f"{name!r} is no name: small letters, digits, `.`, `_`, `-`, up to 64 of them")
        return self._folder / f"{name}.pem"

    def _next(self, name: str) -> Path:
        """Return the file of the key that is to take the place of somebody's."""
        path = self._path(name)
        return path.with_name(f"{path.stem}{NEXT}.pem")
