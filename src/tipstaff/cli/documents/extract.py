"""Text taken out of a source, every code point of which knows where it comes from."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_SPACE = re.compile(r"\s+")
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Extract:
    """A text. Its code point i stands for `source[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the source `text[start:end]` stands."""
        return self.starts[start], self.ends[end - 1]


class Gap(IntEnum):
    """What stands between two letters; of several, the strongest counts.

    A soft break, which is where an author wrapped a line, is nothing between two Chinese characters, and a
    space elsewhere.
    """

    NONE = 0
    SOFT = 1
    SPACE = 2
    LINE = 3


@dataclass(slots=True)
class Builder:
    """An extract being made from a source."""

    source: str
    chars: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    _gap: Gap = Gap.NONE
    _gap_at: int = 0

    def put(self, char: str, start: int, end: int) -> None:
        """Add one code point that stands for `source[start:end]`."""
        if self._gap is not Gap.NONE and self.chars:
            between = "\n" if self._gap is Gap.LINE else " "
            if self._gap is not Gap.SOFT or not (_WIDE.match(self.chars[-1]) and _WIDE.match(char)):
                self._append(between, self._gap_at, self._gap_at + 1)
        self._gap = Gap.NONE
        self._append(char, start, end)

    def copy(self, start: int, end: int) -> None:
        """Add a part of the source as it is."""
        for place in range(start, end):
            self.put(self.source[place], place, place + 1)

    def decode(self, start: int, end: int) -> None:
        """Add a part of the source in which character references such as `&amp;` stand for characters."""
        done = start
        for found in _REFERENCE.finditer(self.source, start, end):
            self.copy(done, found.start())
            for char in html.unescape(found[0]):
                self.put(char, *found.span())
            done = found.end()
        self.copy(done, end)

    def flow(self, start: int, end: int) -> None:
        """Add a part of the source as running text: any white space is one gap."""
        done = start
        for found in _SPACE.finditer(self.source, start, end):
            self.decode(done, found.start())
            self.gap(Gap.SOFT if "\n" in found[0] else Gap.SPACE, found.start())
            done = found.end()
        self.decode(done, end)

    def gap(self, kind: Gap, at: int) -> None:
        """Leave a gap, if letters follow."""
        if kind > self._gap:
            self._gap, self._gap_at = kind, min(at, len(self.source) - 1)

    @property
    def pending(self) -> Gap:
        """The gap that the next letter would come after."""
        return self._gap

    def ends_with(self, text: str) -> bool:
        """Tell whether the last letters are these."""
        return "".join(self.chars[-len(text) :]) == text

    def build(self) -> Extract:
        """Return what was added so far."""
        return Extract("".join(self.chars), self.starts, self.ends)

    def _append(self, char: str, start: int, end: int) -> None:
        self.chars.append(char)
        self.starts.append(start)
        self.ends.append(end)
