"""The terms of a plan that are looked for by their syllables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tipstaff.policy import folding
from tipstaff.screening.kernels.homophones import FIRST_HAN, find_homophones
from tipstaff.screening.plan import Plan

MAX_READINGS = 3
_LAST_HAN = 0xA000


class Homophones:
    """The terms of a plan that are looked for by their syllables."""

    def __init__(self, plan: Plan) -> None:
        self._targets = np.array(
            [number for number, target in enumerate(plan.targets) if target.by_sound], dtype=np.int64
        )
        if not self._targets.size:
            return
        self._readings, self._rare, syllable_numbers = _readings()
        terms = [plan.targets[number].spelled.letters for number in self._targets]
        entries: list[list[tuple[int, int]]] = [[] for _ in syllable_numbers]
        for number, term in enumerate(terms):
            for place, char in enumerate(term):
                for syllable in folding.syllables(char):
                    entries[syllable_numbers[syllable]].append((number, place))
        flat = [entry for group in entries for entry in group]
        self._index_starts = np.cumsum([0, *map(len, entries)], dtype=np.int64)
        self._index_terms = np.array([number for number, _ in flat], dtype=np.int64)
        self._index_places = np.array([place for _, place in flat], dtype=np.int64)
        self._term_starts = np.cumsum([0, *map(len, terms)], dtype=np.int64)
        self._term_chars = np.array([ord(char) for char in "".join(terms)], dtype=np.uint32)

    def find(
        self,
        letters: npt.NDArray[np.uint32],
        offsets: npt.NDArray[np.int64],
        fields: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int64]:
        """Return what was found in the fields that hold rare characters, packed as terms are."""
        if not self._targets.size or not fields.size:
            return np.empty(0, dtype=np.int64)
        found = np.empty(4 * fields.size + 64, dtype=np.int64)
        while True:
            count = find_homophones(
                letters, offsets, fields, self._readings, self._rare,
                self._index_starts, self._index_terms, self._index_places,
                self._term_starts, self._term_chars, self._targets, found,
            )  # fmt: skip
            if count <= found.size:
                return found[:count]
            found = np.empty(count, dtype=np.int64)


def _readings() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_], dict[str, int]]:
    """Return the syllable numbers of every Han character, which are rare, and the numbers by syllable."""
    numbers: dict[str, int] = {}
    readings = np.full((_LAST_HAN - FIRST_HAN, MAX_READINGS), -1, dtype=np.int16)
    rare = np.zeros(_LAST_HAN - FIRST_HAN, dtype=np.bool_)
    for code_point in range(FIRST_HAN, _LAST_HAN):
        char = chr(code_point)
        rare[code_point - FIRST_HAN] = folding.is_rare(char)
        for i, syllable in enumerate(sorted(folding.syllables(char))):
            readings[code_point - FIRST_HAN, i] = numbers.setdefault(syllable, len(numbers))
    return readings, rare, numbers
