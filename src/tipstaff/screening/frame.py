"""Findings in columns: the numbers of all findings of a chunk, and the objects when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import overload

import numpy as np
import numpy.typing as npt

from tipstaff.screening.batches import Batch
from tipstaff.screening.findings import ABSENT, Evidence, Finding, OnPost
from tipstaff.screening.hits import Texts
from tipstaff.screening.kernels.exhibit import KINDS, Shown
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
        fired = set(zip(self.posts.tolist(), self.rules.tolist(), strict=True))
        reader = _Reader(self)
        for i, (post, number) in enumerate(zip(self.posts.tolist(), self.rules.tolist(), strict=True)):
            policy, rule = self.program.rules[number]
            exempting = [other for other in self.program.exempting[number] if (post, other) in fired]
            subject = self.batch.posts[post]
            yield Finding(
                post=subject.id,
                account=subject.account,
                host=subject.host,
                policy=policy.policy.reference,
                rule=rule.name,
                outcome=rule.outcome,
                exempted_by=tuple(self.program.rules[other][1].name for other in exempting),
                provision=rule.provision,
                severity=rule.severity,
                score=scores[i],
                evidence=reader.evidence(int(self.slots[i]), shown[starts[i] : starts[i + 1]]),
            )

    def by_post(self) -> Iterator[OnPost]:
        """Make the findings, those of each post together."""
        numbered = zip(self.posts.tolist(), self.findings(), strict=True)
        for number, group in groupby(numbered, key=itemgetter(0)):
            yield OnPost(self.batch.posts[number], [finding for _, finding in group])


class _Reader:
    """Makes evidence of exhibits, each once for a post."""

    def __init__(self, frame: Frame) -> None:
        self._batch = frame.batch
        self._program = frame.program
        self._exhibits = frame.exhibits
        self._segments = frame.exhibits.segments[:, :2].tolist()
        self._slot = -1
        self._segment_of: list[int] = []
        self._made: dict[int, list[Evidence]] = {}

    def evidence(self, slot: int, shown: Sequence[int]) -> tuple[Evidence, ...]:
        """Return the evidence of one finding; the findings of one post follow each other."""
        if slot != self._slot:
            self._slot, self._segment_of = slot, self._exhibits.segment_of[slot].tolist()
            self._made.clear()
        made = self._made
        for item in shown:
            if item not in made:
                made[item] = self._read(*divmod(item, KINDS))
        return tuple(chain.from_iterable([made[item] for item in shown]))

    def _read(self, row: int, kind: int) -> list[Evidence]:
        """Return what one exhibit shows."""
        name = self._program.signal_at[row].name
        value = int(self._exhibits.values[self._slot, row])
        match kind:
            case Shown.ABSENT:
                return [Evidence(name, None, None, None, None, ABSENT)]
            case Shown.FACT:
                return [Evidence(name, self._program.facts[row].value, None, None, None, str(value))]
            case Shown.LEARNED:
                return [Evidence(name, None, None, None, None, f"score {value}"), *self._spans(name, row)]
        return self._spans(name, row)

    def _spans(self, name: str, row: int) -> list[Evidence]:
        """Return the places that a signal shows."""
        segment = self._segment_of[row]
        if segment < 0:
            return []
        first, last = self._segments[segment]
        names, originals, texts = self._batch.names, self._batch.texts, self._exhibits.texts
        return [
            Evidence(name, names[field], start, end, originals[field][start:end], texts[text])
            for field, start, end, text in self._exhibits.places[first:last].tolist()
        ]


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

    def by_post(self) -> Iterator[OnPost]:
        """Make the findings, those of each post together."""
        return chain.from_iterable(frame.by_post() for frame in self.frames)

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> list[Finding]: ...

    def __getitem__(self, index: int | slice) -> Finding | list[Finding]:
        """Return one finding, or some."""
        return list(self)[index]
