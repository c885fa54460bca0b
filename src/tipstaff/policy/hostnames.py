"""Host names without Python's tables: what may stand in a label, small letters, and the public suffixes.

`labels.tsv` holds the small letters, digits and marks of Unicode 14, the version of the oldest Python that
is supported, and the capitals of that version with their small letters. Python's own tables are asked for
NFKC alone, and only of texts of those characters: the stability policy of Unicode promises that the NFKC of
a text whose characters are all assigned never changes. So such a text has one normal form under every
Python, and no other text has any.

Browsers map a host before they look for it (UTS #46): they drop what cannot be seen and read circled, bold
and other variants of a letter as that letter. `plain` does so with the folding table; its look-alikes are
left alone, as browsers do, for they make another host.

`public_suffix_list.dat` is taken unchanged from the `publicsuffixlist` wheel 1.1.2.20261023 (MPL-2.0; its
header says so). Replacing it changes what counts as a link: a test holds its digest.
"""

from __future__ import annotations

import hashlib
import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from tipstaff.policy import folding

DROPPED: Final = frozenset(
    {0xAD, 0x34F, 0x2060, 0x2064, 0xFEFF}
    | {*range(0x180B, 0x1810), *range(0x200B, 0x200E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)
"""What UTS #46 ignores in a host, and the joiners, which ought not to be in one."""

_LABELS = "labels.tsv"
_SUFFIXES = "public_suffix_list.dat"
_RANGE = 2
"""How many columns a range has; a capital has three."""
_ASCII = 0x80


def small(text: str) -> str:
    """Return a text in small letters, code point by code point; capitals without a known one stay."""
    if text.isascii():
        return text.lower()
    return text.translate(_small_letters())


def plain(text: str) -> str:
    """Return a text without what is dropped from hosts, its variants of ASCII letters read as those."""
    return text if text.isascii() else text.translate(_plain())


@cache
def variants() -> Mapping[int, str]:
    """Return what stands in a host for ASCII letters, digits or a dot, and for which.

    Symbols stand for one letter or a dot, letters and bold digits for what NFKC makes of them. Numbers in
    circles and raised ones count the items of a list, or footnotes: they are no part of a host.
    """
    found = {}
    for code, folded in folding.table().items():
        if code < _ASCII or not folded.isascii() or not (folded.isalnum() or folded == "."):
            continue
        char = chr(code)
        if is_label_text(char) or code in _small_letters():
            wide = unicodedata.decomposition(char).startswith(("<font>", "<wide>"))
            own = unicodedata.normalize("NFKC", char)
            if own.lower() == folded and (wide or folded.isalpha()):
                found[code] = own
        elif (folded.isalpha() and len(folded) == 1) or folded == ".":
            found[code] = folded
    return MappingProxyType(found)


@cache
def _plain() -> Mapping[int, str]:
    """Return what `plain` makes of the code points that it changes."""
    return {**dict.fromkeys(DROPPED, ""), **variants()}


def normal_form(text: str) -> str | None:
    """Return the small letters of a text in NFKC; nothing if it has a character that is in no host.

    ASCII is not looked at any closer.
    """
    if text.isascii():
        return text.lower()
    text = small(text)
    return small(unicodedata.normalize("NFKC", text)) if is_label_text(text.replace(".", "")) else None


def is_label_text(text: str) -> bool:
    """Tell whether a text has only characters of labels: small letters, digits, marks, `_`, hyphens."""
    return _label_text().fullmatch(text) is not None


@cache
def suffix_rules() -> tuple[Sequence[str], Sequence[str]]:
    """Return the rules of the public suffix list: of its ICANN section, and of its private one."""
    lines = _data(_SUFFIXES).decode().splitlines()
    end = lines.index("// ===END ICANN DOMAINS===")
    icann, private = (
        [line.split()[0].lower() for line in part if line.strip() and not line.startswith("//")]
        for part in (lines[:end], lines[end:])
    )
    return icann, private


@cache
def digest() -> str:
    """Return the SHA-256 of the bytes of both data files, as 64 hexadecimal digits."""
    return hashlib.sha256(_data(_LABELS) + _data(_SUFFIXES)).hexdigest()


@cache
def _label_text() -> re.Pattern[str]:
    """Return an expression for texts of label characters."""
    ranges = [row for row in _rows() if len(row) == _RANGE]
    return re.compile("[_" + "".join(f"\\U{first:0>8}-\\U{last:0>8}" for first, last in ranges) + "-]*")


@cache
def _small_letters() -> Mapping[int, str]:
    """Return the small letters of each capital."""
    capitals = [row for row in _rows() if len(row) != _RANGE]
    small_letters = {
        int(code, 16): "".join(chr(int(each, 16)) for each in letters.split())
        for code, _, letters in capitals
    }
    return {ord(char): char.lower() for char in string.ascii_uppercase} | small_letters


def _rows() -> list[list[str]]:
    """Return the rows of the labels: first and last of a range, or a capital, `>` and its small letters."""
    lines = _data(_LABELS).decode().split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _data(name: str) -> bytes:
    """Read one of the data files."""
    return resources.files("tipstaff.policy").joinpath("data", name).read_bytes()
