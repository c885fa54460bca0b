"""What a finder returns, and how its hits are put in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Entity(NamedTuple):
    """One thing that stands in a text: `text[start:end]`, in code points of that text.

    `value` is its normalised form, by which two spellings of one thing are equal; `detail` is a short
    machine word, such as the chain of a wallet or how a link was written.
    """

    kind: str
    start: int
    end: int
    value: str
    detail: str


def apart(hits: Iterable[Entity]) -> list[Entity]:
    """Sort hits by place; drop each that overlaps an earlier one, and the shorter of two at one place."""
    found = list(hits)
    if len(found) < 2:  # noqa: PLR2004  nothing to put in order
        return found
    found.sort(key=lambda hit: (hit.start, -hit.end))
    kept: list[Entity] = []
    for hit in found:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept
