"""The private keys of those who sign, each in a file, encrypted under the secret of the installation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tipstaff.base.errors import InputError
from tipstaff.base.files import create_private
from tipstaff.ledger.keys import SigningKey

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")


class PeopleKeys:
    """Keys in a folder."""

    def __init__(self, folder: Path, passphrase: bytes) -> None:
        self._folder = folder
        self._passphrase = passphrase

    def has(self, name: str) -> bool:
        """Say whether there is a key under a name. Raises `InputError` for what is no name."""
        return self._path(name).exists()

    def create(self, name: str) -> SigningKey:
        """Make the key of somebody new. Raises `InputError` where the name is taken, or is no name."""
        path = self._path(name)
        if path.exists():
            raise InputError(f"there is somebody named {name!r} already: choose another name")
        key = SigningKey.generate()
        create_private(path, key.pem(self._passphrase))
        return key

    def key_of(self, name: str) -> SigningKey:
        """Return the key of somebody."""
        path = self._path(name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise InputError(f"there is nobody named {name!r}: `tipstaff person` brings people in") from None
        return SigningKey.from_pem(data, self._passphrase)

    def _path(self, name: str) -> Path:
        """Return the file of somebody's key."""
        if not _NAME.match(name):
            raise InputError(f"{name!r} is no name: small letters, digits, `.`, `_`, `-`, up to 64 of them")
        return self._folder / f"{name}.pem"
