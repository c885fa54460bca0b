"""A copy of an installation that can go on: made while others work on it.

What is copied when keeps the parts together. Nothing is appended to the ledger meanwhile. Casework comes
first: all that it says is on the ledger, on square or in the vault is there when their turn comes. What they
have beyond that is found done when the copy goes on: statements, acts and texts are known by their names.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tipstaff.assembly.casework import settings_of
from tipstaff.base.counted import counted
from tipstaff.base.errors import InputError
from tipstaff.base.files import sync
from tipstaff.storage import installation
from tipstaff.storage.copying import copy_database
from tipstaff.storage.ledger.directory import lock

_PATIENCE: Final = 10.0
"""Seconds to wait for who writes to the ledger."""


def back_up(directory: Path, out: Path, progress: Callable[[str], None]) -> None:
    """Copy an installation into a new directory, whole or not at all; `progress` is told each part before.

    Raises `InputError` where a part of it is missing, or where something is in the way.
    """
    settings = settings_of(directory)
    if settings.casework_url or settings.square_url:
        raise InputError(
            "a database of this installation is elsewhere (casework_url, square_url): stop its workers, copy "
            "that with its own tools, and the directory beside it"
        )
    missing = [
        name for name in (*installation.FILES, *installation.FOLDERS) if not (directory / name).exists()
    ]
    if missing:
        raise InputError(f"{directory} lacks {missing[0]}: `tipstaff doctor {directory}` tells what is wrong")
    out = out.absolute()
    if out.exists():
        raise InputError(f"{out} is there already: a copy goes into a directory of its own")
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))  # of mode 700
    try:
        with lock(directory / installation.LEDGER, _PATIENCE):
            for name in _parts(directory):
                progress(_told(directory / name, name))
                _copy(directory / name, unfinished / name)
        unfinished.replace(out)
        sync(out.parent)
    except OSError as error:
        raise InputError(f"{error.filename or out} cannot be copied: {error.strerror}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _parts(directory: Path) -> list[str]:
    """Return what an installation consists of, casework first; a folder stands for all that is in it."""
    files = [name for name in installation.FILES if name.partition("/")[0] not in installation.FOLDERS]
    files.sort(key=lambda name: name != installation.CASEWORK)
    more = [name for name in (installation.CHANGING, installation.SETTINGS) if (directory / name).exists()]
    return [*files, *installation.FOLDERS, *more]


def _told(path: Path, name: str) -> str:
    """Return what is told of a part: of a folder, how many files are in it."""
    if not path.is_dir():
        return name
    return f"{name}: {counted(sum(one.is_file() for one in path.rglob('*')), 'file')}"


def _copy(source: Path, target: Path) -> None:
    """Copy a database, a file or a folder, durably."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    if source.is_dir():
        target.mkdir(mode=0o700, exist_ok=True)
        for path in source.iterdir():
            _copy(path, target / path.name)
    elif source.suffix == ".db":
        copy_database(source, target)
    else:
        shutil.copy2(source, target)
        sync(target)
    sync(target.parent)
