"""The folding table as arrays that compiled kernels can index by code point."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tipstaff.policy import folding
from tipstaff.screening.alignment import Kind, kind_of

CODE_POINTS: Final = 0x110000

# Flags of a field, gathered while it is folded: what an entity finder needs before it can find anything.
AT: Final = 1
DOLLAR: Final = 2
HASH: Final = 4
DOT: Final = 8
RARE: Final = 16
LONG_RUN: Final = 32
DIGITS: Final = 64
DIGIT: Final = 128

LONG_RUN_LENGTH: Final = 14
DIGITS_COUNT: Final = 5

# How an entry of `letters` is laid out: a code point, or the index of an expansion; what it is; five flags.
POINT: Final = (1 << 21) - 1
IS_LETTER: Final = 1 << 21
IS_LATIN: Final = 1 << 22
IS_DIGIT: Final = 1 << 23
IS_DROPPED: Final = 1 << 24
IS_EXPANDED: Final = 1 << 25
FLAG_SHIFT: Final = 26

# How an entry of `normal` is laid out: a code point, which may be a letter; or the index of an expansion.
LETTER: Final = 1 << 29
DROPPED: Final = 1 << 30
EXPANDED: Final = 1 << 31

_FLAG_CHARS = {"@": AT, "$": DOLLAR, "#": HASH, ".": DOT, "。": DOT}
_FLAG_CHARS |= dict.fromkeys("/\\[(", DOT)  # a link without a dot has a scheme, or a dot in brackets


@dataclass(frozen=True, slots=True)
class FoldArrays:
    """One entry for each code point.

    `letters` (uint32): the letter that it adds to the letters view, and what it is (see above); nothing but
    flags if it is no letter; an index into `expanded_offsets` if its normal form is several code points,
    whose entries are in `expanded`. `normal` (uint32): its normal form, one code point, or an
    index into `normal_offsets`; `normal_chars` holds the entries of the longer ones. `kinds` (uint8):
    `alignment.Kind` of a normal code point.
    """

    letters: npt.NDArray[np.uint32]
    expanded: npt.NDArray[np.uint32]
    expanded_offsets: npt.NDArray[np.int64]
    normal: npt.NDArray[np.uint32]
    normal_chars: npt.NDArray[np.uint32]
    normal_offsets: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]


@functools.cache
def fold_arrays() -> FoldArrays:
    """Build the arrays from the table; a quarter of a second, once in a process."""
    kinds = _kinds()
    plain = _plain_letters(kinds)
    letters = plain | _own_flags()
    itself = np.arange(CODE_POINTS, dtype=np.uint32) | np.where(kinds <= Kind.DIGIT, np.uint32(LETTER), 0)
    normal = itself.copy()
    expanded, normal_more = [plain[:0]], [""]
    for code_point, folded in folding.table().items():
        entries = plain[[ord(char) for char in folded]]
        letters[code_point] = _entry(entries, expanded) | _flags(chr(code_point) + folded)
        if len(folded) == 1:
            normal[code_point] = itself[ord(folded)]
        elif folded:
            normal[code_point] = EXPANDED | len(normal_more)
            normal_more.append(folded)
        else:
            normal[code_point] = DROPPED
    return FoldArrays(
        letters=letters,
        expanded=np.concatenate(expanded),
        expanded_offsets=np.cumsum([0, *map(len, expanded)], dtype=np.int64),
        normal=normal,
        normal_chars=itself[[ord(char) for char in "".join(normal_more)]],
        normal_offsets=np.cumsum([0, *map(len, normal_more)], dtype=np.int64),
        kinds=kinds,
    )


def _kinds() -> npt.NDArray[np.uint8]:
    """Classify every code point as the alignment rules do."""
    kinds = np.full(CODE_POINTS, Kind.SYMBOL, dtype=np.uint8)
    for first, last in folding.letter_ranges():
        kinds[first : last + 1] = Kind.LETTER
    letter = int(Kind.LETTER)
    for code_point, kind in enumerate(kinds[:0x3100].tolist()):  # beyond it, only letters are told apart
        if kind != letter or code_point < 0x80:  # noqa: PLR2004  ASCII
            kinds[code_point] = kind_of(chr(code_point), letter=kind == letter)
    for char in "（）：；，！？":
        kinds[ord(char)] = kind_of(char, letter=False)
    return kinds


def _plain_letters(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Return the entry of every code point of a normal form, without flags; zero if it is no letter."""
    entry = np.arange(CODE_POINTS, dtype=np.uint32) | np.uint32(IS_LETTER)
    entry[kinds == Kind.LATIN] |= IS_LATIN
    entry[kinds == Kind.DIGIT] |= IS_DIGIT
    entry[kinds > Kind.DIGIT] = 0
    return entry


def _entry(entries: npt.NDArray[np.uint32], expanded: list[npt.NDArray[np.uint32]]) -> int:
    """Return the entry, without flags, of a code point whose normal form has these; they may be appended."""
    if not entries.size:
        return IS_DROPPED
    if entries.size == 1 or not entries.any():
        return int(entries[0])
    expanded.append(entries)
    return IS_EXPANDED | len(expanded) - 1


def _own_flags() -> npt.NDArray[np.uint32]:
    """Return the flags that each code point raises by itself."""
    flags = np.zeros(CODE_POINTS, dtype=np.uint32)
    for code_point in (*map(ord, _FLAG_CHARS), *range(0x3400, 0xA000)):
        flags[code_point] = _flags(chr(code_point))
    return flags


def _flags(text: str) -> int:
    """Return the flags that the characters of `text` raise, where an entry has them."""
    flags = 0
    for char in text:
        flags |= _FLAG_CHARS.get(char, 0) | (RARE if folding.is_rare(char) else 0)
    return flags << FLAG_SHIFT
