"""Reading the folder of an export, which somebody else has filled."""

from __future__ import annotations

from pathlib import Path

from tipstaff.base.errors import InputError
from tipstaff.ledger.published import LARGEST, Read


def reader(out: Path) -> Read:
    """Return what reads the files of an export in a folder."""
    return lambda path: _read(out / path)


def _read(path: Path) -> bytes:
    """Read a file, no further than a sound one can be long. What is no regular file is as if it was missing.

    Raises `FileNotFoundError`, and `InputError` where it is there and cannot be read.
    """
    try:
        if not path.is_file():  # a pipe would never end
            raise FileNotFoundError(path)  # noqa: TRY301  as if it had been opened
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
