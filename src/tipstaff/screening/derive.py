"""Signals made of other signals, and signals read from one post by plain code: shared by both engines."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import FactField
from tipstaff.screening.findings import Hit
from tipstaff.screening.posts import Post

MAX_HITS = 1000
"""How many hits of one expression in one field are counted; a post of ten thousand is no different."""

MAX_FACT = 10**11
"""A larger number of followers is a mistake, and counts as this one."""

MAX_QUOTE = 120
"""The longest quotation, in code points."""

_QUOTES = re.compile(
    "|".join(
        f"{opening}[^{closing}\n]{{1,{MAX_QUOTE}}}{closing}"
        for opening, closing in ("“”", "‘’", "「」", "『』", '""')
    )
)


def near(of: Iterable[Hit], to: Iterable[Hit], within: int) -> tuple[list[Hit], list[Hit]]:
    """Split the hits `of` into those with and those without a hit of `to` close by.

    Close by is in the same field with at most `within` code points between the two.
    """
    starts: dict[int, list[int]] = {}
    reach: dict[int, list[int]] = {}
    for hit in sorted(to, key=lambda hit: (hit.field, hit.start)):
        ends = reach.setdefault(hit.field, [])
        ends.append(max(ends[-1], hit.end) if ends else hit.end)
        starts.setdefault(hit.field, []).append(hit.start)
    close: list[Hit] = []
    apart: list[Hit] = []
    for hit in of:
        before = bisect_right(starts.get(hit.field, []), hit.end + within)
        found = before > 0 and reach[hit.field][before - 1] >= hit.start - within
        (close if found else apart).append(hit)
    return close, apart


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the spans of quotations, marks included."""
    return [match.span() for match in _QUOTES.finditer(text)]


def quoted(of: Iterable[Hit], texts: Sequence[str]) -> list[Hit]:
    """Return the hits that stand inside quotation marks."""
    spans: dict[int, list[tuple[int, int]]] = {}
    inside = []
    for hit in of:
        if hit.field not in spans:
            spans[hit.field] = quotations(texts[hit.field])
        before = bisect_right(spans[hit.field], hit.start - 1, key=lambda span: span[0])
        if before and hit.end < spans[hit.field][before - 1][1]:
            inside.append(hit)
    return inside


def pattern_hits(
    pattern: re.Pattern[str], normal: str, origin: Sequence[int] | npt.NDArray[np.int32], field: int
) -> Iterator[Hit]:
    """Yield the matches of an exact expression in the normal form of a field, as original spans."""
    for match in itertools.islice(pattern.finditer(normal), MAX_HITS):
        start, end = match.span()
        if end > start:
            yield Hit(field, int(origin[start]), int(origin[end - 1]) + 1, match.group())


def fact_values(fact: FactField, posts: Iterable[Post]) -> list[int]:
    """Return the values of a fact signal."""
    if fact is FactField.SPONSORED:
        return [1 if post.sponsored else 0 for post in posts]
    if fact is FactField.FOLLOWERS:
        return [min(max(0, post.followers or 0), MAX_FACT) for post in posts]
    return [len(post.text) + len(post.title or "") for post in posts]


def fact_value(fact: FactField, post: Post) -> int:
    """Return the value of a fact signal of one post."""
    return fact_values(fact, (post,))[0]
