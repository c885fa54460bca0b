"""The terms of a plan that are looked for by their syllables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tipstaff.policy import folding
from tipstaff.screening.kernels.homophones import FIRST_HAN, LAST_HAN, SoundIndex, find_homophones
from tipstaff.screening.plan import Plan

MAX_READINGS = 3


class Homophones:
    """The terms of a plan that are looked for by their syllables."""

    def __init__(self, plan: Plan) -> None:
        numbers = [number for number, target in enumerate(plan.targets) if target.by_sound]
        self._any = bool(numbers)
        if not numbers:
            return
        self._readings, self._rare, self._sounds, syllable_numbers = _tables()
        terms = [plan.targets[number].spelled.letters for number in numbers]
        entries: list[list[tuple[int, int]]] = [[] for _ in syllable_numbers]
        for number, term in enumerate(terms):
            for place, char in enumerate(term):
                for syllable in folding.syllables(char):
                    entries[syllable_numbers[syllable]].append((number, place))
        flat = [entry for group in entries for entry in group]
        beside = [ord(terms[number][place - 1 if place else 1]) - FIRST_HAN for number, place in flat]
        self._index = SoundIndex(
            starts=np.cumsum([0, *map(len, entries)], dtype=np.int64),
            terms=np.array([number for number, _ in flat], dtype=np.int64),
            places=np.array([place for _, place in flat], dtype=np.int64),
            beside=self._sounds[np.array(beside, dtype=np.int64)],
            chars=np.array([ord(char) for char in "".join(terms)], dtype=np.uint32),
            term_starts=np.cumsum([0, *map(len, terms)], dtype=np.int64),
            targets=np.array(numbers, dtype=np.int64),
        )

    def find(
        self,
        letters: npt.NDArray[np.uint32],
        offsets: npt.NDArray[np.int64],
        fields: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int64]:
        """Return what was found in the fields that hold rare characters, packed as terms are."""
        if not self._any or not fields.size:
            return np.empty(0, dtype=np.int64)
        found = np.empty(4 * fields.size + 64, dtype=np.int64)
        while True:
            count = find_homophones(
                letters, offsets, fields, self._readings, self._rare, self._sounds, self._index, found
            )
            if count <= found.size:
                return found[:count]
            found = np.empty(count, dtype=np.int64)


def _tables() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_], npt.NDArray[np.uint64], dict[str, int]]:
    """Return the readings, rarity and sounds of Han characters (see the kernel), and the syllable numbers."""
    count = LAST_HAN + 1 - FIRST_HAN
    numbers: dict[str, int] = {}
    readings = np.full((count, MAX_READINGS), -1, dtype=np.int16)
    rare = np.zeros(count + 1, dtype=np.bool_)
    sounds = np.zeros(count + 1, dtype=np.uint64)
    for place in range(count):
        char = chr(FIRST_HAN + place)
        rare[place] = folding.is_rare(char)
        for i, syllable in enumerate(sorted(folding.syllables(char))):
            number = numbers.setdefault(syllable, len(numbers))
            readings[place, i] = number
            sounds[place] |= np.uint64(1 << number % 64)
        if not sounds[place]:
            sounds[place] = np.uint64(1)  # it sounds like itself alone
    return readings, rare, sounds, numbers
