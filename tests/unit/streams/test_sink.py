"""Writing findings down."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tipstaff import Evidence, Finding, InputError, Outcome
from tipstaff.streams.chunks import Reject
from tipstaff.streams.sink import (
    CsvSink,
    LineSink,
    OutputFormat,
    ParquetSink,
    PlainOutput,
    RejectSink,
    Sink,
    choose_format,
    open_output,
)

SPAN = Evidence("offers", "text", 0, 2, "买\x1b", "买")
FACT = Evidence("mark", None, None, None, None, "absent")


def _finding(post: str = "1", account: str = "a", host: str | None = None) -> Finding:
    return Finding(
        post=post,
        account=account,
        host=host,
        policy="mini@1.0.0+00",
        rule="offer",
        outcome=Outcome.VIOLATION,
        exempted_by=("caution", "news"),
        provision="law-1",
        severity=4,
        score=56,
        evidence=(SPAN, FACT),
    )


AS_JSON = {
    "post": "1", "account": "a", "host": None, "policy": "mini@1.0.0+00", "rule": "offer",
    "outcome": "violation", "exempted_by": ["caution", "news"], "provision": "law-1",
    "severity": 4, "score": 56,
    "evidence": [
        {"signal": "offers", "field": "text", "start": 0, "end": 2, "text": "买\x1b", "matched": "买"},
        {"signal": "mark", "field": None, "start": None, "end": None, "text": None, "matched": "absent"},
    ],
}  # fmt: skip


def test_json_lines(tmp_path: Path) -> None:
    """A finding is one line of JSON with these keys in this order, and is there as soon as it is written."""
    sink = LineSink(open_output(tmp_path / "f.jsonl"))
    sink.write([_finding(), _finding()])
    lines = (tmp_path / "f.jsonl").read_bytes().splitlines(keepends=True)
    sink.close()
    assert [json.loads(line) for line in lines] == [AS_JSON, AS_JSON]
    assert list(json.loads(lines[0])) == list(AS_JSON)
    assert lines[1].endswith(b"\n")


def test_csv(tmp_path: Path) -> None:
    """A finding is a record of CSV under a header; its evidence is JSON."""
    sink = CsvSink(open_output(tmp_path / "f.csv"))
    sink.write([_finding(host="square")])
    sink.close()
    (record,) = csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text("utf-8")))
    assert list(record) == list(AS_JSON)
    assert json.loads(record["evidence"]) == AS_JSON["evidence"]
    assert (record["host"], record["exempted_by"], record["score"]) == ("square", "caution news", "56")


@pytest.mark.parametrize("first", list("=+-@\t\r\n＝＋－＠"))
def test_csv_formula(tmp_path: Path, first: str) -> None:
    """What a spreadsheet would take for a formula gets an apostrophe before it."""
    sink = CsvSink(open_output(tmp_path / "f.csv"))
    sink.write([_finding(post=f"{first}1", account=f"{first}a", host=f"{first}h")])
    sink.close()
    (record,) = csv.DictReader(io.StringIO((tmp_path / "f.csv").read_bytes().decode(), newline=""))
    assert [record[name] for name in ("post", "account", "host")] == [f"'{first}{last}" for last in "1ah"]


def test_parquet(tmp_path: Path) -> None:
    """A finding is a row of Parquet with the names and values of its JSON, over many row groups."""
    sink = ParquetSink(open_output(tmp_path / "f.parquet"))
    for _ in range(10):
        sink.write([_finding()] * 4000)
    sink.close()
    table = pq.read_table(tmp_path / "f.parquet")
    assert table.num_rows == 40_000
    assert table.slice(39_999).to_pylist() == [AS_JSON]


@pytest.mark.parametrize("sink_type", [LineSink, CsvSink, ParquetSink])
def test_nothing_found(tmp_path: Path, sink_type: type[LineSink | CsvSink | ParquetSink]) -> None:
    """Without a finding the file is complete too: CSV has its header, Parquet its columns."""
    sink: Sink = sink_type(open_output(tmp_path / "f"))
    sink.write([])
    sink.close()
    expected = {LineSink: "", CsvSink: f"{','.join(AS_JSON)}\r\n"}
    if sink_type is ParquetSink:
        assert pq.read_table(tmp_path / "f").schema.names == list(AS_JSON)
    else:
        assert (tmp_path / "f").read_bytes().decode() == expected[sink_type]


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_packed(tmp_path: Path, ending: str) -> None:
    """The ending of the file packs it."""
    path = tmp_path / f"f.jsonl.{ending}"
    sink = LineSink(open_output(path))
    sink.write([_finding()])
    sink.close()
    if ending == "gz":
        data = gzip.decompress(path.read_bytes())
    else:
        with pa.input_stream(str(path), compression="zstd") as stream:
            data = stream.read()
    assert json.loads(data) == AS_JSON


def test_packed_reaches_the_file(tmp_path: Path) -> None:
    """What has been written can be unpacked while the file is still open."""
    sink = LineSink(open_output(tmp_path / "f.jsonl.gz"))
    sink.write([_finding()])
    with gzip.open(tmp_path / "f.jsonl.gz") as stream:
        assert json.loads(stream.readline()) == AS_JSON
    sink.close()


class _FullDisk(io.FileIO):
    """A file on a disk that has room for so many bytes in all, and writes in small pieces."""

    room = 1000

    def write(self, data: object) -> int:
        """Write a piece, or fail."""
        piece = bytes(memoryview(data))[:100]  # type: ignore[arg-type]
        if self.tell() + len(piece) > self.room:
            raise OSError(28, "No space left on device")
        return super().write(piece)


def test_full_disk(tmp_path: Path) -> None:
    """Lines that no longer fit are taken back; those written before stay whole."""
    output = PlainOutput(_FullDisk(tmp_path / "f", "w"), owned=True)  # type: ignore[arg-type]
    output.write(b"x" * 899 + b"\n")
    with pytest.raises(OSError, match="No space left"):
        output.write(b"y" * 199 + b"\n")
    output.close()
    assert (tmp_path / "f").read_bytes() == b"x" * 899 + b"\n"


@pytest.mark.parametrize(
    ("out", "given", "form"),
    [
        (None, None, OutputFormat.JSONL),
        ("f.csv.gz", None, OutputFormat.CSV),
        ("f.parquet", None, OutputFormat.PARQUET),
        ("f.txt", None, OutputFormat.JSONL),
        ("f.csv", OutputFormat.TABLE, OutputFormat.TABLE),
    ],
)
def test_format(out: str | None, given: OutputFormat | None, form: OutputFormat) -> None:
    """The format is the one given, else the one that the ending tells, else JSON lines."""
    assert choose_format(Path(out) if out else None, given) is form


def test_parquet_is_not_packed() -> None:
    """Parquet under an ending that would pack it again is refused."""
    with pytest.raises(InputError, match=r"leave out the ending \.gz"):
        choose_format(Path("f.parquet.gz"), None)


def test_no_place(tmp_path: Path) -> None:
    """A file that cannot be written is named."""
    with pytest.raises(InputError, match="cannot be written: Is a directory"):
        open_output(tmp_path)


def test_rejects(tmp_path: Path) -> None:
    """The file of rejects is made with the first reject; one of an earlier run goes away."""
    path = tmp_path / "f.rejects"
    path.write_text("old")
    sink = RejectSink(path)
    assert not path.exists()
    sink.write([])
    assert not path.exists()
    sink.write([Reject("in.jsonl", 3, "why", "raw")])
    sink.close()
    assert json.loads(path.read_bytes()) == {"file": "in.jsonl", "line": 3, "reason": "why", "raw": "raw"}
