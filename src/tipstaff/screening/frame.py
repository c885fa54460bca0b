"""Findings in columns: the numbers of all findings of a chunk, and the objects when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import overload

import numpy as np
import numpy.typing as npt

from tipstaff.screening.findings import ABSENT as ABSENT_TEXT
from tipstaff.screening.findings import Evidence, Finding
from tipstaff.screening.hits import Texts
from tipstaff.screening.kernels.exhibit import ABSENT, FACT, KINDS, LEARNED
from tipstaff.screening.posts import Batch
from tipstaff.screening.program import Program


@dataclass(frozen=True, slots=True)
class Exhibits:
    """The places that evidence shows, by post and signal.

    `segment_of[p, row]` is a segment or -1; segment s shows `places[segments[s, 0]:segments[s, 1]]`: field,
    start, end and the number of the text that matched, in `texts`. `segments[s, 2]` counts the different
    ones. `values[p, row]`: the value of every signal that was needed.
    """

    values: npt.NDArray[np.int64]
    segment_of: npt.NDArray[np.int32]
    segments: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    texts: Texts


@dataclass(frozen=True, slots=True)
class Frame:
    """The findings of one chunk: finding i is that rule `rules[i]` fired on post `posts[i]` of the batch.

    `slots[i]` is that post's line in `exhibits`; it shows `shown[starts[i]:starts[i + 1]]`, see
    `kernels.exhibit`. Sorted by post, policy and rule.
    """

    batch: Batch
    program: Program
    posts: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]
    rules: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    shown: npt.NDArray[np.int32]
    scores: npt.NDArray[np.int64]
    exhibits: Exhibits

    def __len__(self) -> int:
        """Return how many findings there are."""
        return len(self.rules)

    def findings(self) -> Iterator[Finding]:
        """Make the findings; what several findings of one post show is made once."""
        starts, shown, scores = self.starts.tolist(), self.shown.tolist(), self.scores.tolist()
        rules, slots, posts = self.rules.tolist(), self.slots.tolist(), self.posts.tolist()
        fired = set(zip(posts, rules, strict=True))
        before = -1
        made: dict[int, tuple[Evidence, ...]] = {}
        for i, number in enumerate(rules):
            post = posts[i]
            if post != before:
                before, made = post, {}
            items = shown[starts[i] : starts[i + 1]]
            for item in items:
                if item not in made:
                    made[item] = tuple(self._evidence(slots[i], item))
            policy, rule = self.program.rules[number]
            subject = self.batch.posts[post]
            yield Finding(
                post=subject.id,
                account=subject.account,
                host=subject.host,
                policy=policy.policy.reference,
                rule=rule.name,
                outcome=rule.outcome,
                exempted_by=tuple(
                    self.program.rules[other][1].name
                    for other in self.program.exempting[number]
                    if (post, other) in fired
                ),
                provision=rule.provision,
                severity=rule.severity,
                score=scores[i],
                evidence=tuple(chain.from_iterable([made[item] for item in items])),
            )

    def _evidence(self, slot: int, item: int) -> Iterator[Evidence]:
        """Yield what one exhibit of one post shows."""
        row, kind = divmod(item, KINDS)
        signal = self.program.signal_at[row]
        exhibits = self.exhibits
        if kind == ABSENT:
            yield Evidence(signal.name, None, None, None, None, ABSENT_TEXT)
            return
        if kind == FACT:
            fact = self.program.facts[row].value
            yield Evidence(signal.name, fact, None, None, None, str(exhibits.values[slot, row]))
            return
        if kind == LEARNED:
            yield Evidence(signal.name, None, None, None, None, f"score {exhibits.values[slot, row]}")
        segment = exhibits.segment_of[slot, row]
        if segment >= 0:
            first, last = exhibits.segments[segment, :2]
            for field, start, end, text in exhibits.places[first:last].tolist():
                original = self.batch.texts[field][start:end]
                matched = exhibits.texts[text]
                yield Evidence(signal.name, self.batch.names[field], start, end, original, matched)


class Findings(Sequence[Finding]):
    """The findings of a batch, in order. Reading one makes it anew: keep `list(findings)` to read twice."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.frames = frames

    def __len__(self) -> int:
        """Return how many findings there are."""
        return sum(map(len, self.frames))

    def __iter__(self) -> Iterator[Finding]:
        """Make the findings one after another."""
        return chain.from_iterable(frame.findings() for frame in self.frames)

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> list[Finding]: ...

    def __getitem__(self, index: int | slice) -> Finding | list[Finding]:
        """Return one finding, or some."""
        return list(self)[index]
