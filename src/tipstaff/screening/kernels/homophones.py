"""Finding terms by sound: Han characters that read like those of a term, at least one of them rare.

A disguise by homophones shows in characters that hardly anyone writes (蓑 for 所). Around each rare
character of a letters view, the terms that have its syllable are compared: every character must be the
term's own or share a reading with it.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.kernels.terms import TARGET_BITS

FIRST_HAN = 0x3400
LAST_HAN = 0x9FFF
"""The tables of readings and rarity run from one to the other of these code points."""

_U = np.uint64
_U32 = np.uint32
_FIRST, _COUNT = _U32(FIRST_HAN), _U32(LAST_HAN + 1 - FIRST_HAN)


class SoundIndex(NamedTuple):
    """The terms to look for by sound, by the syllables that their characters may have.

    The characters with syllable s are those from `starts[s]` to `starts[s + 1]`: each is that at `places[i]`
    of term `terms[i]`, and `beside[i]` are the sounds of the one before it, or, if it is the first, after it.
    The characters of term t are `chars[term_starts[t]:term_starts[t + 1]]`; `targets[t]` is its number in the
    plan.
    """

    starts: npt.NDArray[np.int64]
    terms: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    beside: npt.NDArray[np.uint64]
    chars: npt.NDArray[np.uint32]
    term_starts: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]


@nb.njit(nogil=True, cache=True, inline="always")
def _place(letter):  # type: ignore[no-untyped-def]
    """Return where a letter stands in the tables, which may have one entry more for every letter beyond."""
    return min(_U32(letter - _FIRST), _COUNT)


@nb.njit(nogil=True, cache=True)
def _share_reading(readings, char, other):  # type: ignore[no-untyped-def]
    """Tell whether two letters share a reading."""
    if _place(char) == _COUNT:
        return False
    for i in range(readings.shape[1]):
        one = readings[_place(char), i]
        if one < 0:
            return False
        for k in range(readings.shape[1]):
            if one == readings[_place(other), k]:
                return True
    return False


@nb.njit(nogil=True, cache=True)
def find_homophones(
    letters: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    readings: npt.NDArray[np.int16],
    rare: npt.NDArray[np.bool_],
    sounds: npt.NDArray[np.uint64],
    index: SoundIndex,
    found: npt.NDArray[np.int64],
) -> int:
    """Search `fields`, of which field f has the letters `letters[offsets[f]:offsets[f + 1]]`.

    `readings[c - FIRST_HAN]`: up to three syllable numbers of a character, -1 where there are fewer. `rare`
    and `sounds` are laid out alike, with one entry more for every letter beyond. `sounds` has bits for
    readings: two characters that are the same, or share a reading, have a bit in common.

    Fills `found` up to its size with `end << TARGET_BITS | target`, the end counted from the beginning of
    `letters`, and returns how many were found: above that size, it must be larger.
    """
    longest = 0
    for field in fields:
        longest = max(longest, offsets[field + 1] - offsets[field])
    places = np.empty(longest + 1, dtype=np.int64)
    count = 0
    for field in fields:
        begin, stop = offsets[field], offsets[field + 1]
        for i in range(_rare_places(letters, begin, stop, rare, places)):
            here = places[i]
            char = np.int64(letters[here]) - FIRST_HAN
            before = sounds[_place(letters[here - 1])] if here > begin else _U(0)
            after = sounds[_place(letters[here + 1])] if here + 1 < stop else _U(0)
            for reading in range(readings.shape[1]):
                syllable = readings[char, reading]
                if syllable < 0:
                    break
                for entry in range(index.starts[syllable], index.starts[syllable + 1]):
                    if not index.beside[entry] & (before if index.places[entry] else after):
                        continue
                    term = index.terms[entry]
                    start = here - index.places[entry]
                    end = start + index.term_starts[term + 1] - index.term_starts[term]
                    # Reported once: from its first rare character, by the first reading of that one.
                    if (
                        start >= begin
                        and end <= stop
                        and _first_rare(letters, start, end, term, index, readings, rare) == here
                        and not _earlier(readings, char, reading, index, entry)
                    ):
                        if count < found.size:
                            found[count] = end << TARGET_BITS | index.targets[term]
                        count += 1
    return count


@nb.njit(nogil=True, cache=True)
def _rare_places(letters, begin, stop, rare, places):  # type: ignore[no-untyped-def]
    """Fill `places` with where the rare characters are; returns how many there are."""
    count = _U(0)
    at = _U(begin)
    while at < _U(stop):
        places[count] = np.int64(at)
        count += _U(rare[_place(letters[at])])
        at += _U(1)
    return np.int64(count)


@nb.njit(nogil=True, cache=True)
def _first_rare(letters, start, end, term, index, readings, rare):  # type: ignore[no-untyped-def]
    """Return the first rare letter that is not the term's own; -1 if not all of them sound like the term."""
    first = -1
    for at in range(start, end):
        mine = letters[at]
        theirs = index.chars[index.term_starts[term] + at - start]
        if mine != theirs:
            if not _share_reading(readings, mine, theirs):
                return -1
            if first < 0 and rare[_place(mine)]:
                first = at
    return first


@nb.njit(nogil=True, cache=True)
def _earlier(readings, char, reading, index, entry):  # type: ignore[no-untyped-def]
    """Tell whether an earlier reading of the same character leads to the same term and place."""
    for before in range(reading):
        syllable = readings[char, before]
        for other in range(index.starts[syllable], index.starts[syllable + 1]):
            if index.terms[other] == index.terms[entry] and index.places[other] == index.places[entry]:
                return True
    return False
