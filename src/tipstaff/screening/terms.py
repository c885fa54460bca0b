"""Folding a batch and finding the spellings of a plan in it, before anything is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tipstaff.base.errors import InputError
from tipstaff.screening.batches import Column
from tipstaff.screening.homophones import Homophones
from tipstaff.screening.kernels.terms import (
    LONGEST_PREFIX,
    MOST_LETTERS,
    TARGET_BITS,
    TermIndex,
    fold_and_find,
    unpack,
)
from tipstaff.screening.plan import Plan
from tipstaff.screening.tables import RARE, fold_arrays
from tipstaff.screening.term_index import make_index


@dataclass(frozen=True, slots=True)
class Folded:
    """The letters of all fields, as code points end to end, and the flags of each field.

    The letters of field i are `letters[offsets[i]:offsets[i + 1]]`.
    """

    letters: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]

    def between(
        self, fields: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
    ) -> list[str]:
        """Return letters `starts[i]` to `ends[i]` of field `fields[i]`."""
        sizes = ends - starts
        stops = np.cumsum(sizes)
        within = np.arange(sizes.sum()) - np.repeat(stops - sizes, sizes)
        letters = self.letters[np.repeat(self.offsets[fields] + starts, sizes) + within]
        text: str = letters.tobytes().decode("utf-32-le")
        return [text[stop - size : stop] for stop, size in zip(stops.tolist(), sizes.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class FoundTerms:
    """Spellings that were found: that of `targets[i]` ends before letter `ends[i]` of field `fields[i]`.

    Sorted by field, end and target. The first rule of `tipstaff.screening.alignment` is satisfied.
    """

    targets: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]


class Terms:
    """Looks for every spelling of a plan."""

    def __init__(self, plan: Plan) -> None:
        if len(plan.targets) > 1 << TARGET_BITS:
            raise InputError(
                f"{len(plan.targets)} spellings in the policies: at most {1 << TARGET_BITS} can be looked for"
                " together; use fewer terms"
            )
        self._homophones = Homophones(plan)
        self._index = make_index(
            (target.spelled.letters, number)
            for number, target in enumerate(plan.targets)
            if not target.by_sound
        )

    def find(self, column: Column) -> tuple[Folded, FoundTerms]:
        """Fold every field of a column, and find the spellings in it."""
        folded, packed = fold(column, self._index)
        rare = np.flatnonzero(folded.flags & RARE)
        sounds = np.sort(self._homophones.find(folded.letters, folded.offsets, rare))
        packed = np.insert(packed, np.searchsorted(packed, sounds), sounds)
        found = FoundTerms(*(np.empty(packed.size, dtype=np.int64) for _ in range(3)))
        unpack(packed, folded.offsets, found.targets, found.ends, found.fields)
        return folded, found


def fold(column: Column, index: TermIndex) -> tuple[Folded, npt.NDArray[np.int64]]:
    """Fold every field of a column; returns also the terms found, sorted, as the kernel packs them."""
    arrays = fold_arrays()
    count = len(column.offsets) - 1
    offsets = np.zeros(count + 1, dtype=np.int64)
    flags = np.zeros(count, dtype=np.uint8)
    room = int(column.offsets[-1] - column.offsets[0]) + LONGEST_PREFIX
    letters = np.empty(room, dtype=np.uint32)
    found = np.empty(16 * count + 64, dtype=np.int64)
    while True:
        done, total, ordered = fold_and_find(
            column.data, column.offsets, arrays.letters, arrays.expanded, arrays.expanded_offsets,
            index, letters, offsets, flags, found,
        )  # fmt: skip
        if done < count:  # an expansion: the rest of the longest one must fit too, letters or not
            letters = np.empty(MOST_LETTERS * room + arrays.expanded.size, dtype=np.uint32)
        elif total > found.size:
            found = np.empty(total, dtype=np.int64)
        else:
            found = found[:total]
            if not ordered:
                found.sort()
            return Folded(letters[: offsets[-1]], offsets, flags), found
