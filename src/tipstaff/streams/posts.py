"""From the chunks of a source to posts, and to rejects for what is no post."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, TypeAlias

import msgspec
import pyarrow as pa

from tipstaff.base.errors import InputError
from tipstaff.policy.faults import did_you_mean
from tipstaff.screening.posts import Post
from tipstaff.streams.chunks import Chunk, Frame, Lines, Refused, Reject, Rows, shown

_Identifier: TypeAlias = str | int
_Followers: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Loose(msgspec.Struct, kw_only=True, gc=False):
    """A post as others write it: its id and account may be numbers."""

    id: _Identifier
    account: _Identifier
    text: str
    title: str | None = None
    url: str | None = None
    lang: str | None = None
    published_at: str | None = None
    followers: _Followers | None = None
    sponsored: bool | None = None
    host: str | None = None
    app: str | None = None


FIELDS: Final = Post.__struct_fields__
REQUIRED: Final = ("id", "account", "text")
_MAX_FOLLOWERS = 2**63 - 1

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)", re.DOTALL
)
_LONE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Under which names a source has the fields of a post. A name is read for one field only."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, pairs: Iterable[str]) -> FieldMap:
        """Read `FIELD=NAME` pairs; a field without one has its own name, unless that name is taken.

        Raises `InputError` for a field that a post does not have, and for one that could not be read.
        """
        given: dict[str, str] = {}
        for pair in pairs:
            name, equals, source = pair.partition("=")
            if not equals or not source:
                raise InputError(f"--map {pair}: write it as FIELD=NAME, such as text=body")
            if name not in FIELDS:
                raise InputError(f"--map {pair}: a post has no field {name!r}; {did_you_mean(name, FIELDS)}")
            if name in given:
                raise InputError(f"--map {pair}: {name} is mapped already, to {given[name]!r}")
            if source in given.values():
                raise InputError(f"--map {pair}: {source!r} is read for another field already")
            given[name] = source
        taken = set(given.values())
        own = {name: name for name in FIELDS if name not in given and name not in taken}
        for name in REQUIRED:
            if name not in given and name not in own:
                raise InputError(f"the name {name!r} is mapped to another field; say with --map {name}=NAME where it is")
        return cls({name: given.get(name) or own[name] for name in FIELDS if name in given or name in own})

    def check(self, source: str, columns: Sequence[str]) -> None:
        """Raise `InputError` if a source with these columns cannot have posts in it."""
        for name in FIELDS:
            wanted = self.names.get(name)
            if wanted is None:
                continue
            if columns.count(wanted) > 1:
                raise InputError(f"{source}: two columns are named {wanted!r}; rename one")
            if wanted not in columns and (name in REQUIRED or wanted != name):
                hint = did_you_mean(wanted, columns)
                raise InputError(f"{source}: no column {wanted!r} for {name}; {hint} Say with --map {name}=NAME.")

    @property
    def is_plain(self) -> bool:
        """Whether every field has its own name."""
        return all(name == source for name, source in self.names.items())


@dataclass(frozen=True, slots=True)
class Parsed:
    """The posts of a chunk, and what was refused, both in order."""

    posts: Sequence[Post]
    rejects: Sequence[Reject]


@dataclass(slots=True)
class _Report:
    """Posts and rejects while a chunk is read."""

    source: str
    posts: list[Post] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def take(self, line: int, raw: Callable[[], bytes], make: Callable[[], Post]) -> None:
        """Add the post that `make` returns, or why there is none."""
        try:
            post = make()
            problem = _problem(post)
        except (ValueError, RecursionError) as error:
            problem = _reason(error)
        if problem:
            self.rejects.append(Reject(self.source, line, problem, shown(raw())))
        else:
            self.posts.append(post)


class Parser:
    """Makes posts of chunks, with the fields under given names."""

    def __init__(self, fields: FieldMap) -> None:
        self._names = fields.names
        self._exact = msgspec.json.Decoder(Post) if fields.is_plain else None
        self._loose = msgspec.json.Decoder(_renamed(fields.names))

    def parse(self, chunk: Chunk) -> Parsed:
        """Return the posts of a chunk, and what is no post with the reason."""
        match chunk:
            case Lines():
                return self._lines(chunk)
            case Rows():
                return self._rows(chunk)
            case Frame():
                return self._frame(chunk)
            case Refused():
                return Parsed((), (chunk.reject,))

    def _lines(self, chunk: Lines) -> Parsed:
        """Read lines of JSON: all at once when they are as they should be, else one by one.

        Decoding all at once would let a value run over several lines; then there are fewer posts than lines.
        """
        count = chunk.data.count(b"\n") + (not chunk.data.endswith(b"\n"))
        try:
            posts = self._all(chunk.data)
        except (ValueError, RecursionError):
            posts = []
        if len(posts) == count and not any(map(_problem, posts)):
            return Parsed(posts, ())
        report = _Report(chunk.source)
        for number, line in enumerate(chunk.data.split(b"\n"), start=chunk.first):
            if line.strip():
                report.take(number, lambda line=line: line, lambda line=line: self._line(line))  # type: ignore[misc]
        return Parsed(report.posts, report.rejects)

    def _all(self, data: bytes) -> list[Post]:
        """Decode many lines, exactly if possible."""
        if self._exact is not None:
            try:
                return self._exact.decode_lines(data)
            except msgspec.ValidationError:
                pass
        return [_exact(loose) for loose in self._loose.decode_lines(data)]

    def _line(self, line: bytes) -> Post:
        """Decode one line; lone surrogates in it become U+FFFD."""
        try:
            return _exact(self._loose.decode(line))
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            mended = _ESCAPE.sub(_mend, line)
            if mended == line:
                raise
            return _exact(self._loose.decode(mended))

    def _rows(self, chunk: Rows) -> Parsed:
        """Read the records of a CSV file."""
        report = _Report(chunk.source)
        places = [
            (name, chunk.header.index(source)) for name, source in self._names.items() if source in chunk.header
        ]
        width = len(chunk.header)

        def make(row: list[str]) -> Post:
            if len(row) != width:
                raise ValueError(f"{len(row)} cells, but the header has {width}")
            if chunk.damaged:
                _check_utf8(row)
            return _from_cells({name: row[place] for name, place in places})

        for number, row in zip(chunk.numbers, chunk.rows, strict=True):
            report.take(
                number,
                lambda row=row: ",".join(row).encode(errors="surrogateescape"),  # type: ignore[misc]
                lambda row=row: make(row),  # type: ignore[misc]
            )
        return Parsed(report.posts, report.rejects)

    def _frame(self, chunk: Frame) -> Parsed:
        """Read the rows of a Parquet file."""
        report = _Report(chunk.source)
        present = [
            (name, source) for name, source in self._names.items() if source in chunk.batch.schema.names
        ]
        values = [_values(chunk.batch.column(source)) for _, source in present]
        names = [name for name, _ in present]
        for number, row in enumerate(zip(*values, strict=True), start=chunk.first):
            given = dict(zip(names, row, strict=True))
            report.take(
                number,
                lambda given=given: str(given).encode(errors="replace"),  # type: ignore[misc]
                lambda given=given: _exact(msgspec.convert(given, _Loose)),  # type: ignore[misc]
            )
        return Parsed(report.posts, report.rejects)


def _renamed(names: Mapping[str, str]) -> type[_Loose]:
    """Return the type of a loose post whose fields have given names; a field without one is not read."""
    kept = [
        (info.name, info.type) if info.required else (info.name, info.type, info.default)
        for info in msgspec.structs.fields(_Loose)
        if info.name in names
    ]
    made: type[_Loose] = msgspec.defstruct("Post", kept, rename=dict(names), kw_only=True, gc=False)  # type: ignore[arg-type,assignment]
    return made


def _exact(loose: _Loose) -> Post:
    """Return a loose post as a post: numbers that identify something become text."""
    fields = {name: getattr(loose, name) for name in loose.__struct_fields__}
    fields["id"] = str(loose.id)
    fields["account"] = str(loose.account)
    return Post(**fields)


def _problem(post: Post) -> str:
    """Say what is wrong with a post whose types are right; empty if nothing is."""
    if not post.id:
        return "id is empty"
    if not post.account:
        return "account is empty"
    if post.followers is not None and not 0 <= post.followers <= _MAX_FOLLOWERS:
        return f"followers is {post.followers}, not a count"
    return ""


def _reason(error: Exception) -> str:
    """Say in words for the user why something is no post."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: {error.reason} {error.object[error.start : error.start + 1]!r}"
    if isinstance(error, RecursionError):
        return "JSON is nested too deeply"
    return str(error)


