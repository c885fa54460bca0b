"""A text in HTML with its evidence marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from tipstaff.cli.policy.page import text
from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding

_WHOLE = 700
"""Up to how many code points a text is shown whole."""

_AROUND = 140
"""How much of a longer text is shown on either side of its evidence."""


class Mark(NamedTuple):
    """A span of a field, and of what outcome it is evidence."""

    start: int
    end: int
    outcome: Outcome
    signal: str


def marks_of(findings: Iterable[Finding], field: str) -> list[Mark]:
    """Return the evidence of findings in one field."""
    return [
        Mark(item.start, item.end, finding.outcome, item.signal)
        for finding in findings
        for item in finding.evidence
        if item.field == field and item.start is not None and item.end is not None
    ]


def marked(value: str, marks: Sequence[Mark]) -> str:
    """Return a text as HTML with marks in it; of a long one, the surroundings of the marks."""
    windows = [(0, len(value))] if len(value) <= _WHOLE else _windows(len(value), marks)
    pieces = [_window(value, start, end, marks) for start, end in windows]
    joined = " … ".join(pieces)
    return ("… " if windows[0][0] else "") + joined + (" …" if windows[-1][1] < len(value) else "")


def _windows(size: int, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Return which parts of a text to show."""
    windows: list[tuple[int, int]] = []
    for mark in sorted(marks):
        start, end = max(0, mark.start - _AROUND), min(size, mark.end + _AROUND)
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], max(end, windows[-1][1])
        else:
            windows.append((start, end))
    return windows or [(0, _WHOLE)]


def _window(value: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    """Return a part of a text; where marks overlap, the gravest outcome shows."""
    cuts = {start, end}
    for mark in marks:
        cuts |= {place for place in (mark.start, mark.end) if start < place < end}
    order = list(Outcome)
    pieces = []
    places = sorted(cuts)
    for first, last in pairwise(places):
        over = [mark for mark in marks if mark.start <= first and last <= mark.end]
        piece = text(value[first:last])
        if over:
            gravest = min((mark.outcome for mark in over), key=order.index)
            signals = ", ".join(dict.fromkeys(mark.signal for mark in over))
            piece = f'<mark class="{gravest.value}" title="{text(signals)}">{piece}</mark>'
        pieces.append(piece)
    return "".join(pieces)
