"""Rules 2 to 4 of `tipstaff.screening.alignment` over arrays; the kernel that finds terms sees to rule 1."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.alignment import MAX_GAP, MAX_SPREAD_GAP, MIN_SYMBOL_LENGTH, Kind

_LETTER = np.uint8(Kind.LETTER)
_SYMBOL = np.uint8(Kind.SYMBOL)
_COMMA = np.uint8(Kind.COMMA)
_STOP = np.uint8(Kind.STOP)


@nb.njit(nogil=True, cache=True)
def _joined(chars, kinds, letter_at, breaks, at, end):  # type: ignore[no-untyped-def]
    """Rules 2 and 3."""
    symbols = 0
    for right in range(at + 1, end):
        first = letter_at[right - 1] + 1
        last = letter_at[right]
        if first == last:
            continue
        if last - first > MAX_GAP:
            return False
        comma = False
        other = False
        for place in range(first, last):
            kind = kinds[chars[place]]
            if kind == _STOP:
                return False
            comma |= kind == _COMMA
            other |= kind != _SYMBOL
        if (breaks >> np.uint64(right - at)) & np.uint64(1):
            continue
        if comma:
            return False
        if kinds[chars[first - 1]] != _LETTER and kinds[chars[last]] != _LETTER:
            symbols += 1
            if other or last - first > 1 or symbols > 1 or end - at < MIN_SYMBOL_LENGTH:
                return False
    return True


@nb.njit(nogil=True, cache=True)
def _same_gap(chars, letter_at, one, two):  # type: ignore[no-untyped-def]
    """Tell whether the gaps before letters `one` and `two` hold the same characters."""
    first, last = letter_at[one - 1] + 1, letter_at[one]
    other, stop = letter_at[two - 1] + 1, letter_at[two]
    if last - first != stop - other:
        return False
    for k in range(last - first):
        if chars[first + k] != chars[other + k]:
            return False
    return True


@nb.njit(nogil=True, cache=True)
def _spread(chars, letter_at, at, end):  # type: ignore[no-untyped-def]
    """Rule 4."""
    if end - at < 2:
        return False
    gap = letter_at[at + 1] - letter_at[at] - 1
    if gap == 0 or gap > MAX_SPREAD_GAP:
        return False
    for right in range(at + 2, end):
        if not _same_gap(chars, letter_at, at + 1, right):
            return False
    if end - at > 2:
        return True
    if at > 0 and _same_gap(chars, letter_at, at + 1, at):
        return True
    return end < letter_at.size and _same_gap(chars, letter_at, at + 1, end)


@nb.njit(nogil=True, cache=True)
def align(
    slots: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    targets: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    breaks: npt.NDArray[np.uint64],
    chars: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    origin: npt.NDArray[np.int32],
    letter_at: npt.NDArray[np.int32],
    letter_starts: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
    spans: npt.NDArray[np.int32],
) -> None:
    """Check found spellings against the alignment rules but the first.

    Found spelling i ends before letter `ends[i]` of the field of slot `slots[i]`; it is that of target
    `targets[i]`, which has so many letters (`lengths`) and word breaks (`breaks`, bit mask). Fills `spans[i]`
    with its span in code points of the original field, or with -1 where it does not stand.
    """
    slot = np.int64(-1)
    text, places = chars[:0], letter_at[:0]
    for i in range(slots.size):
        if slots[i] != slot:  # what was found in one field comes together
            slot = slots[i]
            text = chars[starts[slot] : starts[slot + 1]]
            places = letter_at[letter_starts[slot] : letter_starts[slot + 1]]
        end = ends[i]
        at = end - lengths[targets[i]]
        if _joined(text, kinds, places, breaks[targets[i]], at, end) or _spread(text, places, at, end):
            spans[i, 0] = origin[starts[slot] + places[at]]
            spans[i, 1] = origin[starts[slot] + places[end - 1]] + 1
        else:
            spans[i, 0] = -1
            spans[i, 1] = -1
