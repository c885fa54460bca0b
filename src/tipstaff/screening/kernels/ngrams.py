"""Scoring letters by a linear model over hashed character n-grams, in integers only.

Both kernels read some fields of `terms.Folded`: the letters of field f are
`letters[offsets[f]:offsets[f + 1]]`. They take all n-grams of one size together: the hash of a longer one
goes on from that of the one before.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

_U = np.uint64
_ZERO = np.uint32(ord("0"))
_NINE = np.uint32(ord("9"))
_BASIS = np.uint32(0x811C9DC5)
_PRIME = np.uint32(0x01000193)
_MIX = np.uint32(0x9E3779B1)


@nb.njit(nogil=True, cache=True, inline="always")
def _alike(char):  # type: ignore[no-untyped-def]
    """Return the letter that counts instead of `char`: every digit counts as 0."""
    return _ZERO if (char >= _ZERO) & (char <= _NINE) else char


@nb.njit(nogil=True, cache=True, inline="always")
def _extend(hashed, letter):  # type: ignore[no-untyped-def]
    """Add one letter to the hash of an n-gram (FNV-1a over code points)."""
    return np.uint32((hashed ^ letter) * _PRIME)


@nb.njit(nogil=True, cache=True, inline="always")
def _bucket(hashed, size, buckets):  # type: ignore[no-untyped-def]
    """Return the bucket of an n-gram of `size` letters: its hash, mixed once by multiplication."""
    mixed = hashed ^ np.uint32(size)
    mixed = np.uint32((mixed ^ (mixed >> np.uint32(15))) * _MIX)
    return (mixed >> np.uint32(8)) & np.uint32(buckets - 1)


@nb.njit(nogil=True, cache=True)
def gram_bucket(chars, at, size, buckets):  # type: ignore[no-untyped-def]
    """Return the bucket of the n-gram `chars[at:at + size]`."""
    hashed = _BASIS
    for k in range(at, at + size):
        hashed = _extend(hashed, _alike(chars[k]))
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
def _most_letters(offsets, fields):  # type: ignore[no-untyped-def]
    """Return how many letters the longest of the chosen fields has."""
    most = 0
    for field in fields:
        most = max(most, offsets[field + 1] - offsets[field])
    return most


@nb.njit(nogil=True, cache=True)
def _read(letters, alike, hashes):  # type: ignore[no-untyped-def]
    """Write the letters of a field, digits all alike, and the hash of the n-grams of no letter."""
    for k in range(_U(letters.size)):
        alike[k] = _alike(letters[k])
        hashes[k] = _BASIS


@nb.njit(nogil=True, cache=True)
def _grow(letters, hashes, size, buckets, hit):  # type: ignore[no-untyped-def]
    """Take the hashes of the n-grams of `size - 1` letters to `size`, and write the bucket that each hits."""
    for at in range(_U(hit.size)):
        hashed = _extend(hashes[at], letters[at + _U(size - 1)])
        hashes[at] = hashed
        hit[at] = _bucket(hashed, size, buckets)


@nb.njit(nogil=True, cache=True)
def score_posts(
    letters: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    posts: npt.NDArray[np.int64],
    table: npt.NDArray[np.int16],
    shortest: int,
    longest: int,
    scale: int,
    scores: npt.NDArray[np.int64],
) -> None:
    """Add to `scores[p]` what the letters of post p weigh.

    Field `fields[i]` belongs to post `posts[i]`, sorted. A post weighs `sum * scale // isqrt(256 * n)`
    over the n different buckets of the n-grams of all its fields.
    """
    most = _most_letters(offsets, fields)
    alike = np.empty(most, dtype=np.uint32)
    hashes = np.empty(most, dtype=np.uint32)
    hits = np.empty(most, dtype=np.uint32)
    seen = np.zeros(table.size, dtype=np.uint8)  # by bucket: the mark of the post that hit it last
    mark = np.uint8(0)
    i = 0
    while i < fields.size:
        post = posts[i]
        mark = np.uint8(mark + np.uint8(1))
        if mark == np.uint8(0):
            seen[:] = np.uint8(0)
            mark = np.uint8(1)
        total = np.int64(0)
        count = np.int64(0)
        while i < fields.size and posts[i] == post:
            of_field = letters[offsets[fields[i]] : offsets[fields[i] + 1]]
            _read(of_field, alike, hashes)
            for size in range(1, min(longest, of_field.size) + 1):
                hit = hits[: of_field.size - size + 1]
                _grow(alike, hashes, size, table.size, hit)
                if size < shortest:
                    continue
                for at in range(_U(hit.size)):  # no branch: whether a bucket is new cannot be foretold
                    bucket = hit[at]
                    new = np.int64(seen[bucket] != mark)
                    seen[bucket] = mark
                    total += np.int64(table[bucket]) & -new
                    count += new
            i += 1
        if count:
            scores[post] += total * scale // integer_root(int(256 * count))


@nb.njit(nogil=True, cache=True)
def heaviest_grams(
    letters: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    table: npt.NDArray[np.int16],
    shortest: int,
    longest: int,
    spans: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> None:
    """Find the n-grams of greatest positive weight that do not overlap, in some fields.

    Fills `spans[i]` (shape (most, 2), in letters) for field `fields[i]`, heaviest first; of equal ones
    the first, then the shortest. `counts[i]` says how many there are; spans beyond it are left unwritten.
    """
    most = _most_letters(offsets, fields)
    alike = np.empty(most, dtype=np.uint32)
    hashes = np.empty(most, dtype=np.uint32)
    hits = np.empty(most, dtype=np.uint32)
    sizes = longest - shortest + 1
    room = np.empty((most, sizes), dtype=np.int16)
    for i in range(fields.size):
        of_field = letters[offsets[fields[i]] : offsets[fields[i] + 1]]
        _read(of_field, alike, hashes)
        weights = room[: of_field.size]  # by where an n-gram begins, then by its size; 0 where none is
        weights[:] = 0
        for size in range(1, min(longest, of_field.size) + 1):
            hit = hits[: of_field.size - size + 1]
            _grow(alike, hashes, size, table.size, hit)
            if size >= shortest:
                for at in range(_U(hit.size)):
                    weights[at, size - shortest] = table[hit[at]]
        counts[i] = _pick(weights, shortest, spans[i])


@nb.njit(nogil=True, cache=True)
def _pick(weights, shortest, spans):  # type: ignore[no-untyped-def]
    """Fill `spans` with the heaviest n-grams, and return how many; what overlaps one loses its weight."""
    flat = weights.ravel()
    sizes = weights.shape[1]
    for count in range(spans.shape[0]):
        best = np.int16(0)
        for k in range(flat.size):
            best = max(best, flat[k])
        if best == 0:
            return count
        first = 0
        while flat[first] != best:
            first += 1
        start = first // sizes
        end = start + shortest + first % sizes
        spans[count, 0] = start
        spans[count, 1] = end
        for at in range(max(0, start - shortest - sizes + 2), end):
            for size in range(max(shortest, start - at + 1), shortest + sizes):
                weights[at, size - shortest] = 0
    return spans.shape[0]
