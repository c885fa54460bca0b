"""Reading full-width and circled characters as plain ones, one for one.

Every fold maps one code point to one code point, so an offset in the folded text is an offset in the
text as written. Several finders read the same text in turn, so the last folds are kept.

What browsers drop from a host or read as several letters is dealt with before, by `even`: links are read
from an even text, and `as_written` takes what was found back to the places in the text as written.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
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


def _any_of(codes: Collection[int]) -> re.Pattern[str]:
    """Return an expression for one of some code points, in ranges: one by one, many take long to match."""
    edges = sorted({code for code in codes if code - 1 not in codes or code + 1 not in codes})
    ranges = []
    while edges:
        first = edges.pop(0)
        last = edges.pop(0) if first + 1 in codes else first
        ranges.append(f"\\U{first:08x}-\\U{last:08x}")
    return re.compile(f"[{''.join(ranges)}]")


_FOLDABLE = _any_of({*PLAIN, *LINK, 0x3002})
_UNEVEN = _any_of(UNEVEN.keys())
_STOP_AS_DOT = re.compile("(?<=[A-Za-z0-9])\u3002(?=[A-Za-z0-9])")


def even(text: str) -> str:
    """Return a text without what browsers drop from a host; what they read as several letters is those."""
    return text if text.isascii() else _UNEVEN.sub(lambda match: UNEVEN[ord(match[0])], text)


def as_written(text: str) -> Callable[[Iterable[Entity]], list[Entity]]:
    """Return what takes things found in the even form of a text to their places in the text itself."""
    # From `evens[i]` on, up to the next one, the even form goes in step with the text from `origins[i]` on.
    evens, origins = [0], [0]
    longer = 0
    for match in _UNEVEN.finditer(text):
        place = match.start()
        size = len(UNEVEN[ord(match[0])])
        evens += range(place + longer, place + longer + size + 1)
        origins += [place] * size + [place + 1]
        longer += size - 1

    def origin(place: int) -> int:
        step = bisect_right(evens, place) - 1
        return origins[step] + place - evens[step]

    def take_back(found: Iterable[Entity]) -> list[Entity]:
        return [
            Entity(kind, origin(start), origin(end - 1) + 1, value, detail)
            for kind, start, end, value, detail in found
        ]

    return take_back


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
