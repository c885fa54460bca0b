"""Copying a database beside those who write to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tipstaff.base.errors import InputError
from tipstaff.base.files import reserve_private, sync


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite file as it is at one moment, for its owner alone. Raises `InputError`."""
    reserve_private(target)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise InputError(f"{source} cannot be copied: {error}") from error
    sync(target)