def _mend(found: re.Match[bytes]) -> bytes:
    """Replace an escape that is a lone surrogate by that of U+FFFD; pairs and other escapes stay."""
    return rb"\ufffd" if _LONE.fullmatch(found[0]) else found[0]


def _check_utf8(row: Iterable[str]) -> None:
    """Raise `UnicodeDecodeError` if a row of a damaged file has bytes that are not UTF-8."""
    for cell in row:
        if not cell.isascii():
            cell.encode(errors="surrogateescape").decode()


def _from_cells(cells: dict[str, str]) -> Post:
    """Return a post from the cells of a CSV record; an empty cell is an absent value."""
    followers = cells.get("followers", "").strip()
    sponsored = cells.get("sponsored", "").strip().lower()
    if followers and not (followers.isascii() and followers.isdigit() and len(followers) < 20):  # noqa: PLR2004
        raise ValueError(f"followers is {followers[:30]!r}, not a count")
    if sponsored and sponsored not in _BOOLEANS:
        raise ValueError(f"sponsored is {sponsored[:30]!r}; write true or false")
    return Post(
        id=cells["id"],
        account=cells["account"],
        text=cells["text"],
        title=cells.get("title") or None,
        url=cells.get("url") or None,
        lang=cells.get("lang") or None,
        published_at=cells.get("published_at") or None,
        followers=int(followers) if followers else None,
        sponsored=_BOOLEANS[sponsored] if sponsored else None,
        host=cells.get("host") or None,
        app=cells.get("app") or None,
    )


def _values(column: pa.Array) -> Iterator[object]:
    """Yield the values of a Parquet column; points in time become ISO 8601 text."""
    for value in column.to_pylist():
        yield value.isoformat() if isinstance(value, datetime.datetime | datetime.date) else value
