"""The matches of expressions in many texts: each expression is tried only where it may begin a match.

A compiled kernel finds these places with a small automaton for each expression; Python's `re` then matches
there, and finds what it would find in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from tipstaff.screening.automaton import Automaton, build
from tipstaff.screening.bounds import anywhere
from tipstaff.screening.confirm import NormalForms
from tipstaff.screening.derive import MAX_HITS
from tipstaff.screening.kernels.starts import WORD_BITS, WORD_MASK, find_few_starts
from tipstaff.screening.nets import can_be_read

MOST_STATES: Final = 256
"""States of the automaton of one expression; where it would need more, `re` is asked."""

FEW: Final = 32
"""A text in which an expression may begin in more places than this is left to `re` as a whole."""

Found: TypeAlias = tuple[int, int, int, str]
"""A match: which text and expression, from where to where, and what it is."""

_Unsigned = TypeVar("_Unsigned", np.uint16, np.uint32)


class Matcher:
    """Finds the matches of some expressions."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns
        read = [number for number, pattern in enumerate(patterns) if can_be_read(pattern)]
        automata = build([[patterns[number]] for number in read], MOST_STATES)
        self._automaton_of = np.full(len(patterns), -1, dtype=np.int64)
        self._automaton_of[read] = np.arange(len(read))
        self._classes = automata[0].classes if automata else np.empty(0, dtype=np.uint16)
        self._columns = np.array([one.columns for one in automata], dtype=np.uint16, ndmin=2)
        self._firsts = _firsts(automata)
        self._begins, self._begin_starts = _joined([one.begins for one in automata], np.uint16)
        self._following, self._cell_starts = _joined([one.following.ravel() for one in automata], np.uint16)
        self._accepted, self._state_starts = _joined([one.accepted for one in automata], np.uint32)
        self._open, _ = _joined([one.open for one in automata], np.uint32)

    def find(
        self, forms: NormalForms, slots: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]
    ) -> list[Found]:
        """Return the matches of expression `numbers[i]` in the text at `slots[i]`, by i and place.

        Of the first `MAX_HITS` in a text, those that are not empty.
        """
        places, counts = self.starts(forms, slots, numbers)
        at = places.tolist()
        last, slot, text = 0, -1, ""
        pairs = np.flatnonzero(counts)
        found: list[Found] = []
        for pair, one, number, count in zip(
            pairs.tolist(),
            slots[pairs].tolist(),
            numbers[pairs].tolist(),
            counts[pairs].tolist(),
            strict=True,
        ):
            if one != slot:
                slot, text = one, forms.text(one)
            pattern = self._patterns[number]
            if count < 0:
                spans = [match.span() for match in islice(pattern.finditer(text), MAX_HITS)]
                found += [(pair, start, end, text[start:end]) for start, end in spans if end > start]
                continue
            first, last = last, last + count
            end = 0
            for place in at[first:last]:
                if place >= end and (match := pattern.match(text, place)):
                    end = match.end()
                    found.append((pair, place, end, text[place:end]))
        return found

    def starts(
        self, forms: NormalForms, slots: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return the places where matches may begin, those of each i after the other, and how many they are.

        The number is -1, and there are no places, if they are more than `FEW` or nothing is known of the
        expression.
        """
        places = np.empty(slots.size * FEW, dtype=np.int32)
        counts = np.empty(slots.size, dtype=np.int64)
        written = find_few_starts(
            forms.chars, forms.starts, slots, self._automaton_of[numbers], self._classes, self._firsts,
            self._columns, self._begins, self._begin_starts, self._following, self._cell_starts,
            self._accepted, self._open, self._state_starts, FEW, places, counts,
        )  # fmt: skip
        return places[:written], counts


def _firsts(automata: Sequence[Automaton]) -> npt.NDArray[np.uint64]:
    """Return, one bit for each automaton, with which classes what it reads may begin (words, classes)."""
    classes = automata[0].columns.size if automata else 0
    firsts = np.zeros((1 + (len(automata) - 1 >> WORD_BITS), classes), dtype=np.uint64)
    for number, one in enumerate(automata):
        columns = anywhere(one.following[np.unique(one.begins)] != 0, 0)
        firsts[number >> WORD_BITS, columns[one.columns]] |= np.uint64(1 << (number & WORD_MASK))
    return firsts


def _joined(
    arrays: Sequence[npt.NDArray[_Unsigned]], dtype: type[_Unsigned]
) -> tuple[npt.NDArray[_Unsigned], npt.NDArray[np.int64]]:
    """Return arrays end to end, and where each begins."""
    starts = np.cumsum([0, *(array.size for array in arrays)], dtype=np.int64)
    return np.concatenate([np.empty(0, dtype=dtype), *arrays]), starts
