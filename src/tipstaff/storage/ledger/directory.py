"""The directory of a log: its files, its private keys, and the lock that one process has.

::

    DIR/
      log.db           statements, tiles, state
      checkpoint.db    the checkpoints that were signed
      keys/KID.pem     private keys of the log, for their owner's eyes only
      trust.json       what outsiders need
      lock             held by the process that writes
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tipstaff.base.errors import InputError
from tipstaff.base.files import create_private
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError
from tipstaff.ledger.keys import SigningKey

LOG: Final = "log.db"
CHECKPOINT: Final = "checkpoint.db"
KEYS: Final = "keys"
TRUST: Final = "trust.json"
_LOCK: Final = "lock"
_PRIVATE: Final = 0o600
_PAUSE: Final = 0.01
"""Seconds between two attempts to have the lock."""


def check_directory(directory: Path) -> Path:
    """Return the directory of a log.

    Raises `InputError` where there is none, `CorruptLogError` where its checkpoints are gone: without them a
    store that was rolled back would be signed over.
    """
    try:
        begun = (directory / LOG).is_file()
    except OSError as error:
        raise InputError(f"{directory} cannot be read: {error.strerror}") from error
    if not begun and (directory / "ledger" / LOG).is_file():
        raise InputError(f"{directory} is an installation: its log is {directory / 'ledger'}")
    if not begun:
        raise InputError(
            f"{directory} is no directory of a log: `tipstaff ledger init {directory} --origin "
            "NAME` makes one"
        )
    if not (directory / CHECKPOINT).is_file():
        raise CorruptLogError(
            f"{directory / CHECKPOINT} is missing: what was signed is known from there alone. "
            "Restore the newest copy of it; never sign without it"
        )
    return directory


@contextmanager
def lock(directory: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock of a directory. Raises `AnotherWriterError` where another process keeps it for so long.

    Raises `InputError` where this one may not write.
    """
    try:
        descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
    except OSError as error:
        raise InputError(f"{directory / _LOCK} cannot be written: {error.strerror}") from error
    try:
        end = time.monotonic() + patience
        while not _locked(descriptor):
            if time.monotonic() >= end:
                raise AnotherWriterError(f"{directory}: another process writes to this log")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Lock a file, and say whether it could be had."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_key(directory: Path, key: SigningKey) -> None:
    """Keep a private key, readable for its owner alone. Raises `InputError` where that is not possible."""
    path = directory / KEYS / f"{key.public.kid.hex()}.pem"
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        create_private(path, key.pem())
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


class Keys(NamedTuple):
    """The private keys of a log, and what is told of those that cannot be read."""

    readable: list[SigningKey]
    unreadable: list[str]


def read_keys(directory: Path) -> Keys:
    """Return the private keys of the log. One that cannot be read may be one that nobody needs."""
    keys = Keys([], [])
    for path in sorted((directory / KEYS).glob("*.pem")):
        try:
            keys.readable.append(SigningKey.from_pem(path.read_bytes()))
        except (InputError, OSError) as error:
            keys.unreadable.append(f"{path} cannot be read: {error}")
    return keys
