"""Scoring letters by a linear model over hashed character n-grams, in integers only."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

_ZERO = np.uint32(ord("0"))
_NINE = np.uint32(ord("9"))
_BASIS = np.uint32(0x811C9DC5)
_PRIME = np.uint32(0x01000193)
_MIX = np.uint32(0x9E3779B1)


@nb.njit(nogil=True, cache=True, inline="always")
def _extend(hashed, char):  # type: ignore[no-untyped-def]
    """Add one letter to the hash of an n-gram (FNV-1a over code points); every digit counts as 0."""
    if _ZERO <= char <= _NINE:
        char = _ZERO
    return np.uint32((hashed ^ char) * _PRIME)


@nb.njit(nogil=True, cache=True, inline="always")
def _bucket(hashed, size, buckets):  # type: ignore[no-untyped-def]
    """Return the bucket of an n-gram of `size` letters: its hash, mixed once by multiplication."""
    mixed = hashed ^ np.uint32(size)
    mixed = np.uint32((mixed ^ (mixed >> np.uint32(15))) * _MIX)
    return (mixed >> np.uint32(8)) & np.uint32(buckets - 1)


@nb.njit(nogil=True, cache=True)
def bucket_of(chars, at, size, buckets):  # type: ignore[no-untyped-def]
    """Return the bucket of the n-gram `chars[at:at + size]`."""
    hashed = _BASIS
    for k in range(at, at + size):
        hashed = _extend(hashed, chars[k])
    return np.int64(_bucket(hashed, size, buckets))


@nb.njit(nogil=True, cache=True)
def integer_root(number: int) -> int:
    """Return the largest integer whose square is at most `number` (Newton's method)."""
    if number < 2:
        return number
    root = number
    better = (root + 1) // 2
    while better < root:
        root = better
        better = (root + number // root) // 2
    return root


@nb.njit(nogil=True, cache=True)
def score_posts(
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
    seen = np.zeros((table.size + 63) >> 6, dtype=np.uint64)  # one bit a bucket: it stays in the cache
    field = 0
    while field < posts.size:
        post = posts[field]
        total = np.int64(0)
        count = 0
        while field < posts.size and posts[field] == post:
            last = starts[field + 1]
            for at in range(starts[field], last):
                hashed = _BASIS
                for size in range(1, min(longest, last - at) + 1):
                    hashed = _extend(hashed, chars[at + size - 1])
                    if size < shortest:
                        continue
                    bucket = _bucket(hashed, size, table.size)
                    word = bucket >> np.uint32(6)
                    bit = np.uint64(1) << np.uint64(bucket & np.uint32(63))
                    if not seen[word] & bit:
                        seen[word] |= bit
                        total += np.int64(table[bucket])
                        count += 1
            field += 1
        seen[:] = np.uint64(0)
        scores[post] = bias
        if count:
            scores[post] += total * scale // integer_root(256 * count)


@nb.njit(nogil=True, cache=True)
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
