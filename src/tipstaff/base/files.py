"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600
_SYNCS: Final = 8
"""Files that are synced at a time: a file system writes its journal once for all who wait for it."""


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that readers see the old or the new one, whole, also after a crash."""
    temporary = _temporary(path)
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def replace_files(root: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files below a folder, each whole for its readers; returns how many, once all are durable.

    All are written before the first is synced, so that the disk takes them in one go. A power cut before the
    end may leave any of them empty under its name: nothing may depend on them until this has returned.
    """
    folders, written = {root}, list[Path]()
    for name, data in files:
        path = root / name
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.update(parent for parent in path.parents if parent.is_relative_to(root))
        temporary = _temporary(path)
        temporary.write_bytes(data)
        temporary.replace(path)
        written.append(path)
    if written:
        with ThreadPoolExecutor(_SYNCS) as pool:
            for paths in (written, folders):
                list(pool.map(sync, paths))
    return len(written)


def create_private(path: Path, data: bytes) -> None:
    """Write a new file that its owner alone can read, whole, durably.

    Raises `FileExistsError` where one is. Dying before the end leaves a file under a name like `.x.new`.
    """
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)  # of mode 600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    finally:
        Path(name).unlink()
    sync(path.parent)


def replace_private(path: Path, data: bytes) -> None:
    """Write a file that its owner alone can read, so that readers see the old or the new one, whole."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)  # of mode 600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    sync(path.parent)


def reserve_private(path: Path) -> None:
    """Make an empty file that its owner alone can read, if there is none.

    SQLite gives the files that it puts beside a database the mode of the database. One that is there is not
    opened: closing it would take the locks that this process has on it.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
    except FileExistsError:
        return


def sync(path: Path) -> None:
    """Make a file durable, or the names in a folder: a synced file can still lose its name to a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _temporary(path: Path) -> Path:
    """Return where a file is written before it takes its name."""
    return path.with_name(f".{path.name}.new")
