"""The columnar engine: a whole batch at a time, and the costly signals only where a rule may still fire.

1. *fold* every field to its letters view;
2. *scan* all of them in one Hyperscan call for every spelling and every relaxed expression, and look for
   homophones in the fields that hold rare characters;
3. *rules*: bound every signal of every post; posts on which no rule is possible are done with;
4. *confirm* the others: normal form, alignment of what was found, exact lexicon groups; bound again;
5. *learned* signals of what is left; bound again;
6. *complete* each post that is left: exact expressions, entities, derived signals; evaluate the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import thread_time_ns

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import LearnedSignal
from tipstaff.screening.bounds import Bounds
from tipstaff.screening.confirm import Aligner, NormalForms, normal_forms
from tipstaff.screening.estimate import Estimator, Glance
from tipstaff.screening.exact import Conclusion
from tipstaff.screening.frame import Findings, Frame
from tipstaff.screening.hits import Left
from tipstaff.screening.learned import score_fields
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.posts import Batch
from tipstaff.screening.scan import Folded, Found, Scanner, fold

CHUNK = 8192
"""How many posts go through the stages together: few enough for their views to stay in the cache."""

STAGES = ("fold", "scan", "rules", "confirm", "learned", "complete")


@dataclass(slots=True)
class Candidates:
    """The posts that are left after a stage, what was found in them, and the bounds of their signals.

    `posts` and `fields` are sorted indices into the batch; `forms` are those of `fields`.
    """

    posts: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]
    forms: NormalForms
    found: Found
    spans: npt.NDArray[np.int32]
    bounds: Bounds

    def keep(self, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Drop the posts outside `mask` and their bounds; what was found for them is left unread."""
        self.posts = self.posts[mask]
        self.bounds = self.bounds.where(mask)
        return self.posts


class ColumnarEngine:
    """Screens batches by columns. Threads may share one; `stage_ns` then adds up theirs, roughly."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._scanner = Scanner(plan)
        self._estimator = Estimator(plan)
        self._aligner = Aligner(plan)
        self._conclusion = Conclusion(plan, self._estimator)
        self._learned = [
            (policy.rows[signal.name], signal)
            for policy in plan.policies
            for signal in policy.signals
            if isinstance(signal, LearnedSignal)
        ]
        self.stage_ns = dict.fromkeys(STAGES, 0)

    def screen(self, batch: Batch, lists: BlockLists | None = None) -> Findings:
        """Return the findings of a batch, by post, policy and rule."""
        return Findings(
            [frame for chunk in batch.chunks(CHUNK) for frame in self._screen_chunk(chunk, lists)]
        )

    def _screen_chunk(self, batch: Batch, lists: BlockLists | None) -> list[Frame]:
        """Screen a batch that is small enough to go through the stages in one piece."""
        times = [thread_time_ns()]
        folded = fold(batch.column)
        times.append(thread_time_ns())
        found = self._scanner.scan(folded)
        times.append(thread_time_ns())
        posts, bounds = self._bound(batch, folded, found, listed=lists is not None)
        times.append(thread_time_ns())
        candidates = self._confirm(batch, folded, found, posts, bounds)
        times.append(thread_time_ns())
        self._score(batch, candidates)
        times.append(thread_time_ns())
        frames = [self._complete(batch, folded, candidates, lists)] if candidates.posts.size else []
        times.append(thread_time_ns())
        for stage, begin, end in zip(STAGES, times, times[1:], strict=False):
            self.stage_ns[stage] += end - begin
        return frames

    def _bound(
        self, batch: Batch, folded: Folded, found: Found, *, listed: bool
    ) -> tuple[npt.NDArray[np.int64], Bounds]:
        """Return the posts on which a rule is possible after the scan, and the bounds of their signals."""
        flags = np.zeros(len(batch), dtype=np.uint8)
        np.bitwise_or.at(flags, batch.owners, folded.flags)
        if self._estimator.needs_events(listed=listed):
            touched = np.zeros(len(batch), dtype=np.bool_)
            touched[batch.owners[found.fields]] = True
            posts = np.flatnonzero(touched)
        else:
            posts = np.arange(len(batch), dtype=np.int64)
        bounds = self._estimator.first(Glance(batch, posts, flags[posts], listed), found)
        possible = self._estimator.possible(bounds)
        return posts[possible], bounds.where(possible)

    def _confirm(
        self, batch: Batch, folded: Folded, found: Found, posts: npt.NDArray[np.int64], bounds: Bounds
    ) -> Candidates:
        """Make the lexicon groups of the candidates exact, and keep those on which a rule is possible."""
        post_slots = _slots(batch, posts)
        fields = np.flatnonzero(post_slots >= 0)
        kept = np.flatnonzero(post_slots[found.fields] >= 0)
        found = Found(found.targets[kept], found.ends[kept], found.fields[kept])
        forms = normal_forms(batch.column, fields)
        spans = np.full((found.targets.size, 2), -1, dtype=np.int32)
        literal = found.targets < len(self._plan.targets)
        literals = Found(found.targets[literal], found.ends[literal], found.fields[literal])
        spans[literal] = self._aligner.spans(forms, folded, fields, literals)
        candidates = Candidates(posts, fields, forms, found, spans, bounds)
        stands = np.flatnonzero(spans[:, 0] >= 0)
        self._estimator.with_terms(bounds, post_slots[found.fields[stands]], found.targets[stands])
        candidates.keep(self._estimator.possible(bounds))
        return candidates

    def _score(self, batch: Batch, candidates: Candidates) -> None:
        """Make the learned signals of the candidates exact, and keep those on which a rule is possible."""
        if not self._learned or not candidates.posts.size:
            return
        posts = _slots(batch, candidates.posts)[candidates.fields]
        slots = np.flatnonzero(posts >= 0)
        for row, signal in self._learned:
            scores = score_fields(
                candidates.forms, slots, posts[slots], signal.weights, candidates.posts.size
            )
            candidates.bounds.low[row] = scores
            candidates.bounds.high[row] = scores
        candidates.keep(self._estimator.possible(candidates.bounds))

    def _complete(
        self, batch: Batch, folded: Folded, candidates: Candidates, lists: BlockLists | None
    ) -> Frame:
        """Compute what is left of each candidate, evaluate the rules, and lay out what they found."""
        posts, found = candidates.posts, candidates.found
        owners = batch.owners[candidates.fields]
        form_slots = np.flatnonzero(np.isin(owners, posts))
        fields = candidates.fields[form_slots]
        inside = np.isin(found.fields, fields)
        stands = inside & (candidates.spans[:, 0] >= 0)
        expressions = inside & (found.targets >= len(self._plan.targets))
        left = Left(
            batch=batch,
            posts=posts,
            fields=fields,
            owners=np.searchsorted(posts, batch.owners[fields]),
            forms=candidates.forms,
            form_slots=form_slots,
            flags=folded.flags[fields],
            targets=found.targets[stands],
            term_fields=found.fields[stands],
            spans=candidates.spans[stands],
            expressions=found.targets[expressions] - len(self._plan.targets),
            expression_fields=found.fields[expressions],
        )
        return self._conclusion.conclude(left, candidates.bounds, lists)


def _slots(batch: Batch, posts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each field of a batch where its post stands in `posts`; -1 if it does not."""
    slots = np.full(len(batch), -1, dtype=np.int64)
    slots[posts] = np.arange(posts.size)
    return slots[batch.owners]
