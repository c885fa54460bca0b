"""Finding the inputs of a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tipstaff import InputError
from tipstaff.streams.files import STDIN, Compression, Format, find_sources


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"{}\n")


@pytest.mark.parametrize(
    ("name", "form", "compression"),
    [
        ("a.jsonl", Format.JSONL, Compression.NONE),
        ("a.ndjson", Format.JSONL, Compression.NONE),
        ("a.json-lines", Format.JSONL, Compression.NONE),
        ("a.JSONL.GZ", Format.JSONL, Compression.GZIP),
        ("a.jsonl.zst", Format.JSONL, Compression.ZSTD),
        ("a.csv", Format.CSV, Compression.NONE),
        ("a.csv.gz", Format.CSV, Compression.GZIP),
        ("a.csv.zst", Format.CSV, Compression.ZSTD),
        ("a.parquet", Format.PARQUET, Compression.NONE),
    ],
)
def test_endings(tmp_path: Path, name: str, form: Format, compression: Compression) -> None:
    """The ending of a file tells how it is written and packed."""
    _touch(tmp_path, name)
    (source,) = find_sources([str(tmp_path / name)])
    assert (source.format, source.compression, source.size) == (form, compression, 3)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.parquet.gz", "a.gz", "a.json"])
def test_unknown_ending(tmp_path: Path, name: str) -> None:
    """A file with another ending is refused, with the endings there are."""
    _touch(tmp_path, name)
    with pytest.raises(InputError, match=r"ending.*\.jsonl"):
        find_sources([str(tmp_path / name)])


def test_directory(tmp_path: Path) -> None:
    """A directory stands for the files below it with a known ending, in order, hidden ones left out."""
    _touch(tmp_path, "b.jsonl", "a/z.csv", "a/notes.txt", ".git/x.jsonl", "a/.y.jsonl", "b.jsonl.rejects")
    assert [source.path for source in find_sources([str(tmp_path)])] == [
        tmp_path / "a/z.csv",
        tmp_path / "b.jsonl",
    ]


def test_pattern(tmp_path: Path) -> None:
    """A pattern stands for the files it matches, to any depth with **."""
    _touch(tmp_path, "x/1.jsonl", "x/y/2.jsonl", "x/3.csv")
    found = find_sources([f"{tmp_path}/**/*.jsonl"])
    assert [source.path for source in found] == [tmp_path / "x/1.jsonl", tmp_path / "x/y/2.jsonl"]


def test_brackets_in_a_name(tmp_path: Path) -> None:
    """A file that is there is taken by its name, even if that could be a pattern."""
    _touch(tmp_path, "posts[1].jsonl")
    assert len(find_sources([str(tmp_path / "posts[1].jsonl")])) == 1


def test_named_twice(tmp_path: Path) -> None:
    """A file that is meant twice is read once."""
    _touch(tmp_path, "1.jsonl")
    (tmp_path / "2.jsonl").symlink_to(tmp_path / "1.jsonl")
    assert len(find_sources([str(tmp_path / "1.jsonl"), str(tmp_path), STDIN, STDIN])) == 2


@pytest.mark.parametrize("missing", ["missing.jsonl", "empty", "*.parquet"])
def test_nothing_found(tmp_path: Path, missing: str) -> None:
    """An input for which nothing is found is named."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="^.*" + missing.replace("*", r"\*")):
        find_sources([str(tmp_path / missing)])


def test_stdin() -> None:
    """`-` is the standard input, JSON lines of unknown size."""
    (source,) = find_sources(["-"])
    assert (source.path, source.format, source.size) == (None, Format.JSONL, None)


def test_pipe(tmp_path: Path) -> None:
    """A named pipe without an ending holds JSON lines."""
    os.mkfifo(tmp_path / "pipe")
    (source,) = find_sources([str(tmp_path / "pipe")])
    assert (source.format, source.size) == (Format.JSONL, None)
