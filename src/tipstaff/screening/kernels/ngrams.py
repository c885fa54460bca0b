"""Scoring letters by a linear model over hashed character n-grams, in integers only."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

_ZERO = np.uint32(ord("0"))
_NINE = np.uint32(ord("9"))
_PRIME = np.uint32(0x01000193)
_MIX = np.uint32(0x9E3779B1)


@nb.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def bucket_of(chars, at, size, buckets):  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return the bucket of the n-gram `chars[at:at + size]`; every digit counts as 0.

    FNV-1a over code points, then one multiplicative mixing step, all modulo 2**32.
    """
    hashed = np.uint32(0x811C9DC5) ^ np.uint32(size)
    for k in range(at, at + size):
        char = chars[k]
        if _ZERO <= char <= _NINE:
            char = _ZERO
        hashed = np.uint32((hashed ^ char) * _PRIME)
    hashed = np.uint32((hashed ^ (hashed >> np.uint32(15))) * _MIX)
    return np.int64((hashed >> np.uint32(8)) & np.uint32(buckets - 1))


@nb.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def integer_root(number: int) -> int:
    """Return the largest integer whose square is at most `number` (Newton's method)."""
    if number < 2:  # noqa: PLR2004
        return number
    root = np.int64(number)
    better = (root + 1) // 2
    while better < root:
        root = better
        better = (root + number // root) // 2
    return root


@nb.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def score_posts(  # noqa: PLR0913  arrays in, arrays out
    chars: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    posts: npt.NDArray[np.int64],
    table: npt.NDArray[np.int16],
    shortest: int,
    longest: int,
    bias: int,
    scale: int,
    scores: npt.NDArray[np.int64],
) -> None:
    """Fill `scores[p]` for posts made of fields.

    Field i holds the letters `chars[starts[i]:starts[i + 1]]` and belongs to post `posts[i]`, sorted.
    The score of a post is `bias + sum * scale // isqrt(256 * n)` over the n different buckets of the
    n-grams of all its fields.
    """
    last_seen = np.full(table.size, -1, dtype=np.int32)
    sums = np.zeros(scores.size, dtype=np.int64)
    counts = np.zeros(scores.size, dtype=np.int64)
    for field in range(posts.size):
        post = posts[field]
        first = starts[field]
        size = starts[field + 1] - first
        for length in range(shortest, longest + 1):
            for at in range(size - length + 1):
                bucket = bucket_of(chars, first + at, length, table.size)
                if last_seen[bucket] != post:
                    last_seen[bucket] = post
                    sums[post] += np.int64(table[bucket])
                    counts[post] += 1
    for post in range(scores.size):
        scores[post] = bias
        if counts[post]:
            scores[post] += sums[post] * scale // integer_root(256 * counts[post])


@nb.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def heaviest_grams(
    chars: npt.NDArray[np.uint32],
    table: npt.NDArray[np.int16],
    shortest: int,
    longest: int,
    spans: npt.NDArray[np.int64],
) -> int:
    """Fill `spans` (shape (most, 2)) with the n-grams of greatest positive weight that do not overlap.

    Heaviest first; of equal ones the first, then the shortest. Returns how many there are.
    """
    count = 0
    while count < spans.shape[0]:
        best = np.int64(0)
        for at in range(chars.size):
            for length in range(shortest, min(longest, chars.size - at) + 1):
                weight = np.int64(table[bucket_of(chars, at, length, table.size)])
                if weight <= best:
                    continue
                free = True
                for k in range(count):
                    if at < spans[k, 1] and at + length > spans[k, 0]:
                        free = False
                        break
                if free:
                    best = weight
                    spans[count, 0] = at
                    spans[count, 1] = at + length
        if best == 0:
            return count
        count += 1
    return count
