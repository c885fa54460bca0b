"""Reading sources in chunks."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tipstaff import InputError
from tipstaff.streams.chunks import (
    BLOCK,
    MAX_LINE,
    Chunk,
    Frame,
    Lines,
    Refused,
    Rows,
    _Records,
    columns,
    read_chunks,
)
from tipstaff.streams.files import Source, find_sources

Write = Callable[[str, bytes], Source]

MANY = b"".join(b'{"id": %d, "filler": "%s"}\n' % (number, b"x" * 500) for number in range(20_000))


def _lines(chunks: list[Chunk]) -> bytes:
    return b"".join(chunk.data for chunk in chunks if isinstance(chunk, Lines))


def _rows(chunks: list[Chunk]) -> list[tuple[int, list[str]]]:
    return [
        pair
        for chunk in chunks
        if isinstance(chunk, Rows)
        for pair in zip(chunk.numbers, chunk.rows, strict=True)
    ]


def _refused(chunks: list[Chunk]) -> list[tuple[int, str]]:
    return [(chunk.reject.line, chunk.reject.reason) for chunk in chunks if isinstance(chunk, Refused)]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("kept", [0.3, 0.999])
def test_a_packed_file_that_is_cut_off(write: Write, form: str, kept: float) -> None:
    """All lines that can be unpacked come before the error, but for a few at the end."""
    data = MANY if form == "jsonl" else b"id,filler\n" + b"%d,some text\n" * 20_000 % tuple(range(20_000))
    source = write(f"a.{form}.gz", data)
    assert source.path
    packed = source.path.read_bytes()
    source.path.write_bytes(packed[: int(kept * len(packed))])
    whole = zlib.decompressobj(31).decompress(source.path.read_bytes())
    with pytest.raises(InputError, match=r"a\..*\.gz: cannot be read to its end"):
        list(read_chunks([source], []))
    chunks = list(_until_error(source))
    found = _lines(chunks).count(b"\n") if form == "jsonl" else len(_rows(chunks)) + 1
    assert whole.count(b"\n") - (5 if form == "jsonl" else 200) < found <= whole.count(b"\n")
    assert _lines(chunks) == data[: len(_lines(chunks))]


def _until_error(source: Source) -> Iterator[Chunk]:
    with contextlib.suppress(InputError):
        yield from read_chunks([source], [])


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_whole_lines(write: Write, ending: str) -> None:
    """Every chunk holds whole lines, knows the number of its first, and none is much over a block."""
    chunks = list(read_chunks([write(f"a.jsonl{ending}", MANY)], []))
    assert _lines(chunks) == MANY
    assert len(chunks) > 3
    line = 1
    for chunk in chunks:
        assert isinstance(chunk, Lines)
        assert (chunk.first, chunk.data[-1:]) == (line, b"\n")
        assert len(chunk.data) < 2 * BLOCK
        line += chunk.data.count(b"\n")


def test_last_line_without_end(write: Write) -> None:
    """The last line counts even if no newline ends it."""
    assert _lines(list(read_chunks([write("a.jsonl", b"1\n2")], []))) == b"1\n2"


def test_byte_order_mark(write: Write) -> None:
    """A byte order mark at the beginning of a file is passed over."""
    assert _lines(list(read_chunks([write("a.jsonl", b"\xef\xbb\xbf{}\n")], []))) == b"{}\n"


def test_empty(write: Write) -> None:
    """An empty file has no chunks."""
    sources = [write("a.jsonl", b""), write("b.csv", b""), write("c.jsonl.gz", b"")]
    assert list(read_chunks(sources, [])) == []


def test_progress(write: Write) -> None:
    """`consumed` grows up to the bytes of all sources together, packed ones counted as they are."""
    sources = [write("a.jsonl", MANY), write("b.jsonl.gz", MANY), write("c.csv", b"id\n" + b"1\n" * 9)]
    consumed = [chunk.consumed for chunk in read_chunks(sources, [])]
    assert consumed == sorted(consumed)
    assert consumed[-1] == sum(source.size or 0 for source in sources)


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_longest_line(write: Write, ending: bytes) -> None:
    """A line of 16 MiB is read whole."""
    data = b"x" * MAX_LINE + ending
    assert _lines(list(read_chunks([write("a.jsonl", data)], []))) == data


@pytest.mark.parametrize("extra", [1, BLOCK, 20 * BLOCK])
def test_too_long(write: Write, extra: int) -> None:
    """A longer line is refused with its number and beginning, and the lines around it are read."""
    chunks = list(read_chunks([write("a.jsonl", b"1\nab" + b"x" * (MAX_LINE + extra - 2) + b"\n3\n")], []))
    assert _lines(chunks) == b"1\n3\n"
    assert _refused(chunks) == [(2, "the line is longer than 16 MiB")]
    assert [chunk.first for chunk in chunks if isinstance(chunk, Lines)] == [1, 3]
    refused = next(chunk for chunk in chunks if isinstance(chunk, Refused))
    assert refused.reject.raw == "ab" + "x" * 1998


def test_too_long_at_the_end(write: Write) -> None:
    """A longer line is refused also if the file ends in it."""
    chunks = list(read_chunks([write("a.jsonl", b"1\n" + b"x" * (MAX_LINE + 1))], []))
    assert _refused(chunks) == [(2, "the line is longer than 16 MiB")]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz"])
def test_cut_off(write: Write, name: str) -> None:
    """A packed file that is cut off is an error that names it, after what could be read."""
    source = write(name, MANY)
    assert source.path is not None
    source.path.write_bytes(source.path.read_bytes()[:-9])
    chunks = read_chunks([source], [])
    assert isinstance(next(chunks), Lines | Rows)
    with pytest.raises(InputError, match=rf"{name}: cannot be read to its end"):
        list(chunks)


def test_csv_records(write: Write) -> None:
    """CSV records have the number of the line they begin on; quoted newlines and commas are text."""
    data = 'id,text\r\n1,"a, ""b""\nc"\r\n\r\n2,月币\x0b\u2028\r\n'.encode()
    chunks = list(read_chunks([write("a.csv", data)], []))
    assert _rows(chunks) == [(2, ["1", 'a, "b"\nc']), (5, ["2", "月币\x0b\u2028"])]
    assert isinstance(chunks[0], Rows)
    assert chunks[0].header == ("id", "text")


def test_csv_quotation_mark_left_open(write: Write) -> None:
    """A quotation mark that is never closed costs its own line only, wherever the next one stands."""
    data = b'id,text\n1,a\n2,"open\n3,b\n4,"c"\n5,"open\n6,d\n'
    chunks = list(read_chunks([write("a.csv", data)], []))
    assert [row for _, row in _rows(chunks)] == [["1", "a"], ["3", "b"], ["4", "c"], ["6", "d"]]
    assert [line for line, _ in _refused(chunks)] == [3, 6]


HOSTILE = b'x",",y\n'
"""A line that keeps a record open, both as its first and as a later one."""


def test_csv_lines_that_stay_open(write: Write, read: list[int]) -> None:
    """However many lines leave a quotation mark open, each is read a few times only, and none is lost."""
    count = 20_000
    chunks = list(read_chunks([write("a.csv", b"id,text\n" + HOSTILE * count + b"1,a\n")], []))
    assert sum(read) < 5 * count * len(HOSTILE) + (1 << 20) + 100
    assert [line for line, _ in _refused(chunks)] == list(range(2, count + 3))
    reasons = dict(_refused(chunks))
    first = next(line for line, reason in reasons.items() if "refused whole" in reason) - 1
    assert reasons[first] == "CSV: unexpected end of data"
    assert reasons[first + 1] == f"CSV: in the record from line {first} on, which is refused whole"
    assert _rows(chunks) == []


def test_csv_short_broken_records_after_hostile_ones(write: Write) -> None:
    """Where much was refused whole, a short broken record further on still costs one line only."""
    hostile = HOSTILE * 20_000 + b'y"z\n'
    good = b'1,"a"\n2,"open\n3,c\n4,"d"\n'
    chunks = list(read_chunks([write("a.csv", b"id,text\n" + hostile + good * 1000)], []))
    assert [row for _, row in _rows(chunks)][-3:] == [["1", "a"], ["3", "c"], ["4", "d"]]
    assert len(_rows(chunks)) > 2900
    numbers = [number for number, _ in _rows(chunks)] + [line for line, _ in _refused(chunks)]
    assert sorted(numbers) == list(range(2, 2 + 20_000 + 1 + 4000))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the lines that the CSV reader is given, in the order in which it is."""
    sizes: list[int] = []

    def given(records: _Records) -> str:
        line = plain(records)
        sizes.append(len(line))
        return line

    plain = _Records.__next__
    monkeypatch.setattr(_Records, "__next__", given)
    return sizes


