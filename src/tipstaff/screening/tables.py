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

# How an entry of `letters` is laid out: three bytes of output, a length, five flags.
LENGTH_SHIFT: Final = 24
FLAG_SHIFT: Final = 27
COPY_FOUR: Final = 6
EXPAND: Final = 7

# How an entry of `normal` is laid out: a code point, or one of these above it.
DROPPED: Final = 1 << 30
EXPANDED: Final = 1 << 31

_FLAG_CHARS = {"@": AT, "$": DOLLAR, "#": HASH, ".": DOT, "。": DOT}
_FLAG_CHARS |= dict.fromkeys("/[(", DOT)  # a link without a dot has a scheme, or a dot in brackets


@dataclass(frozen=True, slots=True)
class FoldArrays:
    """One entry for each code point.

    `letters` (uint32): the UTF-8 bytes that it adds to the letters view, packed; `letters_bytes` and
    `letters_offsets` hold the longer ones. `normal` (uint32): its normal form, one code point, or an
    index into `normal_chars` and `normal_offsets`. `kinds` (uint8): `alignment.Kind` of a normal code point.
    """

    letters: npt.NDArray[np.uint32]
    letters_bytes: npt.NDArray[np.uint8]
    letters_offsets: npt.NDArray[np.int64]
    normal: npt.NDArray[np.uint32]
    normal_chars: npt.NDArray[np.uint32]
    normal_offsets: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]


@functools.cache
def fold_arrays() -> FoldArrays:
    """Build the arrays from the table; a quarter of a second, once in a process."""
    kinds = _kinds()
    letters = _identity_letters(kinds)
    normal = np.arange(CODE_POINTS, dtype=np.uint32)
    letters_more, normal_more = [b""], [""]
    for code_point, folded in folding.table().items():
        kept = folding.letters(folded).text.encode()
        letters[code_point] = _pack(kept, letters_more) | _flags(chr(code_point) + folded) << FLAG_SHIFT
        if len(folded) == 1:
            normal[code_point] = ord(folded)
        elif folded:
            normal[code_point] = EXPANDED | len(normal_more)
            normal_more.append(folded)
        else:
            normal[code_point] = DROPPED
    return FoldArrays(
        letters=letters,
        letters_bytes=np.frombuffer(b"".join(letters_more), dtype=np.uint8),
        letters_offsets=np.cumsum([0, *map(len, letters_more)], dtype=np.int64),
        normal=normal,
        normal_chars=np.array([ord(char) for char in "".join(normal_more)], dtype=np.uint32),
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


def _identity_letters(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Pack every code point as if it folded to itself: its own bytes if it is a letter, and its flags."""
    code = np.arange(CODE_POINTS, dtype=np.uint32)
    one = code | 1 << LENGTH_SHIFT
    two = (0xC0 | code >> 6) | (0x80 | code & 63) << 8 | 2 << LENGTH_SHIFT
    three = (0xE0 | code >> 12) | (0x80 | code >> 6 & 63) << 8 | (0x80 | code & 63) << 16 | 3 << LENGTH_SHIFT
    four = np.full_like(code, COPY_FOUR << LENGTH_SHIFT)
    packed = np.select([code < 0x80, code < 0x800, code < 0x10000], [one, two, three], four)  # noqa: PLR2004  UTF-8
    packed = np.where(kinds <= Kind.DIGIT, packed, 0).astype(np.uint32)
    for char, flag in _FLAG_CHARS.items():
        packed[ord(char)] |= np.uint32(flag << FLAG_SHIFT)
    for code_point in range(0x3400, 0xA000):
        if folding.is_rare(chr(code_point)):
            packed[code_point] |= np.uint32(RARE << FLAG_SHIFT)
    return packed


def _pack(kept: bytes, more: list[bytes]) -> int:
    """Pack the bytes that a code point adds to the letters view."""
    if len(kept) <= 3:  # noqa: PLR2004  what fits into an entry
        return int.from_bytes(kept, "little") | len(kept) << LENGTH_SHIFT
    more.append(kept)
    return (len(more) - 1) | EXPAND << LENGTH_SHIFT


def _flags(text: str) -> int:
    """Return the flags that the characters of `text` raise."""
    flags = 0
    for char in text:
        flags |= _FLAG_CHARS.get(char, 0) | (RARE if folding.is_rare(char) else 0)
    return flags
