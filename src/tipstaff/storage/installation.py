"""The directory of an installation: what is where in it, and its secrets."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from tipstaff.base.errors import InputError
from tipstaff.base.files import create_private

CASEWORK, SQUARE = "casework.db", "square.db"
LEDGER, VAULT, PEOPLE, POLICIES = "ledger", "vault", "people", "policies"
_PASSPHRASE, _PSEUDONYMS = "passphrase", "pseudonyms"
_SECRET_SIZE: Final = 32


def create(directory: Path) -> None:
    """Make the folders and secrets of a new installation. Raises `InputError` where something is already."""
    if directory.exists() and any(directory.iterdir()):
        raise InputError(f"{directory} is not empty: an installation begins in a directory of its own")
    for folder in (directory, directory / PEOPLE):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_private(directory / _PASSPHRASE, secrets.token_hex(_SECRET_SIZE).encode())
    create_private(directory / _PSEUDONYMS, secrets.token_hex(_SECRET_SIZE).encode())


def passphrase(directory: Path) -> bytes:
    """Return what the keys of people are encrypted under. Raises `InputError`."""
    return _secret(directory / _PASSPHRASE)


def pseudonym_key(directory: Path) -> bytes:
    """Return the key of pseudonyms. Raises `InputError`."""
    return bytes.fromhex(_secret(directory / _PSEUDONYMS).decode("ascii"))


def _secret(path: Path) -> bytes:
    """Read a secret."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path.parent} is no installation: {path.name} cannot be read. `tipstaff init` makes one"
        ) from error