def test_csv_chunks(write: Write) -> None:
    """A long CSV file comes in several chunks, which hold its records in order."""
    rows = [[str(number), "x" * 500] for number in range(10_000)]
    data = b"id,text\n" + b"".join(",".join(row).encode() + b"\n" for row in rows)
    chunks = list(read_chunks([write("a.csv", data)], []))
    assert len(chunks) > 1
    assert _rows(chunks) == [(number, row) for number, row in enumerate(rows, start=2)]


def test_csv_not_utf8(write: Write) -> None:
    """A chunk of CSV with bytes that are not UTF-8 is marked as damaged."""
    (chunk,) = read_chunks([write("a.csv", b"id,text\n1,\xff\n")], [])
    assert isinstance(chunk, Rows)
    assert chunk.damaged


def test_csv_too_long(write: Write) -> None:
    """A record over 16 MiB is refused, and what follows its first line is read."""
    data = b'id,text\n1,"' + b"\n".join([b"y" * 1000] * 20_000) + b"\n2,b\n"
    chunks = list(read_chunks([write("a.csv", data)], []))
    assert _refused(chunks)[0] == (2, "CSV: the record is longer than 16 MiB")
    assert _rows(chunks)[-1][1] == ["2", "b"]


def test_parquet(tmp_path: Path) -> None:
    """Of a Parquet file only the columns wanted are read, in numbered batches."""
    table = pa.table({"id": range(10_000), "text": ["a"] * 10_000, "other": [1.5] * 10_000})
    pq.write_table(table, tmp_path / "a.parquet")
    chunks = list(read_chunks(find_sources([str(tmp_path)]), ["text", "id", "title"]))
    frames = [chunk for chunk in chunks if isinstance(chunk, Frame)]
    assert len(frames) == len(chunks) > 1
    assert sorted(frames[0].batch.schema.names) == ["id", "text"]
    assert [frame.batch.column("id")[0].as_py() + 1 for frame in frames] == [frame.first for frame in frames]
    assert sum(frame.batch.num_rows for frame in frames) == 10_000


