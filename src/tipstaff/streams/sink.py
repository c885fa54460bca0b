"""Writing findings down: as JSON lines, CSV, Parquet or a table to read, always in whole lines.

A *sink* takes the findings of one chunk after another. What one `write` is given reaches the file before
it returns, so whoever ends a run between two writes leaves whole lines behind; `close` completes formats
that have an end.

Parquet has the fields of a finding under the names they have in JSON; see `SCHEMA`. CSV has them too:
`exempted_by` as rule names with a space between, `evidence` as JSON, and an apostrophe before a text
that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tipstaff.base.errors import InputError
from tipstaff.screening.findings import Evidence, Finding
from tipstaff.streams.chunks import Reject
from tipstaff.streams.files import Compression, suffixes


class OutputFormat(StrEnum):
    """How findings are written down."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    TABLE = "table"


_FORMATS = {".csv": OutputFormat.CSV, ".parquet": OutputFormat.PARQUET}

SCHEMA = pa.schema(
    [
        pa.field("post", pa.string(), nullable=False),
        pa.field("account", pa.string(), nullable=False),
        pa.field("host", pa.string()),
        pa.field("policy", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("exempted_by", pa.list_(pa.string()), nullable=False),
        pa.field("provision", pa.string(), nullable=False),
        pa.field("severity", pa.int8(), nullable=False),
        pa.field("score", pa.int8(), nullable=False),
        pa.field(
            "evidence",
            pa.list_(
                pa.struct(
                    [
                        pa.field("signal", pa.string(), nullable=False),
                        pa.field("field", pa.string()),
                        pa.field("start", pa.int64()),
                        pa.field("end", pa.int64()),
                        pa.field("text", pa.string()),
                        pa.field("matched", pa.string(), nullable=False),
                    ]
                )
            ),
            nullable=False,
        ),
    ]
)
"""The columns of a Parquet file of findings."""

_ROW_GROUP = 1 << 14
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_ENCODER = msgspec.json.Encoder()


class Sink(Protocol):
    """What takes findings."""

    def write(self, findings: Sequence[Finding]) -> None:
        """Write findings; they have reached the file when this returns, except those of Parquet."""

    def close(self) -> None:
        """Complete the file."""


class LineSink:
    """JSON, one finding a line."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, findings: Sequence[Finding]) -> None:
        """Write findings."""
        self._output.write(_ENCODER.encode_lines(findings))

    def close(self) -> None:
        """Complete the file."""
        self._output.close()


class CsvSink:
    """CSV with a header."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._write([Finding.__struct_fields__])

    def write(self, findings: Sequence[Finding]) -> None:
        """Write findings."""
        self._write(_csv_row(finding) for finding in findings)

    def _write(self, rows: Iterable[Sequence[str | int]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)  # RFC 4180; also what gets "\r" quoted
        self._output.write(text.getvalue().encode())

    def close(self) -> None:
        """Complete the file."""
        self._output.close()


class ParquetSink:
    """Parquet. Findings are kept until they fill a row group."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._writer = pq.ParquetWriter(output.file, SCHEMA, compression="zstd")
        self._kept: list[Finding] = []

    def write(self, findings: Sequence[Finding]) -> None:
        """Write findings, or keep them for the next row group."""
        self._kept += findings
        if len(self._kept) >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        rows = msgspec.to_builtins(self._kept)
        self._writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
        self._kept.clear()

    def close(self) -> None:
        """Write what is kept, and complete the file."""
        if self._kept:
            self._flush()
        self._writer.close()
        self._output.close()


Output: TypeAlias = "PlainOutput | PackedOutput"


class PlainOutput:
    """A file, or the standard output, that is written as it is."""

    def __init__(self, file: BinaryIO, *, owned: bool) -> None:
        self.file = file
        self._owned = owned
        self._mendable = owned and file.seekable()

    def write(self, data: bytes) -> None:
        """Write whole lines through to the file; if they do not fit, none of them stays in it."""
        before = self.file.tell() if self._mendable else 0
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self.file.write(rest) :]
            self.file.flush()
        except OSError:
            if self._mendable:
                self.file.truncate(before)
            raise

    def close(self) -> None:
        """Close the file, unless it is the standard output."""
        if self._owned:
            self.file.close()


class PackedOutput:
    """A file that is packed; what has been written can be unpacked at any time."""

    def __init__(self, file: BinaryIO, compression: Compression) -> None:
        self.file: BinaryIO = file
        self._stream = pa.CompressedOutputStream(pa.PythonFile(file, mode="w"), compression.value)

    def write(self, data: bytes) -> None:
        """Write bytes through to the file."""
        self._stream.write(data)
        self._stream.flush()
        self.file.flush()

    def close(self) -> None:
        """Complete the file and close it."""
        self._stream.close()


def choose_format(out: Path | None, given: OutputFormat | None) -> OutputFormat:
    """Return the format to write: the one given, else the one that the ending of the file tells."""
    suffix, compression = suffixes(out) if out else ("", Compression.NONE)
    form = given or _FORMATS.get(suffix, OutputFormat.JSONL)
    if form is OutputFormat.PARQUET and compression is not Compression.NONE:
        raise InputError(f"{out}: Parquet is packed inside; leave out the ending {out.suffix if out else ''}")
    if form is OutputFormat.PARQUET and out is None and sys.stdout.isatty():
        raise InputError("Parquet is not for a terminal; name a file with --out")
    return form


def open_output(out: Path | None) -> Output:
    """Open a file for writing, packed as its ending says; None is the standard output."""
    if out is None:
        return PlainOutput(sys.stdout.buffer, owned=False)
    compression = suffixes(out)[1]
    try:
        if compression is Compression.NONE:
            return PlainOutput(out.open("wb", buffering=0), owned=True)
        return PackedOutput(out.open("wb"), compression)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from error


class RejectSink:
    """The file of rejects, JSON lines. It is made with the first reject; one from before goes away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._output: Output | None = None
        path.unlink(missing_ok=True)

    def write(self, rejects: Sequence[Reject]) -> None:
        """Write rejects."""
        if not rejects:
            return
        if self._output is None:
            self._output = open_output(self._path)
        self._output.write(_ENCODER.encode_lines(rejects))

    def close(self) -> None:
        """Close the file."""
        if self._output is not None:
            self._output.close()


def _csv_row(finding: Finding) -> list[str | int]:
    """Return a finding as cells."""
    return [
        _safe(finding.post),
        _safe(finding.account),
        _safe(finding.host or ""),
        _safe(finding.policy),
        finding.rule,
        finding.outcome.value,
        " ".join(finding.exempted_by),
        _safe(finding.provision),
        finding.severity,
        finding.score,
        _evidence(finding.evidence),
    ]


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text[:1] in _FORMULA and text else text


def _evidence(evidence: Sequence[Evidence]) -> str:
    """Return evidence as JSON."""
    return _ENCODER.encode(evidence).decode()
