"""Reading the folder of an export, which somebody else has filled."""

from __future__ import annotations

from pathlib import Path

from tipstaff.base.errors import InputError
from tipstaff.ledger.export import PARTS
from tipstaff.ledger.published import LARGEST, Read
from tipstaff.storage.ledger.directory import LOG


def check_folder(out: Path) -> None:
    """Raise `InputError` where a folder is another one than that of an export, and say which to take.

    It is when nothing of an export is in it. Where anything is, what is missing is a fault of the log.
    """
    try:
        if not out.is_dir():
            raise InputError(f"{out} is no folder of an exported log")
        if any((out / name).exists() for name in PARTS):
            return
        found = {where: (where / LOG).is_file() for where in (out, out / "ledger")}
    except OSError as error:
        raise InputError(f"{out} cannot be read: {error.strerror}") from error
    export = "`tipstaff ledger export {} OUT` makes what is audited"
    if found[out]:
        raise InputError(f"{out} is a log itself: {export.format(out)}")
    if found[out / "ledger"]:
        raise InputError(f"{out} is an installation: {export.format(out / 'ledger')}")
    raise InputError(f"{out} is no folder of an exported log: it has no {', no '.join(PARTS)}")


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
