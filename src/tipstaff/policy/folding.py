"""The normal form of a text, and its letters view.

Normalisation is per code point: each is replaced by its normal form, which may be nothing or several, and
nothing is composed across code points. Look-alikes of Latin letters become that letter, compatibility
forms their plain form, capitals small letters, traditional and Japanese characters simplified ones; marks
and invisible characters disappear; white space becomes a space or a line feed. The *letters view* keeps
only the letters and digits of a normal form.

All of it is data that ships with the package (`looks.tsv` is written by hand, the rest made by
`tools/make_tables.py`), so the result is the same on any machine and under any version of Python. The
functions here are the reference; the columnar engine reads the same tables.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

_FOLDING = "folding.tsv"
_LETTERS = "letters.tsv"
_SYLLABLES = "syllables.tsv"
_LOOKS = "looks.tsv"
_NO_LETTER = "\0"
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x40000))
_HAN_FIRST = tuple(block.start for block in _HAN)


@dataclass(frozen=True, slots=True)
class Normal:
    """The normal form of a text. `origin[i]` is the index in the text of what `text[i]` came from."""

    text: str
    origin: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters view of a normal form. `origin[i]` is the index in the normal form of `text[i]`."""

    text: str
    origin: tuple[int, ...]


def fold_char(char: str) -> str:
    """Return the normal form of one code point: empty if it is dropped, several if it expands."""
    return table().get(ord(char), char)


def normalise(text: str) -> Normal:
    """Return the normal form of `text`, code point by code point, with the origin of each part."""
    parts: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for part in fold_char(char):
            parts.append(part)
            origin.append(index)
    return Normal("".join(parts), tuple(origin))


def normal_text(text: str) -> str:
    """Return the normal form of `text` alone."""
    return text.translate(table())


def is_letter(char: str) -> bool:
    """Tell whether a code point of a normal form is a letter or a digit (general category L or N)."""
    at = bisect_right(_first_letters(), ord(char)) - 1
    return at >= 0 and ord(char) <= letter_ranges()[at][1]


def letters_text(normal_text: str) -> str:
    """Return the letters view of a normal form alone."""
    return normal_text.translate(_MARKS).replace(_NO_LETTER, "")


def letters(normal_text: str) -> Letters:
    """Return the letters view of a normal form: its letters and digits, nothing else."""
    marked = normal_text.translate(_MARKS)
    origin = tuple([index for index, char in enumerate(marked) if char != _NO_LETTER])
    return Letters(marked.replace(_NO_LETTER, ""), origin)


class _Marks(dict[int, str]):
    """For `str.translate`: letters stay, all else becomes `_NO_LETTER`; filled as characters are met."""

    def __missing__(self, code_point: int) -> str:
        char = chr(code_point)
        self[code_point] = char if is_letter(char) else _NO_LETTER
        return self[code_point]


_MARKS = _Marks()


@cache
def table() -> Mapping[int, str]:
    """Return the normal form of every code point whose normal form is not itself."""
    rows = ((int(code, 16), parts.split()) for code, parts in _rows(_FOLDING))
    return MappingProxyType({code: "".join(chr(int(part, 16)) for part in parts) for code, parts in rows})


@cache
def letter_ranges() -> Sequence[tuple[int, int]]:
    """Return the first and last code point of every range of letters and digits, in order."""
    return tuple((int(first, 16), int(last, 16)) for first, last in _rows(_LETTERS))


def syllables(char: str) -> frozenset[str]:
    """Return the readings of a Han character of a normal form, without tones (v for ü); empty if unknown."""
    return _readings().get(char, frozenset())


def looks(char: str) -> tuple[str, ...]:
    """Return what is written for a Han character because it looks like it: characters, or its parts."""
    return _looks().get(char, ())


def is_rare(char: str) -> bool:
    """Tell whether a Han character of a normal form is rare: outside level 1 of GB 2312."""
    at = bisect_right(_HAN_FIRST, ord(char)) - 1
    return at >= 0 and ord(char) in _HAN[at] and char not in _common()


@cache
def digest() -> str:
    """Return the SHA-256 of the bytes of the four data files, as 64 hexadecimal digits."""
    return hashlib.sha256(b"".join(map(_data, (_FOLDING, _LETTERS, _SYLLABLES, _LOOKS)))).hexdigest()


@cache
def _first_letters() -> Sequence[int]:
    """Return where the ranges of letters begin."""
    return tuple(first for first, _ in letter_ranges())


@cache
def _readings() -> Mapping[str, frozenset[str]]:
    return {char: frozenset(readings.split(",")) for char, readings, _ in _rows(_SYLLABLES)}


@cache
def _looks() -> Mapping[str, tuple[str, ...]]:
    return {char: tuple(written.split()) for char, written in _rows(_LOOKS)}


@cache
def _common() -> frozenset[str]:
    return frozenset(char for char, _, use in _rows(_SYLLABLES) if use == "common")


def _data(name: str) -> bytes:
    """Read one of the data files."""
    return resources.files("tipstaff.policy").joinpath("data", name).read_bytes()


def _rows(name: str) -> list[list[str]]:
    """Return the fields of a data file, line by line."""
    lines = _data(name).decode().split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
