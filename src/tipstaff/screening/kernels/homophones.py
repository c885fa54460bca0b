"""Finding terms by sound: Han characters that read like those of a term, at least one of them rare.

A disguise by homophones shows in characters that hardly anyone writes (蓑 for 所). Around each rare
character of a letters view, the terms that have its syllable are compared: every character must be the
term's own or share a reading with it.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

FIRST_HAN = 0x3400
"""The tables of readings and rarity begin at this code point."""


@nb.njit(nogil=True, cache=True)
def _sounds_like(readings, char, other):  # type: ignore[no-untyped-def]
    """Tell whether two Han characters are the same or share a reading."""
    if char == other:
        return True
    for i in range(readings.shape[1]):
        one = readings[char - FIRST_HAN, i]
        if one < 0:
            return False
        for k in range(readings.shape[1]):
            if one == readings[other - FIRST_HAN, k]:
                return True
    return False


@nb.njit(nogil=True, cache=True)
def find_homophones(
    view: npt.NDArray[np.uint8],
    view_offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    readings: npt.NDArray[np.int16],
    rare: npt.NDArray[np.bool_],
    index_starts: npt.NDArray[np.int64],
    index_terms: npt.NDArray[np.int64],
    index_places: npt.NDArray[np.int64],
    term_starts: npt.NDArray[np.int64],
    term_chars: npt.NDArray[np.int64],
    found_terms: npt.NDArray[np.int64],
    found_ends: npt.NDArray[np.int64],
) -> int:
    """Search the letters views of `fields`; returns how many were found.

    `readings[c - FIRST_HAN]`: up to three syllable numbers of a character, -1 where there are fewer.
    `index_starts[s]`: where in `index_terms` and `index_places` the terms with syllable s, and the place
    it has in them, begin. Fills `found_terms` and `found_ends` (byte ends in the view) up to their size;
    a result above that size says that they must be larger.
    """
    count = 0
    longest = 0
    for field in fields:
        longest = max(longest, view_offsets[field + 1] - view_offsets[field])
    chars = np.empty(longest + 1, dtype=np.int64)
    ends = np.empty(longest + 1, dtype=np.int64)
    for field in fields:
        letters = 0
        byte = view_offsets[field]
        stop = view_offsets[field + 1] - 1  # the newline
        while byte < stop:
            first = np.int64(view[byte])
            if 0xE0 <= first < 0xF0:
                chars[letters] = (
                    (first & 15) << 12
                    | (np.int64(view[byte + 1]) & 63) << 6
                    | (np.int64(view[byte + 2]) & 63)
                )
                byte += 3
            else:
                chars[letters] = 0
                byte += 1 if first < 0x80 else (2 if first < 0xE0 else 4)
            ends[letters] = byte
            letters += 1
        for here in range(letters):
            char = chars[here] - FIRST_HAN
            if char < 0 or char >= rare.size or not rare[char]:
                continue
            for reading in range(readings.shape[1]):
                syllable = readings[char, reading]
                if syllable < 0:
                    break
                for entry in range(index_starts[syllable], index_starts[syllable + 1]):
                    term = index_terms[entry]
                    size = term_starts[term + 1] - term_starts[term]
                    at = here - index_places[entry]
                    if at < 0 or at + size > letters:
                        continue
                    matches = True
                    first_rare = -1
                    for k in range(size):
                        mine = chars[at + k]
                        theirs = term_chars[term_starts[term] + k]
                        if mine < FIRST_HAN or mine >= FIRST_HAN + rare.size:
                            matches = False
                            break
                        if not _sounds_like(readings, mine, theirs):
                            matches = False
                            break
                        if first_rare < 0 and mine != theirs and rare[mine - FIRST_HAN]:
                            first_rare = at + k
                    # A window is reported once, from its first rare character, by that one's first reading.
                    if (
                        not matches
                        or first_rare != here
                        or _earlier(readings, char, reading, index_starts, index_terms, index_places, entry)
                    ):
                        continue
                    if count < found_terms.size:
                        found_terms[count] = term
                        found_ends[count] = ends[at + size - 1]
                    count += 1
    return count


@nb.njit(nogil=True, cache=True)
def _earlier(  # type: ignore[no-untyped-def]
    readings,
    char,
    reading,
    index_starts,
    index_terms,
    index_places,
    entry,
):
    """Tell whether an earlier reading of the same character leads to the same term and place."""
    for before in range(reading):
        syllable = readings[char, before]
        for other in range(index_starts[syllable], index_starts[syllable + 1]):
            if index_terms[other] == index_terms[entry] and index_places[other] == index_places[entry]:
                return True
    return False
