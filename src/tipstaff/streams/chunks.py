"""Reading sources in chunks: whole lines, rows or record batches, in memory that stays flat.

A chunk is what goes to a worker, which makes posts of it; see `tipstaff.streams.posts`.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tipstaff.base.errors import InputError
from tipstaff.streams.files import Compression, Format, Source

BLOCK = 1 << 21
"""How many bytes are read at a time, and about how many a chunk holds."""

MAX_LINE = 16 << 20
"""The longest line, CSV record or row of Parquet, in bytes."""

_PIECE = 1 << 11
"""How many bytes are unpacked at a time: if a packed file is cut off, no more of it is lost."""

_BATCH = 4096
_BUFFER = 1 << 16
_RAW = 2000
_AGAIN, _AGAIN_AT_LEAST = 4, 1 << 20
"""Broken CSV records may have so many characters read again for each that was read, and so many besides."""
_BOM = b"\xef\xbb\xbf"
_MAGIC = {b"\x1f\x8b": Compression.GZIP, b"\x28\xb5\x2f\xfd": Compression.ZSTD}
"""How packed bytes begin."""
_MAGIC_LENGTH = max(map(len, _MAGIC))


class Reject(msgspec.Struct, frozen=True):
    """A line that is no post: where it stands, why, and how it begins. Rows of Parquet count as lines."""

    file: str
    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of JSON. `first` is the number of the first; `consumed` counts bytes of all sources."""

    source: str
    first: int
    data: bytes
    consumed: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of a CSV file, and the line on which each begins. `damaged`: not all is UTF-8."""

    source: str
    header: tuple[str, ...]
    numbers: list[int]
    rows: list[list[str]]
    damaged: bool
    consumed: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of a Parquet file; `first` is the number of the first, counted from 1."""

    source: str
    first: int
    batch: pa.RecordBatch
    consumed: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that the reader itself could not take in."""

    source: str
    reject: Reject
    consumed: int = 0


Chunk: TypeAlias = Lines | Rows | Frame | Refused


def read_chunks(sources: Sequence[Source], wanted: Sequence[str]) -> Iterator[Chunk]:
    """Yield the chunks of all sources in order; of Parquet files only the columns `wanted` are read.

    Raises `InputError` when a source turns out to be damaged; all that stands before is yielded first.
    """
    before = 0
    for source in sources:
        try:
            for chunk in _read(source, wanted):
                yield replace(chunk, consumed=before + chunk.consumed)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{source.name}: cannot be read to its end: {error}") from error
        before += source.size or 0


def columns(source: Source) -> list[str] | None:
    """Return the names of the columns of a source; None where every line names its own."""
    if source.path is None or source.format is Format.JSONL or source.size is None:
        return None
    try:
        if source.format is Format.PARQUET:
            return list(pq.read_schema(source.path).names)
        with _open(source) as stream:
            chunk = next(_line_chunks(source.name, stream), None)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{source.name}: cannot be read: {error}") from error
    if not isinstance(chunk, Lines):
        return None
    try:
        return next(csv.reader(io.StringIO(chunk.data.decode(errors="replace"), newline="")), [])
    except csv.Error as error:
        raise InputError(f"{source.name}: the first record, which names the columns: {error}") from error


def _read(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """Yield the chunks of one source."""
    if source.format is Format.PARQUET:
        yield from _frames(source, wanted)
        return
    with _open(source) as stream:
        chunks = _line_chunks(source.name, stream)
        yield from _rows(chunks) if source.format is Format.CSV else chunks


@contextlib.contextmanager
def _open(source: Source) -> Iterator[_Counted]:
    """Open a source to read its bytes, unpacked. Whether a pipe is packed, its first bytes tell."""
    if source.size is not None and source.path is not None:
        with source.path.open("rb") as file, _unpacked(file, source.compression) as stream:
            yield _Counted(stream, file, packed=stream is not file)
        return
    with (
        open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
        if source.path is None
        else source.path.open("rb", buffering=0)
    ) as pipe:
        _widen(pipe)
        begun = _Begun(pipe)
        with _unpacked(begun, begun.compression) as stream:
            yield _Counted(stream, None, packed=stream is not begun)


@contextlib.contextmanager
def _unpacked(file: _Readable, compression: Compression) -> Iterator[_Readable]:
    """Unpack a file, if it is packed."""
    if compression is Compression.NONE:
        yield file
    else:
        with pa.CompressedInputStream(pa.PythonFile(file, mode="r"), compression.value) as unpacked:
            yield unpacked


class _Begun:
    """A pipe of which the first bytes were looked at; they are read once more."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._head = b""
        while len(self._head) < _MAGIC_LENGTH and (more := pipe.read(_MAGIC_LENGTH - len(self._head))):
            self._head += more

    @property
    def compression(self) -> Compression:
        """How the pipe is packed."""
        return next((how for magic, how in _MAGIC.items() if self._head.startswith(magic)), Compression.NONE)

    @property
    def closed(self) -> bool:
        """Whether the pipe is closed."""
        return self._pipe.closed

    def read(self, size: int) -> bytes:
        """Return what is there, at most so much."""
        head, self._head = self._head[:size], self._head[size:]
        return head or self._pipe.read(size)

    def close(self) -> None:
        """Leave the pipe to who opened it."""


