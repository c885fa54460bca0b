"""Reading full-width and circled characters as plain ones, one for one.

Every fold maps one code point to one code point, so an offset in the folded text is an offset in the
text as written. Several finders read the same text in turn, so the last folds are kept.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

from tipstaff.policy.folding import letter_ranges

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
LINK: Final[Mapping[int, int]] = {
    source: target
    for source, target in _FULL_WIDTH.items()
    if chr(target).isalnum() or chr(target) in "./-_=&+@"
} | {0xFF61: ord(".")}
"""Full-width comma, colon, question mark and brackets end a link instead: they are Chinese punctuation."""

WORD: Final = "_" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in letter_ranges())
"""The inside of a class of the letters and digits of any script, and `_`; Python's own differs by version."""

_FOLDABLE = re.compile("[" + "".join(map(chr, sorted({*PLAIN, *LINK}))) + "\u3002]")
_STOP_AS_DOT = re.compile("(?<=[A-Za-z0-9])\u3002(?=[A-Za-z0-9])")


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
