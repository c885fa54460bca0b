"""Folding a column of UTF-8 text: to the letters view of every field, and to the normal form of a few."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.tables import (
    COPY_FOUR,
    DIGIT,
    DIGITS,
    DIGITS_COUNT,
    DROPPED,
    EXPANDED,
    FLAG_SHIFT,
    LENGTH_SHIFT,
    LETTER,
    LONG_RUN,
    LONG_RUN_LENGTH,
    POINT,
)

_U = np.uint64
_NEWLINE = np.uint8(10)
_NINE = np.uint32(ord("9"))


@nb.njit(nogil=True, cache=True, inline="always")
def _decode(data, at):  # type: ignore[no-untyped-def]
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
def fold_letters(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint32],
    more: npt.NDArray[np.uint8],
    more_offsets: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint8],
    out_offsets: npt.NDArray[np.int64],
    flags: npt.NDArray[np.uint8],
) -> int:
    """Write the letters view of fields `data[offsets[i]:offsets[i + 1]]`, each ended by a newline.

    Fills `out`, `out_offsets` (where each field begins, one more than fields) and `flags`. Returns the
    number of fields written, which is fewer than all when `out` was too small.
    """
    room = _U(out.size)
    o = _U(0)
    fields = offsets.size - 1
    out_offsets[0] = 0
    for field in range(fields):
        i = _U(offsets[field])
        end = _U(offsets[field + 1])
        # A field whose entries all fit needs no check inside the loop: at most three bytes of output and
        # one of input advance together; only expansions are longer, and they check for themselves.
        if o + _U(3) * (end - i) + _U(8) > room:
            return field
        seen = np.uint32(0)
        digits = np.int64(0)
        run = np.int64(0)
        longest = np.int64(0)
        while i < end:
            point, width = _decode(data, i)
            entry = table[point]
            seen |= entry
            length = (entry >> np.uint32(LENGTH_SHIFT)) & np.uint32(7)
            if length <= np.uint32(3):
                out[o] = np.uint8(entry & np.uint32(255))
                out[o + _U(1)] = np.uint8((entry >> np.uint32(8)) & np.uint32(255))
                out[o + _U(2)] = np.uint8((entry >> np.uint32(16)) & np.uint32(255))
                o += _U(length)
                single = np.int64(length == np.uint32(1))
                run = (run + 1) * single
                longest = max(longest, run)
                digits += single & np.int64((entry & np.uint32(255)) <= _NINE)
                if length > np.uint32(1) and entry & np.uint32(255) < np.uint32(128):
                    digits += np.int64(length)  # "10" out of one sign: more digits than there are do no harm
            elif length == np.uint32(COPY_FOUR):
                for k in range(4):
                    out[o + _U(k)] = data[i + _U(k)]
                o += _U(4)
                run = np.int64(0)
            else:
                index = entry & np.uint32(0xFFFFFF)
                first = more_offsets[index]
                last = more_offsets[index + np.uint32(1)]
                if o + _U(last - first) + _U(3) * (end - i) + _U(8) > room:
                    return field
                for k in range(first, last):
                    out[o] = more[k]
                    o += _U(1)
                digits += last - first
                run = np.int64(0)
            i += width
        out[o] = _NEWLINE
        o += _U(1)
        out_offsets[field + 1] = np.int64(o)
        flag = seen >> np.uint32(FLAG_SHIFT)
        if longest >= LONG_RUN_LENGTH:
            flag |= np.uint32(LONG_RUN)
        if digits:
            flag |= np.uint32(DIGIT)
        if digits >= DIGITS_COUNT:
            flag |= np.uint32(DIGITS)
        flags[field] = np.uint8(flag)
    return fields


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
            point, width = _decode(data, i)
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
