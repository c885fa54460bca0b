"""Folding a few fields of a column of UTF-8 text to their normal form."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.tables import DROPPED, EXPANDED

_U = np.uint64


@nb.njit(nogil=True, cache=True, inline="always")
def decode(data, at):  # type: ignore[no-untyped-def]
    """Return the code point at byte `at` of valid UTF-8, and how many bytes it takes."""
    first = np.uint32(data[at])
    if first < 0x80:
        return first, _U(1)
    if first < 0xE0:
        return (first & np.uint32(31)) << np.uint32(6) | np.uint32(data[at + _U(1)]) & np.uint32(63), _U(2)
    if first < 0xF0:
        point = (first & np.uint32(15)) << np.uint32(12)
        point |= (np.uint32(data[at + _U(1)]) & np.uint32(63)) << np.uint32(6)
        return point | np.uint32(data[at + _U(2)]) & np.uint32(63), _U(3)
    point = (first & np.uint32(7)) << np.uint32(18)
    point |= (np.uint32(data[at + _U(1)]) & np.uint32(63)) << np.uint32(12)
    point |= (np.uint32(data[at + _U(2)]) & np.uint32(63)) << np.uint32(6)
    return point | np.uint32(data[at + _U(3)]) & np.uint32(63), _U(4)


@nb.njit(nogil=True, cache=True)
def count_normal(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint32],
    more_offsets: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
) -> None:
    """Fill `starts` (one more than `fields`) with where the normal form of each chosen field will begin."""
    starts[0] = 0
    for slot in range(fields.size):
        i = _U(offsets[fields[slot]])
        end = _U(offsets[fields[slot] + 1])
        count = 0
        while i < end:
            point, width = decode(data, i)
            entry = table[point]
            if entry & np.uint32(EXPANDED):
                index = entry & np.uint32(0xFFFFFF)
                count += more_offsets[index + np.uint32(1)] - more_offsets[index]
            elif not entry & np.uint32(DROPPED):
                count += 1
            i += width
        starts[slot + 1] = starts[slot] + count


@nb.njit(nogil=True, cache=True)
def fold_normal(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint32],
    more: npt.NDArray[np.uint32],
    more_offsets: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    chars: npt.NDArray[np.uint32],
    origin: npt.NDArray[np.int32],
    letter_at: npt.NDArray[np.int32],
    letter_starts: npt.NDArray[np.int64],
) -> None:
    """Write the normal form of the chosen fields.

    `chars`: code points; `origin`: the code point of the field that each came from; `letter_at`: for each
    letter, its place in the normal form of its field, from `letter_starts[slot]` on.
    """
    letters = 0
    letter_starts[0] = 0
    for slot in range(fields.size):
        i = _U(offsets[fields[slot]])
        end = _U(offsets[fields[slot] + 1])
        begin = starts[slot]
        o = begin
        index = 0
        while i < end:
            point, width = decode(data, i)
            entry = table[point]
            if entry & np.uint32(EXPANDED):
                expansion = entry & np.uint32(0xFFFFFF)
                for k in range(more_offsets[expansion], more_offsets[expansion + np.uint32(1)]):
                    chars[o] = more[k]
                    origin[o] = index
                    if kinds[more[k]] <= np.uint8(2):
                        letter_at[letters] = o - begin
                        letters += 1
                    o += 1
            elif not entry & np.uint32(DROPPED):
                chars[o] = entry
                origin[o] = index
                if kinds[entry] <= np.uint8(2):
                    letter_at[letters] = o - begin
                    letters += 1
                o += 1
            index += 1
            i += width
        letter_starts[slot + 1] = letters
