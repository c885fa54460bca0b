"""The relaxed expressions of a plan, looked for by Hyperscan in the fields where they may matter."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import hyperscan
import numpy as np
import numpy.typing as npt

from tipstaff.base.errors import InputError
from tipstaff.screening.kernels.encode import encode_lines
from tipstaff.screening.plan import Plan
from tipstaff.screening.terms import Folded

NUMBER_BITS = 24


@dataclass(frozen=True, slots=True)
class FoundExpressions:
    """Where an exact expression may match: expression `numbers[i]` of the plan in field `fields[i]`.

    Sorted by field, then number; no pair is there twice. Weak expressions are not among them.
    """

    numbers: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]


class Expressions:
    """Looks for every relaxed expression of a plan but the weak ones."""

    def __init__(self, plan: Plan) -> None:
        if len(plan.expressions) > 1 << NUMBER_BITS:
            raise InputError(
                f"{len(plan.expressions)} expressions in the policies: at most {1 << NUMBER_BITS} can be"
                " looked for together; use fewer"
            )
        # Running on to the end of the field makes an expression report once a field, not at every end.
        wanted = [
            (number, f"(?:{expression.relaxed})[^\\n]*\\n".encode())
            for number, expression in enumerate(plan.expressions)
            if not expression.weak
        ]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK) if wanted else None
        if self._database is not None:
            numbers, expressions = zip(*wanted, strict=True)
            self._database.compile(
                expressions=list(expressions), ids=list(numbers), elements=len(wanted),
                flags=hyperscan.HS_FLAG_UTF8,
            )  # fmt: skip
            self._prototype = hyperscan.Scratch(self._database)
        self._local = threading.local()

    def _scratch(self) -> hyperscan.Scratch:
        """Return the working memory of this thread."""
        if not hasattr(self._local, "scratch"):
            self._local.scratch = self._prototype.clone()
        scratch: hyperscan.Scratch = self._local.scratch
        return scratch

    def find(self, folded: Folded, fields: npt.NDArray[np.int64]) -> FoundExpressions:
        """Scan the letters of some fields, given in order."""
        packed: list[int] = []
        append = packed.append

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end << NUMBER_BITS | number)

        stops = np.empty(fields.size, dtype=np.int64)
        if self._database is not None and fields.size:
            letters = int((folded.offsets[fields + 1] - folded.offsets[fields]).sum())
            lines = np.empty(4 * letters + fields.size, dtype=np.uint8)
            encode_lines(folded.letters, folded.offsets, fields, lines, stops)
            self._database.scan(
                lines[: stops[-1]].tobytes(), match_event_handler=on_match, scratch=self._scratch()
            )
        events = np.sort(np.array(packed, dtype=np.int64))
        return FoundExpressions(
            numbers=events & (1 << NUMBER_BITS) - 1,
            fields=fields[np.searchsorted(stops, events >> NUMBER_BITS)],
        )
