"""Folding and scanning a batch: what was found where, before anything is confirmed."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import hyperscan
import numpy as np
import numpy.typing as npt

from tipstaff.policy import folding
from tipstaff.screening.kernels.fold import fold_letters
from tipstaff.screening.kernels.homophones import FIRST_HAN, find_homophones
from tipstaff.screening.plan import Plan
from tipstaff.screening.posts import Column
from tipstaff.screening.tables import RARE, fold_arrays

MAX_READINGS = 3
_LAST_HAN = 0xA000
_ID_BITS = 24
_ID_MASK = (1 << _ID_BITS) - 1


@dataclass(frozen=True, slots=True)
class Folded:
    """The letters views of all fields, each ended by a newline, and the flags of each field."""

    view: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Found:
    """What the scan found, sorted by `ends`. `targets[i]` ends at byte `ends[i]` of the view, in `fields[i]`.

    Numbers from `len(plan.targets)` on are relaxed expressions; those end with their field.
    """

    targets: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]


def fold(column: Column) -> Folded:
    """Write the letters view of every field of a column."""
    arrays = fold_arrays()
    count = len(column.offsets) - 1
    offsets = np.zeros(count + 1, dtype=np.int64)
    flags = np.zeros(count, dtype=np.uint8)
    longest = int(np.diff(column.offsets).max(initial=0))
    room = int(column.offsets[-1] - column.offsets[0]) + 2 * longest + count + 16
    while True:
        view = np.empty(room, dtype=np.uint8)
        done = fold_letters(
            column.data, column.offsets, arrays.letters, arrays.letters_bytes, arrays.letters_offsets,
            view, offsets, flags,
        )  # fmt: skip
        if done == count:
            return Folded(view[: offsets[-1]], offsets, flags)
        room *= 4


class Scanner:
    """Looks for every spelling and every relaxed expression of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._homophones = Homophones(plan)
        spelled = [
            (number, target.spelled.letters.encode(), 0)
            for number, target in enumerate(plan.targets)
            if not target.by_sound
        ]
        relaxed = [
            (number, f"(?:{expression.relaxed})[^\\n]*\\n".encode(), hyperscan.HS_FLAG_UTF8)
            for number, expression in enumerate(plan.expressions, start=len(plan.targets))
            if not expression.weak
        ]
        # Running on to the end of the field makes an expression report once a field, not at every end.
        wanted = spelled + relaxed
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK) if wanted else None
        if self._database is not None:
            numbers, expressions, flags = zip(*wanted, strict=True)
            self._database.compile(
                expressions=list(expressions), ids=list(numbers), elements=len(wanted), flags=list(flags)
            )
            self._prototype = hyperscan.Scratch(self._database)
        self._local = threading.local()

    def _scratch(self) -> hyperscan.Scratch:
        """Return the working memory of this thread."""
        if not hasattr(self._local, "scratch"):
            self._local.scratch = self._prototype.clone()
        scratch: hyperscan.Scratch = self._local.scratch
        return scratch

    def scan(self, folded: Folded) -> Found:
        """Scan the letters views of a batch."""
        packed: list[int] = []
        append = packed.append

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end << _ID_BITS | number)

        if self._database is not None and folded.view.size:
            self._database.scan(folded.view.tobytes(), match_event_handler=on_match, scratch=self._scratch())
        events = np.array(packed, dtype=np.int64)
        sounds = self._homophones.find(folded)
        if sounds.size:
            events = np.concatenate([events, sounds])
        events.sort()
        ends = events >> _ID_BITS
        return Found(
            targets=events & _ID_MASK,
            ends=ends,
            fields=np.searchsorted(folded.offsets, ends, side="left") - 1,
        )


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
        self._term_chars = np.array([ord(char) for char in "".join(terms)], dtype=np.int64)

    def find(self, folded: Folded) -> npt.NDArray[np.int64]:
        """Return what was found, packed as the scanner packs its events."""
        fields = np.flatnonzero(folded.flags & RARE)
        if not self._targets.size or not fields.size:
            return np.empty(0, dtype=np.int64)
        room = 4 * fields.size + 64
        while True:
            terms, ends = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            count = find_homophones(
                folded.view, folded.offsets, fields, self._readings, self._rare,
                self._index_starts, self._index_terms, self._index_places,
                self._term_starts, self._term_chars, terms, ends,
            )  # fmt: skip
            if count <= room:
                return (ends[:count] << _ID_BITS) | self._targets[terms[:count]]
            room = count


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
