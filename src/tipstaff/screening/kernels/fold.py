"""Folding a few fields of a column of UTF-8 text to their normal form."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.tables import DROPPED, EXPANDED, LETTER, POINT

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
def fold_normal(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint32],
    more: npt.NDArray[np.uint32],
    more_offsets: npt.NDArray[np.int64],
    chars: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    origin: npt.NDArray[np.int32],
    letter_at: npt.NDArray[np.int32],
    letter_starts: npt.NDArray[np.int64],
) -> int:
    """Write the normal form of the chosen fields, end to end.

    `chars`: code points, those of the field at `slot` from `starts[slot]` on; `origin`: the code point of the
    field that each came from; `letter_at`: for each letter, its place in the normal form of its field, from
    `letter_starts[slot]` on. Returns the number of fields written, which is fewer than all when `chars`,
    `origin` and `letter_at`, all of one size, were too small.
    """
    room = _U(chars.size)
    o = _U(0)
    letters = _U(0)
    starts[0] = 0
    letter_starts[0] = 0
    for slot in range(fields.size):
        i = _U(offsets[fields[slot]])
        end = _U(offsets[fields[slot] + 1])
        # A code point adds no more characters than it has bytes; only expansions do, and they check for
        # themselves. What turns out to be no letter, or to be dropped, is overwritten by what comes next.
        if o + (end - i) > room:
            return slot
        begin = o
        index = np.int32(0)
        while i < end:
            point, width = decode(data, i)
            i += width
            entry = table[point]
            if entry & np.uint32(EXPANDED):
                expansion = entry & np.uint32(POINT)
                first = _U(more_offsets[expansion])
                last = _U(more_offsets[expansion + np.uint32(1)])
                if o + (last - first) + (end - i) > room:
                    return slot
                for k in range(first, last):
                    chars[o] = more[k] & np.uint32(POINT)
                    origin[o] = index
                    letter_at[letters] = np.int32(o - begin)
                    letters += _U((more[k] & np.uint32(LETTER)) != 0)
                    o += _U(1)
            else:
                chars[o] = entry & np.uint32(POINT)
                origin[o] = index
                letter_at[letters] = np.int32(o - begin)
                letters += _U((entry & np.uint32(LETTER)) != 0)
                o += _U((entry & np.uint32(DROPPED)) == 0)
            index += np.int32(1)
        starts[slot + 1] = np.int64(o)
        letter_starts[slot + 1] = np.int64(letters)
    return fields.size
