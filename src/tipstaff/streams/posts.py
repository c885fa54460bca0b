"""From the chunks of a source to posts, and to rejects for what is no post."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tipstaff.base.errors import InputError
from tipstaff.policy.faults import did_you_mean
from tipstaff.screening.posts import Post
from tipstaff.streams.chunks import Chunk, Frame, Lines, Refused, Reject, Rows, shown

_T = TypeVar("_T")
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
    followers: _Followers | float | None = None
    sponsored: bool | None = None
    host: str | None = None
    app: str | None = None


FIELDS: Final = Post.__struct_fields__
REQUIRED: Final = ("id", "account", "text")
_MAX_FOLLOWERS = 2**63 - 1
_BREAK, _RETURN, _OPENING, _CLOSING = b"\n\r{}"

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)",
    re.DOTALL,
)
_LONE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_NO_FRACTION = re.compile(r"(?<=[0-9])\.0+\Z")
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
                raise InputError(
                    f"the name {name!r} is mapped to another field; say with --map {name}=NAME where it is"
                )
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
                one = columns[0] if len(columns) == 1 else ""
                other = next((mark for mark in ";\t|" if mark in one), None)
                if other is not None:
                    said = f"the columns seem to be separated by {other!r}; write commas"
                    raise InputError(f"{source}: no column {wanted!r} for {name}; {said}")
                hint = did_you_mean(wanted, columns)
                hint += "" if hint.endswith("?") else "."
                raise InputError(
                    f"{source}: no column {wanted!r} for {name}; {hint} Say with --map {name}=NAME."
                )

    @property
    def is_plain(self) -> bool:
        """Whether every field has its own name."""
        return all(name == source for name, source in self.names.items())


@dataclass(frozen=True, slots=True)
class Parsed:
    """The posts of a chunk, and what was refused, both in order."""

    posts: Sequence[Post]
    rejects: Sequence[Reject]


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

    def items(self, source: str, items: Iterable[bytes]) -> Parsed:
        """Return the posts among values of JSON, and what is no post with the reason, by its place from 0."""
        return _one_by_one(source, enumerate(items), self._line, bytes)

    def _lines(self, chunk: Lines) -> Parsed:
        """Read lines of JSON: all at once when they are as they should be, else one by one.

        Decoding all at once takes any white space for the end of a value, and none for one too. But where
        every line begins with an object and ends with one, and there are as many of them as lines, each line
        is one.
        """
        count = _count_objects(chunk.data)
        if count:
            try:
                posts = self._all(chunk.data)
                for post in posts:
                    check_post(post)
            except (ValueError, RecursionError):
                posts = []
            if len(posts) == count:
                return Parsed(posts, ())
        lines = enumerate(chunk.data.split(b"\n"), start=chunk.first)
        return _one_by_one(
            chunk.source, ((at, line) for at, line in lines if line.strip()), self._line, bytes
        )

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
            mended = without_lone_surrogates(line)
            if mended == line:
                raise
            return _exact(self._loose.decode(mended))

    def _rows(self, chunk: Rows) -> Parsed:
        """Read the records of a CSV file."""
        width = len(chunk.header)
        places = [
            (name, chunk.header.index(source))
            for name, source in self._names.items()
            if source in chunk.header
        ]

        def make(row: list[str]) -> Post:
            if len(row) != width:
                raise ValueError(f"{len(row)} cells, but the header has {width}")
            if chunk.damaged:
                _raw_row(row).decode()
            return _from_cells({name: row[place] for name, place in places})

        return _one_by_one(chunk.source, zip(chunk.numbers, chunk.rows, strict=True), make, _raw_row)

    def _frame(self, chunk: Frame) -> Parsed:
        """Read the rows of a Parquet file."""
        present = [name for name in self._names if self._names[name] in chunk.batch.schema.names]
        values = [_values(chunk.batch.column(self._names[name])) for name in present]

        def make(row: tuple[object, ...]) -> Post:
            given = {name: _cell(name, value) for name, value in zip(present, row, strict=True)}
            return _exact(msgspec.convert(given, _Loose))

        def raw(row: tuple[object, ...]) -> bytes:
            return repr(dict(zip(present, row, strict=True))).encode()

        return _one_by_one(chunk.source, enumerate(zip(*values, strict=True), start=chunk.first), make, raw)


def _count_objects(data: bytes) -> int:
    """Return how many lines there are, if every line break stands between two objects; 0 if one does not.

    In sound JSON no value has `}` and `{` one right after the other, and no string has a line break: so a
    break between these two stands between values.
    """
    if not data.startswith(b"{"):
        return 0
    codes = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(codes[: len(data) - data.endswith(b"\n")] == _BREAK)
    before = codes[breaks - 1 - (codes[breaks - 1] == _RETURN)]
    between = (before == _CLOSING) & (codes[breaks + 1] == _OPENING)
    return breaks.size + 1 if between.all() else 0


def _one_by_one(
    source: str, given: Iterable[tuple[int, _T]], make: Callable[[_T], Post], raw: Callable[[_T], bytes]
) -> Parsed:
    """Make a post of each numbered line, or a reject with the reason."""
    posts: list[Post] = []
    rejects: list[Reject] = []
    for number, item in given:
        try:
            post = make(item)
            check_post(post)
        except (ValueError, RecursionError) as error:
            rejects.append(Reject(source, number, _reason(error), shown(raw(item))))
        else:
            posts.append(post)
    return Parsed(posts, rejects)


def _renamed(names: Mapping[str, str]) -> type[msgspec.Struct]:
    """Return the type of a loose post whose fields have given names; a field without one is not read."""
    kept = [
        (info.name, info.type) if info.required else (info.name, info.type, info.default)
        for info in msgspec.structs.fields(_Loose)
        if info.name in names
    ]
    return msgspec.defstruct("Named", kept, rename=dict(names), kw_only=True, gc=False)


def _exact(loose: msgspec.Struct) -> Post:
    """Return a loose post as a post: numbers that identify something become text."""
    fields = {name: getattr(loose, name) for name in loose.__struct_fields__}
    fields["id"] = str(fields["id"])
    fields["account"] = str(fields["account"])
    followers = fields.get("followers")
    if isinstance(followers, float):
        if not followers.is_integer():
            raise ValueError(f"followers is {followers}, not a count")
        fields["followers"] = int(followers)
    return Post(**fields)


def check_post(post: Post) -> None:
    """Raise `ValueError` if something is wrong with a post whose types are right."""
    if not post.id:
        raise ValueError("id is empty")
    if not post.account:
        raise ValueError("account is empty")
    if post.published_at:
        try:
            dt.datetime.fromisoformat(post.published_at)
        except ValueError:
            given = post.published_at[:30]
            raise ValueError(f"published_at is {given!r}; write ISO 8601, as 2026-03-01T12:00:00Z") from None
    if post.followers is not None and not 0 <= post.followers <= _MAX_FOLLOWERS:
        raise ValueError(f"followers is {post.followers}, not a count")


def _reason(error: Exception) -> str:
    """Say in words for the user why something is no post."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: {error.reason} {error.object[error.start : error.start + 1]!r}"
    if isinstance(error, RecursionError):
        return "JSON is nested too deeply"
    return str(error)


