"""Finding the inputs of a run: files, patterns, directories and the standard input."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tipstaff.base.errors import InputError

STDIN = "-"


class Format(StrEnum):
    """How posts are written down."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Compression(StrEnum):
    """How a file is packed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


_FORMATS = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json-lines": Format.JSONL,
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
}
_COMPRESSIONS = {".gz": Compression.GZIP, ".zst": Compression.ZSTD}

KNOWN = ".jsonl, .ndjson, .json-lines and .csv, each also with .gz or .zst, and .parquet"
"""The endings that are understood, for messages."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input. `path` is None for the standard input; `size` is None where it cannot be told."""

    name: str
    path: Path | None
    format: Format
    compression: Compression
    size: int | None


def suffixes(path: Path) -> tuple[str, Compression]:
    """Return the ending of a file that tells its format, in small letters, and how the file is packed."""
    compression = _COMPRESSIONS.get(path.suffix.lower(), Compression.NONE)
    inner = path if compression is Compression.NONE else path.with_suffix("")
    return inner.suffix.lower(), compression


def format_of(path: Path) -> tuple[Format, Compression] | None:
    """Return how a file is written and packed, by its ending; None if the ending is not known."""
    suffix, compression = suffixes(path)
    form = _FORMATS.get(suffix)
    if form is None or (form is Format.PARQUET and compression is not Compression.NONE):
        return None
    return form, compression


def find_sources(inputs: Sequence[str]) -> list[Source]:
    """Return the inputs meant: files, patterns such as `data/**/*.jsonl`, directories, `-`.

    Directories are searched to any depth for files with a known ending, hidden ones left out. A file that
    is named twice is read once. Raises `InputError` that names an input for which nothing is found.
    """
    if not inputs:
        raise InputError("no input given; name files, patterns, directories, or - for the standard input")
    found: dict[str, Source] = {}
    for given in inputs:
        sources = list(_find(given))
        if not sources:
            raise InputError(f"{given}: no posts found there; files end in {KNOWN}")
        for source in sources:
            found.setdefault(os.path.realpath(source.path) if source.path else STDIN, source)
    return list(found.values())


def _find(given: str) -> Iterator[Source]:
    """Yield what one argument means."""
    path = Path(given)
    if given == STDIN:
        yield Source("stdin", None, Format.JSONL, Compression.NONE, None)
    elif path.is_dir():
        yield from _known(sorted(_walk(path)))
    elif path.exists():
        yield _file(path)
    elif glob.has_magic(given):
        matches = [Path(match) for match in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207  absolute too
        yield from _known(match for match in matches if match.is_file())
    else:
        raise InputError(f"{given}: no such file or directory")


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a directory, hidden ones and hidden directories left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def _known(paths: Iterable[Path]) -> Iterator[Source]:
    """Yield the files whose ending is known."""
    return (_file(path) for path in paths if format_of(path) is not None)


def _file(path: Path) -> Source:
    """Return a file as a source; one that is no regular file, such as a named pipe, holds JSON lines."""
    if not os.access(path, os.R_OK):
        raise InputError(f"{path}: no permission to read it")
    status = path.stat()
    kind = format_of(path)
    if kind is None and stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: the ending does not tell how it is written; files end in {KNOWN}")
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    return Source(str(path), path, *(kind or (Format.JSONL, Compression.NONE)), size)
