"""The directory of an installation: what is where in it, and its secrets."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tipstaff.base.errors import InputError
from tipstaff.base.files import create_private, sync
from tipstaff.config import read
from tipstaff.config.settings import Settings

CASEWORK, SQUARE = "casework.db", "square.db"
LEDGER, VAULT, PEOPLE, POLICIES = "ledger", "vault", "people", "policies"
_PASSPHRASE, _PSEUDONYMS = "passphrase", "pseudonyms"
CHANGING: Final = "passphrase.new"
"""The passphrase while it changes: keys are encrypted under this one or the present one."""

SETTINGS: Final = read.FILE
_SECRET_SIZE: Final = 32

FILES: Final = (
    CASEWORK,
    SQUARE,
    f"{LEDGER}/log.db",
    f"{LEDGER}/checkpoint.db",
    f"{LEDGER}/keys",
    f"{LEDGER}/trust.json",
    f"{VAULT}/keys.db",
    f"{VAULT}/contents.db",
    f"{PEOPLE}/platform.pem",
    f"{PEOPLE}/machine.pem",
    f"{PEOPLE}/policy_owner.pem",
    _PASSPHRASE,
    _PSEUDONYMS,
)
"""What every installation has."""

FOLDERS: Final = (PEOPLE, POLICIES)
"""Folders of which every file is a part of the installation."""


def files(settings: Settings) -> tuple[str, ...]:
    """Return the files of an installation: a database that is elsewhere is none of them."""
    elsewhere = {CASEWORK: settings.casework_url, SQUARE: settings.square_url}
    return tuple(name for name in FILES if not elsewhere.get(name))


def check_empty(directory: Path) -> None:
    """Raise `InputError` where a new installation cannot begin: something is there already."""
    try:
        taken = directory.exists() and any(directory.iterdir())
    except OSError as error:
        raise InputError(f"{directory} cannot be a directory: {error.strerror}") from error
    if taken:
        raise InputError(f"{directory} is not empty: an installation begins in a directory of its own")


@contextmanager
def create(directory: Path) -> Iterator[None]:
    """Make the folders and secrets of a new installation; where the block fails, nothing is left in it.

    Of two who begin at once, the one who makes the passphrase goes on. Raises `InputError` where something is
    there already, or nothing can be written.
    """
    check_empty(directory)
    new = not directory.exists()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_private(directory / _PASSPHRASE, secrets.token_hex(_SECRET_SIZE).encode())
    except FileExistsError as error:
        raise InputError(f"{directory} is being made by another process") from error
    except OSError as error:
        raise InputError(f"{error.filename or directory} cannot be written: {error.strerror}") from error
    try:
        for name in FOLDERS:
            (directory / name).mkdir(mode=0o700)
        create_private(directory / _PSEUDONYMS, secrets.token_hex(_SECRET_SIZE).encode())
        yield
    except BaseException:
        _remove(directory, itself=new)
        raise


def _remove(directory: Path, *, itself: bool) -> None:
    """Remove all that is in a directory, and the directory as well if that is asked."""
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if itself:
        directory.rmdir()


def secrets_of(directory: Path) -> list[Path]:
    """Return the files that nobody but the owner may read."""
    keys = sorted((directory / PEOPLE).glob("*.pem")) + sorted((directory / LEDGER / "keys").glob("*.pem"))
    databases = [directory / CASEWORK, directory / SQUARE, *sorted((directory / VAULT).glob("*.db"))]
    passphrases = [directory / _PASSPHRASE, directory / CHANGING]
    return [*passphrases, directory / _PSEUDONYMS, directory / SETTINGS, *keys, *databases]


def passphrase(directory: Path) -> bytes:
    """Return what the keys of people are encrypted under. Raises `InputError`."""
    return _secret(directory / _PASSPHRASE)


def passphrases(directory: Path) -> list[bytes]:
    """Return what the keys of people may be encrypted under: two while it changes, the newer last."""
    found = [passphrase(directory)]
    with suppress(FileNotFoundError):
        found.append((directory / CHANGING).read_bytes())
    return found


def begin_passphrase(directory: Path) -> None:
    """Make the passphrase that is to take the place of the present one, if there is none yet."""
    with suppress(FileExistsError):
        create_private(directory / CHANGING, secrets.token_hex(_SECRET_SIZE).encode())


def end_passphrase(directory: Path) -> None:
    """Let the new passphrase take the place of the present one."""
    (directory / CHANGING).replace(directory / _PASSPHRASE)
    sync(directory)


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
