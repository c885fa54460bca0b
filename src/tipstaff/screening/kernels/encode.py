"""Writing letters as UTF-8, for a scanner of bytes."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

_U = np.uint64
_U32 = np.uint32
_NEWLINE = np.uint8(10)
_TRAIL, _SIX_BITS, _SIX = _U32(0x80), _U32(0x3F), _U32(6)


@nb.njit(nogil=True, cache=True)
def encode_lines(
    letters: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    lines: npt.NDArray[np.uint8],
    stops: npt.NDArray[np.int64],
) -> None:
    """Write the letters of some fields, each ended by a newline; fills `stops` with where each ends.

    `lines` has room for four bytes a letter and one a field.
    """
    o = _U(0)
    for slot in range(fields.size):
        at, last = _U(offsets[fields[slot]]), _U(offsets[fields[slot] + 1])
        while at < last:
            letter = letters[at]
            at += _U(1)
            if _U32(0x800) <= letter < _U32(0x10000):
                lines[o] = _U32(0xE0) | letter >> _U32(12)
                lines[o + _U(1)] = _TRAIL | letter >> _SIX & _SIX_BITS
                lines[o + _U(2)] = _TRAIL | letter & _SIX_BITS
                o += _U(3)
            elif letter < _U32(0x80):
                lines[o] = letter
                o += _U(1)
            elif letter < _U32(0x800):
                lines[o] = _U32(0xC0) | letter >> _SIX
                lines[o + _U(1)] = _TRAIL | letter & _SIX_BITS
                o += _U(2)
            else:
                lines[o] = _U32(0xF0) | letter >> _U32(18)
                lines[o + _U(1)] = _TRAIL | letter >> _U32(12) & _SIX_BITS
                lines[o + _U(2)] = _TRAIL | letter >> _SIX & _SIX_BITS
                lines[o + _U(3)] = _TRAIL | letter & _SIX_BITS
                o += _U(4)
        lines[o] = _NEWLINE
        o += _U(1)
        stops[slot] = np.int64(o)
