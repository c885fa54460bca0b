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
from tipstaff.screening.kernels.ngrams import heaviest_grams

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
    """Hash an n-gram as `tipstaff.screening.kernels.ngrams.bucket_of` does."""
    hashed = 0x811C9DC5
    for char in gram:
        code_point = ord("0") if "0" <= char <= "9" else ord(char)
        hashed = (hashed ^ code_point) * 0x01000193 & 0xFFFFFFFF
    hashed ^= len(gram)
    hashed = (hashed ^ hashed >> 15) * 0x9E3779B1 & 0xFFFFFFFF
    return hashed >> 8 & buckets - 1


def heaviest(letters: npt.NDArray[np.uint32], weights: Weights) -> list[tuple[int, int]]:
    """Return the spans of the n-grams that speak most for the model's class, heaviest first.

    `letters`: code points of one letters view. Spans do not overlap; at most `MAX_EXPLAINED`. Single
    letters weigh too, but explain nothing, and are left out.
    """
    header = weights.header
    spans = np.empty((MAX_EXPLAINED, 2), dtype=np.int64)
    count = heaviest_grams(letters, weights.table, max(2, header.shortest), header.longest, spans)
    return [(int(start), int(end)) for start, end in spans[:count]]