def without_lone_surrogates(data: bytes) -> bytes:
    """Return JSON with each escape that is a lone surrogate replaced by that of U+FFFD."""
    return _ESCAPE.sub(_mend, data)


def _mend(found: re.Match[bytes]) -> bytes:
    """Replace an escape that is a lone surrogate by that of U+FFFD; pairs and other escapes stay."""
    return rb"\ufffd" if _LONE.fullmatch(found[0]) else found[0]


def _raw_row(row: Sequence[str]) -> bytes:
    """Return about what stood in a CSV file, with the bytes that were not UTF-8."""
    return ",".join(row).encode(errors="surrogateescape")


def _from_cells(cells: dict[str, str]) -> Post:
    """Return a post from the cells of a CSV record; an empty cell is an absent value."""
    followers = _NO_FRACTION.sub("", cells.get("followers", "").strip())
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


def _values(column: pa.Array) -> list[object]:
    """Return the values of a Parquet column; points in time become ISO 8601 text in UTC."""
    if pa.types.is_timestamp(column.type):
        seconds = column.cast(pa.timestamp("us"), safe=False).cast(pa.timestamp("s"), safe=False)
        column = pc.binary_join_element_wise(
            pc.replace_substring(seconds.cast(pa.string()), " ", "T"), "Z", ""
        )
    elif pa.types.is_date(column.type):
        column = column.cast(pa.string())
    try:
        values: list[object] = column.to_pylist()
    except UnicodeDecodeError:
        values = column.cast(pa.large_binary()).to_pylist()
    return values


def _cell(name: str, value: object) -> object:
    """Return a Parquet value as JSON would have it: bytes as text, counts that came as floats as integers."""
    if isinstance(value, bytes):
        return value.decode()
    if name == "followers" and isinstance(value, float):
        return None if math.isnan(value) else value
    return value