class _Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, at most so many; none at the end."""


def _widen(pipe: BinaryIO) -> None:
    """Ask for a wide pipe: one read returns all that waits in it, so a fast writer gets large chunks."""
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A stream of unpacked bytes, and the file beneath, whose position tells the progress."""

    stream: _Readable
    file: BinaryIO | None
    packed: bool

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; if they are packed and cut off, all that can be read comes before the error."""
        if not self.packed:
            while block := self.stream.read(BLOCK):
                yield block
            return
        fault: Exception | None = None
        pieces = [b""]
        while pieces and not fault:
            pieces = []
            try:
                while len(pieces) < BLOCK // _PIECE and (piece := self.stream.read(_PIECE)):
                    pieces.append(piece)
            except (OSError, pa.ArrowException) as error:
                fault = error
            if pieces:
                yield b"".join(pieces)
        if fault:
            raise fault

    def position(self) -> int:
        return self.file.tell() if self.file else 0


def _line_chunks(name: str, stream: _Counted) -> Iterator[Lines | Refused]:
    """Yield whole lines. Of a line that is too long only the beginning is kept, to be shown.

    `held` are the bytes of the line that is still open, `size` its length, `number` its number.
    """
    held: list[bytes] = []
    size = 0
    number = 1
    for count, given in enumerate(stream.blocks()):
        block = given.removeprefix(_BOM) if count == 0 else given
        end = block.find(b"\n") + 1
        if not end:
            size += len(block)
            held = [*held, block] if size <= MAX_LINE else [b"".join(held)[:_RAW] or block[:_RAW]]
            continue
        if size + end > MAX_LINE + 1:
            yield _too_long(name, number, held[0] if held else block, stream)
            number += 1
            data = block[end:]
        else:
            data = b"".join(held) + block
        cut = data.rfind(b"\n") + 1
        if cut:
            yield Lines(name, number, data[:cut], stream.position())
            number += data.count(b"\n", 0, cut)
        held = [data[cut:]]
        size = len(data) - cut
    if size > MAX_LINE:
        yield _too_long(name, number, held[0], stream)
    elif size:
        yield Lines(name, number, b"".join(held), stream.position())


def _too_long(name: str, number: int, beginning: bytes, stream: _Counted) -> Refused:
    """Return the reject of a line that is too long."""
    reason = f"the line is longer than {MAX_LINE >> 20} MiB"
    return Refused(name, Reject(name, number, reason, shown(beginning)), stream.position())


def shown(raw: bytes) -> str:
    """Return the beginning of what was refused as text that any encoding can carry."""
    return raw[:_RAW].decode(errors="replace")


class _Records:
    """The lines of a CSV file for `csv.reader`, and what is known of the record being read.

    After an error `give_up` goes back to the line after the one where the record began, so that a quotation
    mark that is never closed costs one line. Where every line leaves one open that would take time with the
    square of their number: what may be read again is limited, and a broken record that exceeds it is refused
    whole. (An iterator of its own, not a generator: it goes on after it has raised an error.)
    """

    def __init__(self, chunks: Iterator[Lines | Refused]) -> None:
        self._chunks = chunks
        self._lines: Iterator[str] = iter(())
        self._number = 0
        self._again: list[tuple[int, str]] = []
        self._record: list[tuple[int, str]] = []
        self._read = self._reread = 0
        self.size = 0
        self.source = ""
        self.consumed = 0
        self.damaged = False
        self.refused: list[Refused] = []

    def __iter__(self) -> _Records:
        return self

    def __next__(self) -> str:
        if self.size > MAX_LINE:
            raise csv.Error(f"the record is longer than {MAX_LINE >> 20} MiB")
        if self._again:
            number, line = self._again.pop()
        else:
            while (line := next(self._lines, "")) == "":
                self._advance(next(self._chunks))
            number = self._number = self._number + 1
            self._read += len(line)
        self._record.append((number, line))
        self.size += len(line)
        return line

    def _advance(self, chunk: Lines | Refused) -> None:
        """Go on to the lines of the next chunk."""
        self.source = chunk.source
        self.consumed = chunk.consumed
        if isinstance(chunk, Refused):
            self._number += 1
            self.refused.append(chunk)
            return
        try:
            text = chunk.data.decode()
        except UnicodeDecodeError:
            text = chunk.data.decode(errors="surrogateescape")
            self.damaged = True
        self._lines = io.StringIO(text, newline="\n")

    def begin(self) -> None:
        """Begin a record."""
        self._record.clear()
        self.size = 0

    @property
    def start(self) -> int:
        """The number of the line on which the record begins."""
        return self._record[0][0]

    def give_up(self, problem: str) -> Iterator[Refused]:
        """Refuse the first line of the record, and all the others unless they can be read again."""
        number, line = self._record[0]
        yield self._refuse(number, line, problem)
        others, size = self._record[1:], self.size - len(line)
        if self._reread + size <= _AGAIN * self._read + _AGAIN_AT_LEAST:
            self._reread += size
            self._again += reversed(others)
            return
        for other, line in others:
            yield self._refuse(other, line, f"in the record from line {number} on, which is refused whole")

    def _refuse(self, number: int, line: str, problem: str) -> Refused:
        """Return the reject of one line."""
        raw = shown(line.encode(errors="surrogateescape"))
        return Refused(self.source, Reject(self.source, number, f"CSV: {problem}", raw), self.consumed)


def _rows(chunks: Iterator[Lines | Refused]) -> Iterator[Rows | Refused]:
    """Yield the records of a CSV file; its first record names the columns."""
    csv.field_size_limit(2 * MAX_LINE)
    records = _Records(chunks)
    reader = csv.reader(records, strict=True)
    header: tuple[str, ...] = ()
    taken = Rows("", (), [], [], damaged=False)
    size = 0
    while True:
        records.begin()
        row: list[str] | None = None
        problem = ""
        fault: Exception | None = None
        try:
            row = next(reader, None)
        except csv.Error as error:
            problem = str(error)
        except (OSError, pa.ArrowException) as error:
            fault = error
        ended = row is None and not problem
        if taken.rows and (ended or problem or records.refused or size >= BLOCK):
            yield replace(taken, damaged=records.damaged, consumed=records.consumed)
            taken, size = Rows(records.source, header, [], [], damaged=False), 0
        yield from records.refused
        records.refused.clear()
        if fault:
            raise fault
        if problem:
            yield from records.give_up(problem)
        if ended:
            return
        if row and header:
            taken.numbers.append(records.start)
            taken.rows.append(row)
            size += records.size
        elif row:
            header = tuple(row)
            taken = replace(taken, source=records.source, header=header)


def _frames(source: Source, wanted: Sequence[str]) -> Iterator[Frame | Refused]:
    """Yield the rows of a Parquet file; only the columns wanted are read."""
    with pq.ParquetFile(_path(source), pre_buffer=False, buffer_size=_BUFFER) as file:
        chosen = [name for name in wanted if name in file.schema_arrow.names]
        count = max(file.metadata.num_rows, 1)
        first = 1
        for batch in file.iter_batches(batch_size=_batch_size(file.metadata, chosen), columns=chosen):
            for start, stop in _cuts(batch):
                consumed = (source.size or 0) * (first + stop - start - 1) // count
                part = batch.slice(start, stop - start)
                if stop - start == 1 and _row_bytes(part)[0] > MAX_LINE:
                    reason = f"the row is longer than {MAX_LINE >> 20} MiB"
                    yield Refused(source.name, Reject(source.name, first, reason, ""), consumed)
                else:
                    yield Frame(source.name, first, part, consumed)
                first += stop - start


def _batch_size(file: pq.FileMetaData, chosen: Sequence[str]) -> int:
    """Return how many rows of the chosen columns to unpack at a time: fewer if they are long."""
    longest = 1
    for group in map(file.row_group, range(file.num_row_groups)):
        parts = map(group.column, range(group.num_columns))
        size = sum(part.total_uncompressed_size for part in parts if part.path_in_schema in chosen)
        longest = max(longest, size // max(group.num_rows, 1))
    return max(1, min(_BATCH, 2 * BLOCK // longest))


def _cuts(batch: pa.RecordBatch) -> Iterator[tuple[int, int]]:
    """Yield from where to where rows go together: up to `BLOCK` bytes of text, or the one that exceeds it."""
    ends = np.cumsum(_row_bytes(batch))
    start = 0
    while start < batch.num_rows:
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + BLOCK, side="right")), start + 1)
        yield start, stop
        start = stop


def _row_bytes(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """Return how many bytes of text each row has."""
    sizes = np.zeros(batch.num_rows, dtype=np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
        elif _is_text(column.type):
            lengths = pc.binary_length(column)
        else:
            continue
        sizes += lengths.fill_null(0).to_numpy(zero_copy_only=False)
    return sizes


def _is_text(kind: pa.DataType) -> bool:
    """Tell whether the values of a type are strings of bytes."""
    return kind in (pa.string(), pa.binary(), pa.large_string(), pa.large_binary())


def _path(source: Source) -> Path:
    """Return the path of a source that must be a file."""
    if source.path is None or source.size is None:
        raise InputError(f"{source.name}: Parquet is read from files only")
    return source.path
