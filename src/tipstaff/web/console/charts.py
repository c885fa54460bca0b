"""Charts, drawn on the server: what SVG needs to know of bars, stacked bars and lines. No page is read here.

A chart is drawn in a square of its own units, and scaled by the browser; texts stand beside it, so that they
stay readable on a narrow screen. Colours come from classes; and each series has a pattern or a mark as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

WIDTH: Final = 640
HEIGHT: Final = 160
"""The units that a chart is drawn in."""

_GAP: Final = 0.25
"""The part of a bar's place that is left empty."""

_STEPS: Final = (1, 2, 5)
"""What the first digit of the greatest value of an axis may be, and 10."""


class Bar(NamedTuple):
    """A part of a bar: where it is drawn, of which series it is, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    series: int
    bucket: int


class Dot(NamedTuple):
    """A point of a line."""

    x: float
    y: float
    bucket: int


class Line(NamedTuple):
    """A line: its points, and the pieces that are drawn through those that stand side by side."""

    series: int
    dots: list[Dot]
    pieces: list[str]


class Chart(NamedTuple):
    """Bars or lines over the same buckets. `top` is the greatest value of the axis."""

    top: int
    bars: Sequence[Bar] = ()
    lines: Sequence[Line] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars and not any(one.dots for one in self.lines)


def nice_top(greatest: int) -> int:
    """Return the first of 1, 2, 5, 10, 20, … that is no less than a value."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size >= greatest:
                return step * size
        size *= 10


def stacked(series: Sequence[Sequence[int]]) -> Chart:
    """Draw a bar for each bucket, with the series on one another, the first at the bottom."""
    buckets = max(map(len, series), default=0)
    totals = [sum(one[place] for one in series) for place in range(buckets)]
    top = nice_top(max(totals, default=0))
    step = WIDTH / max(buckets, 1)
    bars: list[Bar] = []
    for place in range(buckets):
        below = 0.0
        for number, values in enumerate(series):
            height = HEIGHT * values[place] / top
            if height:
                x, y = place * step + step * _GAP / 2, HEIGHT - below - height
                bars.append(
                    Bar(_round(x), _round(y), _round(step * (1 - _GAP)), _round(height), number, place)
                )
            below += height
    return Chart(top, bars=bars)


def lines(series: Sequence[Sequence[int | None]], top: int | None = None) -> Chart:
    """Draw a line for each series; where a value is not known there is none."""
    greatest = max((value for one in series for value in one if value is not None), default=0)
    limit = nice_top(greatest) if top is None else top
    return Chart(limit, lines=[_line(number, values, limit) for number, values in enumerate(series)])


def _line(number: int, values: Sequence[int | None], top: int) -> Line:
    """Draw one line."""
    step = WIDTH / max(len(values), 1)
    dots: list[Dot] = []
    pieces: list[list[Dot]] = []
    last = -2
    for place, value in enumerate(values):
        if value is None:
            continue
        dot = Dot(_round((place + 0.5) * step), _round(HEIGHT - HEIGHT * value / top), place)
        if place != last + 1:
            pieces.append([])
        pieces[-1].append(dot)
        dots.append(dot)
        last = place
    drawn = [" ".join(f"{dot.x:g},{dot.y:g}" for dot in piece) for piece in pieces if len(piece) > 1]
    return Line(number, dots, drawn)


def _round(value: float) -> float:
    """Return a place, as exact as anybody sees."""
    return round(value, 2)


class Part(NamedTuple):
    """A part of a level bar: where it begins and how long it is, in hundredths of all of it."""

    begins: float
    length: float
    series: int


def level(values: Sequence[int], whole: int) -> list[Part]:
    """Draw values one behind the other on one level bar, the whole of which stands for `whole`."""
    parts: list[Part] = []
    begins = 0.0
    for number, value in enumerate(values):
        length = 100 * value / whole if whole else 0.0
        if length:
            parts.append(Part(_round(begins), _round(length), number))
        begins += length
    return parts
