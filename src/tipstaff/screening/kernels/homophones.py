"""Finding terms by sound: Han characters that read like those of a term, at least one of them rare.

A disguise by homophones shows in characters that hardly anyone writes (蓑 for 所). Around each rare
character of a letters view, the terms that have its syllable are compared: every character must be the
term's own or share a reading with it.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from tipstaff.screening.kernels.terms import TARGET_BITS

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
    letters: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int64],
    readings: npt.NDArray[np.int16],
    rare: npt.NDArray[np.bool_],
    index_starts: npt.NDArray[np.int64],
    index_terms: npt.NDArray[np.int64],
    index_places: npt.NDArray[np.int64],
    term_starts: npt.NDArray[np.int64],
    term_chars: npt.NDArray[np.uint32],
    targets: npt.NDArray[np.int64],
    found: npt.NDArray[np.int64],
) -> int:
    """Search `fields`, of which field f has the letters `letters[offsets[f]:offsets[f + 1]]`.

    `readings[c - FIRST_HAN]`: up to three syllable numbers of a character, -1 where there are fewer.
    `index_starts[s]`: where in `index_terms` and `index_places` the terms with syllable s, and the place
    it has in them, begin. Fills `found` up to its size with `end << TARGET_BITS | target`, the end counted
    from the beginning of `letters`, and returns how many were found: above that size, it must be larger.
    """
    count = 0
    for field in fields:
        begin, stop = offsets[field], offsets[field + 1]
        for here in range(begin, stop):
            char = np.int64(letters[here]) - FIRST_HAN
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
                    if at < begin or at + size > stop:
                        continue
                    matches = True
                    first_rare = -1
                    for k in range(size):
                        mine = np.int64(letters[at + k])
                        theirs = np.int64(term_chars[term_starts[term] + k])
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
                    if count < found.size:
                        found[count] = (at + size) << TARGET_BITS | targets[term]
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