@pytest.mark.parametrize("kind", [pa.string(), pa.large_binary(), pa.dictionary(pa.int32(), pa.string())])
def test_parquet_with_long_texts(tmp_path: Path, kind: pa.DataType) -> None:
    """However long the texts of a Parquet file are, a chunk holds 2 MiB of them at most."""
    texts = pa.array([chr(97 + number % 5) * (1 << 19) for number in range(60)]).cast(kind)
    pq.write_table(pa.table({"id": range(60), "text": texts}), tmp_path / "a.parquet")
    frames = list(read_chunks(find_sources([str(tmp_path)]), ["id", "text"]))
    found = [(frame.first, frame.batch) for frame in frames if isinstance(frame, Frame)]
    assert [(first, batch.num_rows) for first, batch in found] == [(n, 4) for n in range(1, 61, 4)]
    assert [text for _, batch in found for text in batch.column("text").to_pylist()] == texts.to_pylist()


def test_parquet_with_long_texts_in_little_memory(tmp_path: Path) -> None:
    """No more long rows are unpacked at a time than are needed, whatever the size of a row group."""
    rows = [np.random.default_rng(number).bytes(1 << 20) for number in range(64)]
    pages = {"use_dictionary": False, "write_batch_size": 1, "data_page_size": 1}
    pq.write_table(pa.table({"text": rows, "id": range(64)}), tmp_path / "a.parquet", **pages)
    del rows
    before = pa.total_allocated_bytes()
    chunks = read_chunks(find_sources([str(tmp_path)]), ["text", "id"])
    assert max(pa.total_allocated_bytes() - before for _ in chunks) < 16 << 20
    (frame,) = read_chunks(find_sources([str(tmp_path)]), ["id"])
    assert isinstance(frame, Frame)
    assert frame.batch.num_rows == 64


def test_parquet_too_long(tmp_path: Path) -> None:
    """A row over 16 MiB is refused with its number; those around it are read."""
    texts = [b"a", b"b" * ((16 << 20) + 1), b"c"]
    pq.write_table(pa.table({"text": texts, "title": ["t", None, "t"]}), tmp_path / "a.parquet")
    chunks = list(read_chunks(find_sources([str(tmp_path)]), ["text", "title"]))
    read = [text for it in chunks if isinstance(it, Frame) for text in it.batch.column("text").to_pylist()]
    assert read == [b"a", b"c"]
    assert _refused(chunks) == [(2, "the row is longer than 16 MiB")]


def test_not_parquet(write: Write) -> None:
    """A file that is no Parquet is an error that names it."""
    source = write("a.parquet", b"PAR1 not")
    with pytest.raises(InputError, match=r"a\.parquet: cannot be read"):
        columns(source)
    with pytest.raises(InputError, match=r"a\.parquet: cannot be read"):
        list(read_chunks([source], []))


def test_columns(write: Write, tmp_path: Path) -> None:
    """CSV and Parquet tell their columns before they are read; lines of JSON do not."""
    pq.write_table(pa.table({"id": [1], "text": ["a"]}), tmp_path / "b.parquet")
    assert columns(write("a.csv.gz", b'\xef\xbb\xbfid,"text"\n1,a\n')) == ["id", "text"]
    assert columns(find_sources([str(tmp_path / "b.parquet")])[0]) == ["id", "text"]
    assert columns(write("a.jsonl", b"{}\n")) is None
