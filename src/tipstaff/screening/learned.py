"""The learned signal: what it reads, how it scores, and which n-grams weighed most.

A post is read as the letters of its fields (letters view, digits all alike). Every n-gram of `shortest` to
`longest` letters is hashed to a bucket; every bucket that is hit adds its weight once; the sum is divided
by the square root of their number, so that long posts do not score by length alone. Integers throughout:
the same post and weights give the same score on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import numpy as np
import numpy.typing as npt

from tipstaff.policy.weights import Weights
from tipstaff.screening.kernels.ngrams import heaviest_grams, score_posts
from tipstaff.screening.terms import Folded

MAX_EXPLAINED = 4
"""How many n-grams a finding shows."""


def score_letters(fields: Sequence[str], weights: Weights) -> int:
    """Score the letters views of the fields of one post, in the obvious way."""
    header = weights.header
    buckets = {
        _bucket(text[at : at + size], header.buckets)
        for text in fields
        for size in range(header.shortest, header.longest + 1)
        for at in range(len(text) - size + 1)
    }
    total = sum(int(weights.table[bucket]) for bucket in buckets)
    return header.bias + (total * header.scale // isqrt(256 * len(buckets)) if buckets else 0)


def _bucket(gram: str, buckets: int) -> int:
    """Hash an n-gram as `tipstaff.screening.kernels.ngrams.gram_bucket` does."""
    hashed = 0x811C9DC5
    for char in gram:
        code_point = ord("0") if "0" <= char <= "9" else ord(char)
        hashed = (hashed ^ code_point) * 0x01000193 & 0xFFFFFFFF
    hashed ^= len(gram)
    hashed = (hashed ^ hashed >> 15) * 0x9E3779B1 & 0xFFFFFFFF
    return hashed >> 8 & buckets - 1


def score_fields(
    folded: Folded,
    fields: npt.NDArray[np.int64],
    posts: npt.NDArray[np.int64],
    weights: Weights,
    count: int,
) -> npt.NDArray[np.int64]:
    """Score `count` posts as `score_letters` does: field `fields[i]` is of post `posts[i]`, sorted."""
    header = weights.header
    scores = np.full(count, header.bias, dtype=np.int64)
    score_posts(
        folded.letters, folded.offsets, fields, posts,
        weights.table, header.shortest, header.longest, header.scale, scores,
    )  # fmt: skip
    return scores


def heaviest(letters: str, weights: Weights) -> list[tuple[int, int]]:
    """Return the spans of the n-grams that speak most for the model's class, heaviest first.

    `letters`: one letters view. Spans do not overlap; at most `MAX_EXPLAINED`; of equal weights the first
    comes first, then the shortest. Single letters weigh too, but explain nothing, and are left out.
    """
    header = weights.header
    grams = [
        (-int(weights.table[_bucket(letters[at : at + size], header.buckets)]), at, at + size)
        for at in range(len(letters))
        for size in range(max(2, header.shortest), min(header.longest, len(letters) - at) + 1)
    ]
    spans: list[tuple[int, int]] = []
    for weight, start, end in sorted(grams):
        if weight >= 0 or len(spans) == MAX_EXPLAINED:
            break
        if all(end <= first or last <= start for first, last in spans):
            spans.append((start, end))
    return spans


def heaviest_of_fields(
    folded: Folded, fields: npt.NDArray[np.int64], weights: Weights
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return what `heaviest` does for each of some fields.

    Shape (fields, MAX_EXPLAINED, 2), in letters of the field; and how many of those there are: (fields,).
    """
    header = weights.header
    spans = np.empty((fields.size, MAX_EXPLAINED, 2), dtype=np.int64)
    counts = np.empty(fields.size, dtype=np.int64)
    heaviest_grams(
        folded.letters, folded.offsets, fields,
        weights.table, max(2, header.shortest), header.longest, spans, counts,
    )  # fmt: skip
    return spans, counts
