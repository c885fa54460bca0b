"""Confirming the terms that were found, on the posts where it matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tipstaff.screening.batches import Column
from tipstaff.screening.kernels.align import align
from tipstaff.screening.kernels.fold import fold_normal
from tipstaff.screening.plan import Plan
from tipstaff.screening.tables import fold_arrays
from tipstaff.screening.terms import FoundTerms


@dataclass(frozen=True, slots=True)
class NormalForms:
    """The normal forms of some fields, end to end; the arrays are those of `kernels.fold.fold_normal`."""

    chars: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]
    origin: npt.NDArray[np.int32]
    letter_at: npt.NDArray[np.int32]
    letter_starts: npt.NDArray[np.int64]

    def text(self, slot: int) -> str:
        """Return the normal form of one field."""
        chars = self.chars[self.starts[slot] : self.starts[slot + 1]]
        return chars.tobytes().decode("utf-32-le")

    def origin_of(
        self, slots: npt.NDArray[np.int64], letters: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int32]:
        """Return where letters came from: letter `letters[i]` of the field of `slots[i]`."""
        places = self.letter_at[self.letter_starts[slots] + letters]
        origins: npt.NDArray[np.int32] = self.origin[self.starts[slots] + places]
        return origins


def normal_forms(column: Column, fields: npt.NDArray[np.int64]) -> NormalForms:
    """Write the normal forms of some fields of a column."""
    arrays = fold_arrays()
    starts = np.empty(fields.size + 1, dtype=np.int64)
    letter_starts = np.empty(fields.size + 1, dtype=np.int64)
    room = int((column.offsets[fields + 1] - column.offsets[fields]).sum())
    while True:
        # In one piece the allocator keeps the memory for the next chunk; in three it gives it back each time.
        origin, letter_at, points = np.empty((3, room), dtype=np.int32)
        chars = points.view(np.uint32)
        done = fold_normal(
            column.data, column.offsets, fields, arrays.normal, arrays.normal_chars, arrays.normal_offsets,
            chars, starts, origin, letter_at, letter_starts,
        )  # fmt: skip
        if done == fields.size:
            size, letters = starts[-1], letter_starts[-1]
            return NormalForms(chars[:size], starts, origin[:size], letter_at[:letters], letter_starts)
        room *= 4


class Aligner:
    """Checks found spellings against the alignment rules."""

    def __init__(self, plan: Plan) -> None:
        self._lengths = np.array([len(target.spelled.letters) for target in plan.targets], dtype=np.int64)
        self._breaks = np.array(
            [sum(1 << place for place in target.spelled.breaks) for target in plan.targets], dtype=np.uint64
        )

    def spans(
        self, forms: NormalForms, slots: npt.NDArray[np.int64], found: FoundTerms
    ) -> npt.NDArray[np.int32]:
        """Return the span of each found spelling in its original field, -1 where it does not stand.

        `slots[i]` is where `forms` have the field of spelling i. Shape (found, 2).
        """
        spans = np.empty((found.targets.size, 2), dtype=np.int32)
        align(
            slots, found.ends, found.targets, self._lengths, self._breaks,
            forms.chars, forms.starts, forms.origin, forms.letter_at, forms.letter_starts,
            fold_arrays().kinds, spans,
        )  # fmt: skip
        return spans
