"""Where the demo lives on disk: a directory of its own, made anew each time and left for the reader."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from tipstaff.base.errors import InputError

NAME: Final = "tipstaff-demo"
"""The directory below the system's folder for temporary files, unless another is named."""

_MARK: Final = ".tipstaff-demo"
_SAYS: Final = "Made by `tipstaff demo`, which makes `installation` and `public` anew when it is run again.\n"


class Place:
    """A directory of the demo: an installation, and its ledger as it is published."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.installation = directory / "installation"
        self.ledger = self.installation / "ledger"
        self.trust = self.ledger / "trust.json"
        self.public = directory / "public"


def default_directory() -> Path:
    """Return where the demo lives unless another directory is named."""
    return Path(tempfile.gettempdir()) / NAME


@contextmanager
def make_place(directory: Path) -> Iterator[Place]:
    """Take a directory for a run of the demo, and remove what an earlier one has left.

    Raises `InputError` where something else is there, or another run is at work.
    """
    place = Place(directory.absolute())
    with ExitStack() as stack:
        try:
            stack.enter_context(_taken(place.directory))
            for old in (place.installation, place.public):
                if old.exists():
                    shutil.rmtree(old)
        except OSError as error:
            raise InputError(
                f"{error.filename or directory} cannot be used: {error.strerror}; "
                "name another directory with --into"
            ) from error
        yield place


@contextmanager
def _taken(directory: Path) -> Iterator[None]:
    """Hold the mark of a directory, which is made where there is none."""
    mark = directory / _MARK
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700, parents=True)
    if not _is_own(directory, mark):
        raise InputError(
            f"{directory} is there, and was not made by `tipstaff demo`: nothing is overwritten; "
            "name another directory with --into"
        )
    descriptor = os.open(mark, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"another demo is at work in {directory}; name another directory with --into"
            ) from error
        file.write(_SAYS)
        file.flush()
        yield


def _is_own(directory: Path, mark: Path) -> bool:
    """Say whether a directory may be taken: it is this user's, and empty or marked."""
    if directory.is_symlink() or not directory.is_dir() or directory.stat().st_uid != os.getuid():
        return False
    return mark.is_file() or not any(directory.iterdir())
