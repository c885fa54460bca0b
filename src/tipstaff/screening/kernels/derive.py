"""Signals that are made of others, and the places that evidence shows: post by post, over columns of hits.

A *hit* is a place of a signal, six numbers: the post, the row of the signal, the field, start and end in code
points of that field, and the number of the text that matched. While one post is worked on, the hits of each
row are listed together: `count[row]` of them from `listed[begin[row]]` on.
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

_ROW = 1
_FIELD = 2
_START = 3
_END = 4
_TEXT = 5
_FEW = 32
"""So many are sorted by insertion."""


@nb.njit(nogil=True, cache=True)
def _grown(array, room):  # type: ignore[no-untyped-def]
    """Return a copy of an array with that much room."""
    larger = np.empty((room, *array.shape[1:]), dtype=array.dtype)
    larger[: array.shape[0]] = array
    return larger


@nb.njit(nogil=True, cache=True, inline="always")
def _precedes(hits, one, two):  # type: ignore[no-untyped-def]
    """Tell whether a hit comes before another: by field, start, end and the number of their text."""
    for column in range(_FIELD, _TEXT):
        if hits[one, column] != hits[two, column]:
            return hits[one, column] < hits[two, column]
    return hits[one, _TEXT] < hits[two, _TEXT]


@nb.njit(nogil=True, cache=True)
def _sort(hits, listed):  # type: ignore[no-untyped-def]
    """Sort hits by field, start and end, then by the number of their text; most come nearly sorted."""
    for k in range(1, listed.size):
        hit = listed[k]
        if not _precedes(hits, hit, listed[k - 1]):
            continue
        if listed.size > _FEW:
            for column in (_TEXT, _END, _START, _FIELD):  # stable, so the last one sorted by counts most
                listed[:] = listed[np.argsort(hits[listed, column], kind="mergesort")]
            return
        place = k
        while place and _precedes(hits, hit, listed[place - 1]):
            listed[place] = listed[place - 1]
            place -= 1
        listed[place] = hit


@nb.njit(nogil=True, cache=True)
def _reach(hits, listed, begins, reach):  # type: ignore[no-untyped-def]
    """Write where sorted hits begin (field above start), and how far they reach so far."""
    farthest = np.int64(0)
    for k in range(listed.size):
        field = hits[listed[k], _FIELD] << FIELD_SHIFT
        begins[k] = field | hits[listed[k], _START]
        farthest = max(farthest, field | hits[listed[k], _END])
        reach[k] = farthest


@nb.njit(nogil=True, cache=True)
def _beside(begins, reach, field, start, end, within):  # type: ignore[no-untyped-def]
    """Tell whether a hit of sorted lists lies in the same field with at most `within` code points between."""
    base = field << FIELD_SHIFT
    low, high = 0, begins.size
    while low < high:
        middle = (low + high) >> 1
        if begins[middle] <= base + end + within:
            low = middle + 1
        else:
            high = middle
    return low > 0 and reach[low - 1] >= base + start - within and begins[low - 1] >= base


@nb.njit(nogil=True, cache=True)
def _inside(quotes, field, start, end):  # type: ignore[no-untyped-def]
    """Tell whether a span stands strictly within one of the quotations of a post."""
    low, high = 0, quotes.shape[0]
    while low < high:  # the quotations are in order, and apart: only the last to begin before can hold it
        middle = (low + high) >> 1
        if quotes[middle, 0] < field or (quotes[middle, 0] == field and quotes[middle, 1] < start):
            low = middle + 1
        else:
            high = middle
    return low > 0 and quotes[low - 1, 0] == field and end < quotes[low - 1, 2]


@nb.njit(nogil=True, cache=True)
def _list(hits, first, last, listed, begin, count):  # type: ignore[no-untyped-def]
    """List the hits `hits[first:last]` by row, in their order."""
    count[:] = 0
    for hit in range(first, last):
        count[hits[hit, _ROW]] += 1
    end = 0
    for row in range(begin.size):
        end += count[row]
        begin[row] = end
    for hit in range(last - 1, first - 1, -1):
        row = hits[hit, _ROW]
        begin[row] -= 1
        listed[begin[row]] = hit


@nb.njit(nogil=True, cache=True)
def _lay_out(hits, listed, most, places, count):  # type: ignore[no-untyped-def]
    """Write the first `most` of the different places of sorted hits to `places[count:]`, which has the room.

    Returns how many places there are then, how many different texts, and whether two differ in nothing else.
    """
    begin = count
    distinct = 0
    tied = False
    for hit in listed:
        if count > begin:
            before = count - 1
            same = (
                hits[hit, _FIELD] == places[before, 0]
                and hits[hit, _START] == places[before, 1]
                and hits[hit, _END] == places[before, 2]
            )
            if same and hits[hit, _TEXT] == places[before, 3]:
                continue
            if count - begin >= most and not same:
                break
            tied |= same
        places[count, 0] = hits[hit, _FIELD]
        places[count, 1] = hits[hit, _START]
        places[count, 2] = hits[hit, _END]
        places[count, 3] = text = hits[hit, _TEXT]
        new = 1
        for other in range(begin, count):
            if places[other, 3] == text:
                new = 0
                break
        distinct += new
        count += 1
    return count, distinct, tied


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

    Post p has the hits `hits[starts[p]:starts[p + 1]]` and the quotations
    `quotes[quote_starts[p]:quote_starts[p + 1]]` (field, start, end). `steps` has a line for each
    derived signal, in an order in which each follows what it is made of: what it is, its row, then for a
    union where its `members` begin and end, for the others the rows `of` and `to` and the distance. Fills
    the derived rows of `values` (posts, rows).

    Returns places (field, start, end, text) and segments of them (first, last, different texts, whether
    two of them differ in nothing but the text): `segment_of[p, row]` is the segment of a signal, else -1. A
    segment has the first `most` of the different places of its signal; more, where the last is of the same
    place as those that would follow.
    """
    rows = values.shape[1]
    listed, begins, reach = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int64)
    places = np.empty((256, 4), dtype=np.int64)
    segments = np.empty((64, 4), dtype=np.int64)
    place_count = 0
    segment_count = 0
    begin = np.empty(rows, dtype=np.int64)
    count = np.empty(rows, dtype=np.int64)
    for post in range(starts.size - 1):
        segment_of[post, :] = -1
        if not wanted[post]:
            continue
        used = starts[post + 1] - starts[post]
        if used > listed.size:
            listed = np.empty(2 * used, dtype=np.int64)
        _list(hits, starts[post], starts[post + 1], listed, begin, count)
        for step in range(steps.shape[0]):
            kind, row, one, two = steps[step, 0], steps[step, 1], steps[step, 2], steps[step, 3]
            most_hits = np.int64(0)
            if kind == UNION:
                for m in range(one, two):
                    most_hits += count[members[m]]
            else:
                most_hits = count[one]
            if used + most_hits > listed.size:
                listed = _grown(listed, 2 * (used + most_hits))
            begin[row] = used
            if kind == UNION:
                total = np.int64(0)
                for m in range(one, two):
                    member = members[m]
                    total += values[post, member]
                    for k in range(begin[member], begin[member] + count[member]):
                        listed[used] = listed[k]
                        used += 1
                values[post, row] = total
                count[row] = most_hits
                continue
            if most_hits and kind != QUOTED:
                others = listed[begin[two] : begin[two] + count[two]]
                if others.size > begins.size:
                    begins, reach = np.empty(listed.size, np.int64), np.empty(listed.size, np.int64)
                _sort(hits, others)
                _reach(hits, others, begins, reach)
            for k in range(begin[one], begin[one] + most_hits):
                hit = listed[k]
                field, start, end = hits[hit, _FIELD], hits[hit, _START], hits[hit, _END]
                if kind == QUOTED:
                    found = _inside(quotes[quote_starts[post] : quote_starts[post + 1]], field, start, end)
                else:
                    close = _beside(begins[: count[two]], reach, field, start, end, steps[step, 4])
                    found = close == (kind == NEAR)
                listed[used] = hit
                used += found
            count[row] = used - begin[row]
            values[post, row] = count[row]
        for row in shown:
            if not count[row]:
                continue
            some = listed[begin[row] : begin[row] + count[row]]
            _sort(hits, some)
            if place_count + some.size > places.shape[0]:
                places = _grown(places, 2 * (place_count + some.size))
            if segment_count == segments.shape[0]:
                segments = _grown(segments, 2 * segment_count)
            first = place_count
            place_count, distinct, tied = _lay_out(hits, some, most, places, first)
            segments[segment_count, 0] = first
            segments[segment_count, 1] = place_count
            segments[segment_count, 2] = distinct
            segments[segment_count, 3] = np.int64(tied)
            segment_of[post, row] = segment_count
            segment_count += 1
    return places[:place_count], segments[:segment_count]
