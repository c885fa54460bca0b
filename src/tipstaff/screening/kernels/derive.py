"""Signals that are made of others, and the places that evidence shows: post by post, over columns of hits.

A *hit* is a place of a signal, five numbers: the row of the signal, the field, start and end in code points
of that field, and the number of the text that matched. While one post is worked on, the hits of each row
form a list: `first[row]` and then `after[hit]`, up to -1.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

UNION = 0
NEAR = 1
APART = 2
QUOTED = 3

FIELD_SHIFT = 48
"""Below the number of a field, which is under 2^15, is room for any place in it."""

_END = 2
_TEXT = 3
_FEW = 32
"""So many are sorted by insertion."""


@nb.njit(nogil=True, cache=True)
def _grown(array):  # type: ignore[no-untyped-def]
    """Return a copy of an array with twice the room."""
    larger = np.empty((2 * array.shape[0], array.shape[1]), dtype=array.dtype)
    larger[: array.shape[0]] = array
    return larger


@nb.njit(nogil=True, cache=True)
def _keys(pool, after, first, count):  # type: ignore[no-untyped-def]
    """Return where the hits of a list begin (field above start), sorted, and how far they reach so far."""
    begins = np.empty(count, dtype=np.int64)
    reach = np.empty(count, dtype=np.int64)
    ordered = True
    hit = first
    for k in range(count):
        begins[k] = (pool[hit, 0] << FIELD_SHIFT) | pool[hit, 1]
        reach[k] = (pool[hit, 0] << FIELD_SHIFT) | pool[hit, _END]
        ordered &= k == 0 or begins[k - 1] <= begins[k]
        hit = after[hit, 0]
    if not ordered:  # terms come in order, other hits may not
        order = np.argsort(begins, kind="mergesort")
        begins = begins[order]
        reach = reach[order]
    for i in range(1, count):
        reach[i] = max(reach[i], reach[i - 1])
    return begins, reach


@nb.njit(nogil=True, cache=True)
def _beside(begins, reach, field, start, end, within):  # type: ignore[no-untyped-def]
    """Tell whether a hit of sorted lists lies in the same field with at most `within` code points between."""
    base = np.int64(field) << FIELD_SHIFT
    before = np.searchsorted(begins, base + end + within, side="right")
    return before > 0 and reach[before - 1] >= base + start - within and begins[before - 1] >= base


@nb.njit(nogil=True, cache=True)
def _inside(quotes, first, last, field, start, end):  # type: ignore[no-untyped-def]
    """Tell whether a span stands strictly within one of the quotations `quotes[first:last]` of a post."""
    low = first
    high = last
    while low < high:  # the quotations are in order, and apart: only the last to begin before can hold it
        middle = (low + high) // 2
        if quotes[middle, 0] < field or (quotes[middle, 0] == field and quotes[middle, 1] < start):
            low = middle + 1
        else:
            high = middle
    return low > first and quotes[low - 1, 0] == field and end < quotes[low - 1, _END]


@nb.njit(nogil=True, cache=True)
def _sorted(pool, after, first, count):  # type: ignore[no-untyped-def]
    """Return the hits of a list in the order of field, start and end, then of the number of their text."""
    hits = np.empty(count, dtype=np.int64)
    hit = first
    for k in range(count):
        hits[k] = hit
        hit = after[hit, 0]
    if count > _FEW:
        for column in (_TEXT, _END, 1, 0):  # stable, so the last one sorted by counts most
            hits = hits[np.argsort(pool[hits, column], kind="mergesort")]
        return hits
    for k in range(1, count):
        hit = hits[k]
        place = k
        while place and _precedes(pool, hit, hits[place - 1]):
            hits[place] = hits[place - 1]
            place -= 1
        hits[place] = hit
    return hits


@nb.njit(nogil=True, cache=True)
def _precedes(pool, one, two):  # type: ignore[no-untyped-def]
    """Tell whether a hit comes before another: by field, start, end and the number of their text."""
    for column in range(4):
        if pool[one, column] != pool[two, column]:
            return pool[one, column] < pool[two, column]
    return False


@nb.njit(nogil=True, cache=True)
def derive(
    starts: npt.NDArray[np.int64],
    hits: npt.NDArray[np.int64],
    steps: npt.NDArray[np.int64],
    members: npt.NDArray[np.int64],
    quote_starts: npt.NDArray[np.int64],
    quotes: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.bool_],
    shown: npt.NDArray[np.int64],
    most: int,
    values: npt.NDArray[np.int64],
    segment_of: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Compute derived signals of the posts that are `wanted`, and the first places of the rows `shown`.

    Post p has the hits `hits[starts[p]:starts[p + 1]]` (post, row, field, start, end, text) and the
    quotations `quotes[quote_starts[p]:quote_starts[p + 1]]` (field, start, end). `steps` has a line for each
    derived signal, in an order in which each follows what it is made of: what it is, its row, then for a
    union where its `members` begin and end, for the others the rows `of` and `to` and the distance. Fills
    the derived rows of `values` (posts, rows).

    Returns places (field, start, end, text) and segments of them (first, last, different texts, whether
    two of them differ in nothing but the text): `segment_of[p, row]` is the segment of a signal, else -1. A
    segment has the first `most` of the different places of its signal; more, where the last is of the same
    place as those that would follow.
    """
    rows = values.shape[1]
    pool = np.empty((64, 4), dtype=np.int64)
    after = np.empty((64, 1), dtype=np.int64)
    places = np.empty((256, 4), dtype=np.int64)
    segments = np.empty((64, 4), dtype=np.int64)
    place_count = 0
    segment_count = 0
    first = np.full(rows, -1, dtype=np.int64)
    last = np.full(rows, -1, dtype=np.int64)
    counts = np.zeros(rows, dtype=np.int64)
    for post in range(starts.size - 1):
        segment_of[post, :] = -1
        if not wanted[post]:
            continue
        first[:] = -1
        counts[:] = 0
        used = 0
        step = -1
        source = starts[post]
        # Every hit, found or derived, goes through the one place below that puts it on the list of its row.
        while True:
            if step < 0:
                if source == starts[post + 1]:
                    step = 0
                    continue
                row = hits[source, 1]
                if used == pool.shape[0]:
                    pool = _grown(pool)
                    after = _grown(after)
                pool[used] = hits[source, 2:]
                used = _push(first, last, counts, after, row, used)
                source += 1
                continue
            if step == steps.shape[0]:
                break
            kind, row, one, two = steps[step, 0], steps[step, 1], steps[step, 2], steps[step, 3]
            within = steps[step, 4]
            step += 1
            if kind == UNION:
                total = 0
                for m in range(one, two):
                    member = members[m]
                    total += values[post, member]
                    hit = first[member]
                    while hit >= 0:
                        if used == pool.shape[0]:
                            pool = _grown(pool)
                            after = _grown(after)
                        pool[used] = pool[hit]
                        hit = after[hit, 0]
                        used = _push(first, last, counts, after, row, used)
                values[post, row] = total
                continue
            if counts[one] and kind != QUOTED:
                begins, reach = _keys(pool, after, first[two], counts[two])
            else:
                begins, reach = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
            hit = first[one]
            while hit >= 0:
                field, start, end = pool[hit, 0], pool[hit, 1], pool[hit, _END]
                if kind == QUOTED:
                    found = _inside(quotes, quote_starts[post], quote_starts[post + 1], field, start, end)
                else:
                    found = _beside(begins, reach, field, start, end, within) == (kind == NEAR)
                if found:
                    if used == pool.shape[0]:
                        pool = _grown(pool)
                        after = _grown(after)
                    pool[used] = pool[hit]
                    used = _push(first, last, counts, after, row, used)
                hit = after[hit, 0]
            values[post, row] = counts[row]
        for row in shown:
            if not counts[row]:
                continue
            order = _sorted(pool, after, first[row], counts[row])
            begin = place_count
            distinct = 0
            tied = np.int64(0)
            for k in range(order.size):
                hit = order[k]
                if place_count > begin:
                    same = True
                    for column in range(_TEXT):
                        same &= pool[hit, column] == places[place_count - 1, column]
                    if same and pool[hit, _TEXT] == places[place_count - 1, _TEXT]:
                        continue
                    if place_count - begin >= most and not same:
                        break
                    tied |= np.int64(same)
                if place_count == places.shape[0]:
                    places = _grown(places)
                places[place_count] = pool[hit]
                new = 1
                for other in range(begin, place_count):
                    if places[other, _TEXT] == pool[hit, _TEXT]:
                        new = 0
                        break
                distinct += new
                place_count += 1
            if segment_count == segments.shape[0]:
                segments = _grown(segments)
            segments[segment_count, 0] = begin
            segments[segment_count, 1] = place_count
            segments[segment_count, 2] = distinct
            segments[segment_count, 3] = tied
            segment_of[post, row] = segment_count
            segment_count += 1
    return places[:place_count], segments[:segment_count]


@nb.njit(nogil=True, cache=True)
def _push(first, last, counts, after, row, hit):  # type: ignore[no-untyped-def]
    """Put a hit at the end of the list of its row; returns the number of the next hit."""
    after[hit, 0] = -1
    if counts[row]:
        after[last[row], 0] = hit
    else:
        first[row] = hit
    last[row] = hit
    counts[row] += 1
    return hit + 1
