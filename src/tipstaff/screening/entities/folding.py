"""Reading full-width and circled characters as plain ones, one for one.

Every fold maps one code point to one code point, so an offset in the folded text is an offset in the
text as written. Several finders read the same text in turn, so the last folds are kept.

What browsers drop from a host or read as several letters is dealt with before, by `even`: links are read
from an even text, and `as_written` takes what was found back to the places in the text as written.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Final

from tipstaff.policy.folding import letter_ranges
from tipstaff.policy.hostnames import DROPPED, variants
from tipstaff.screening.entities.entity import Entity

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_CIRCLED_DIGITS = {
    first + offset: ord("1") + offset
    for first in (0x2460, 0x24F5, 0x2776, 0x2780, 0x278A)
    for offset in range(9)
} | dict.fromkeys((0x24EA, 0x24FF, 0x1F10B, 0x1F10C), ord("0"))
_CIRCLED_LETTERS = {0x24B6 + offset: ord("A") + offset for offset in range(26)} | {
    0x24D0 + offset: ord("a") + offset for offset in range(26)
}

PLAIN: Final[Mapping[int, int]] = _FULL_WIDTH | _CIRCLED_DIGITS | _CIRCLED_LETTERS
LINK: Final[Mapping[int, int]] = (
    {source: ord(plain) for source, plain in variants().items() if len(plain) == 1}
    | {
        source: target
        for source, target in _FULL_WIDTH.items()
        if chr(target).isalnum() or chr(target) in "./-_=&+@"
    }
    | {0xFF61: ord(".")}
)
"""Full-width comma, colon, question mark and brackets end a link instead: they are Chinese punctuation."""

UNEVEN: Final[Mapping[int, str]] = dict.fromkeys(DROPPED, "") | {
    source: plain for source, plain in variants().items() if len(plain) > 1
}
"""What is no single code point to a browser that reads a host."""

WORD: Final = "_" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in letter_ranges())
"""The inside of a class of the letters and digits of any script, and `_`; Python's own differs by version."""

_FOLDABLE = re.compile("[" + "".join(map(chr, sorted({*PLAIN, *LINK}))) + "\u3002]")
_STOP_AS_DOT = re.compile("(?<=[A-Za-z0-9])\u3002(?=[A-Za-z0-9])")


def even(text: str) -> str:
    """Return a text without what browsers drop from a host; what they read as several letters is those."""
    return text if text.isascii() else text.translate(UNEVEN)


def as_written(found: Iterable[Entity], text: str) -> list[Entity]:
    """Return what was found in the even form of a text with its places in the text itself."""
    origin = [place for place, char in enumerate(text) for _ in UNEVEN.get(ord(char), char)]
    return [one._replace(start=origin[one.start], end=origin[one.end - 1] + 1) for one in found]


@functools.lru_cache(maxsize=8)
def fold(text: str) -> str:
    """Fold full-width ASCII, circled digits and circled letters."""
    return (
        text
        if text.isascii()
        else _FOLDABLE.sub(lambda match: chr(PLAIN.get(ord(match[0]), ord(match[0]))), text)
    )


@functools.lru_cache(maxsize=8)
def fold_link(text: str) -> str:
    """Fold what may stand in a link: full-width letters, digits and dots, and `。` inside an ASCII word."""
    if text.isascii():
        return text
    folded = _FOLDABLE.sub(lambda match: chr(LINK.get(ord(match[0]), ord(match[0]))), text)
    return _STOP_AS_DOT.sub(".", folded)
