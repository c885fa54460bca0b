"""The columnar engine: a whole batch at a time, and the costly signals only where a rule may still fire.

1. *terms*: fold every field to its letters, and find the spellings of all terms in them;
2. *expressions*: bound every signal of every post; where a rule is possible, look for relaxed expressions;
3. *rules*: bound again; posts on which no rule is possible are done with;
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
from tipstaff.screening.expressions import Expressions, FoundExpressions
from tipstaff.screening.frame import Findings, Frame
from tipstaff.screening.hits import Left
from tipstaff.screening.learned import score_fields
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.posts import Batch
from tipstaff.screening.terms import Folded, FoundTerms, Terms

CHUNK = 8192
"""How many posts go through the stages together: few enough for their views to stay in the cache."""

STAGES = ("terms", "expressions", "rules", "confirm", "learned", "complete")


@dataclass(slots=True)
class Candidates:
    """The posts that are left after a stage, what was found in them, and the bounds of their signals.

    `posts` and `fields` are sorted indices into the batch; `forms` are those of `fields`.
    """

    posts: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]
    forms: NormalForms
    terms: FoundTerms
    spans: npt.NDArray[np.int32]
    expressions: FoundExpressions
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
        self._terms = Terms(plan)
        self._expressions = Expressions(plan)
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
        watch = _Watch(self.stage_ns)
        folded, terms = self._terms.find(batch.column)
        watch.lap("terms")
        posts, flags, bounds = self._bound(batch, folded, terms, listed=lists is not None)
        watch.lap("rules")
        slots = _slots(batch, posts)
        expressions = self._expressions.find(folded, np.flatnonzero(slots >= 0))
        watch.lap("expressions")
        self._estimator.with_expressions(bounds, flags, slots[expressions.fields], expressions.numbers)
        possible = self._estimator.possible(bounds)
        posts, bounds = posts[possible], bounds.where(possible)
        watch.lap("rules")
        candidates = self._confirm(batch, terms, expressions, posts, bounds)
        watch.lap("confirm")
        self._score(batch, candidates)
        watch.lap("learned")
        frames = [self._complete(batch, folded, candidates, lists)] if candidates.posts.size else []
        watch.lap("complete")
        return frames

    def _bound(
        self, batch: Batch, folded: Folded, terms: FoundTerms, *, listed: bool
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], Bounds]:
        """Return the posts on which a rule is possible by the terms, their flags, and their bounds."""
        flags = np.zeros(len(batch), dtype=np.uint8)
        np.bitwise_or.at(flags, batch.owners, folded.flags)
        owners = batch.owners[terms.fields]
        touched = np.full(len(batch), not self._estimator.needs_terms(listed=listed))
        touched[owners] = True
        posts = np.flatnonzero(touched)
        slots = np.cumsum(touched)[owners] - 1
        bounds = self._estimator.first(Glance(batch, posts, flags[posts], listed), slots, terms.targets)
        possible = self._estimator.possible(bounds)
        posts = posts[possible]
        return posts, flags[posts], bounds.where(possible)

    def _confirm(
        self,
        batch: Batch,
        terms: FoundTerms,
        expressions: FoundExpressions,
        posts: npt.NDArray[np.int64],
        bounds: Bounds,
    ) -> Candidates:
        """Make the lexicon groups of the candidates exact, and keep those on which a rule is possible."""
        post_slots = _slots(batch, posts)
        fields = np.flatnonzero(post_slots >= 0)
        kept = np.flatnonzero(post_slots[terms.fields] >= 0)
        terms = FoundTerms(terms.targets[kept], terms.ends[kept], terms.fields[kept])
        forms = normal_forms(batch.column, fields)
        spans = self._aligner.spans(forms, fields, terms)
        candidates = Candidates(posts, fields, forms, terms, spans, expressions, bounds)
        stands = np.flatnonzero(spans[:, 0] >= 0)
        self._estimator.with_terms(bounds, post_slots[terms.fields[stands]], terms.targets[stands])
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
        posts, terms, expressions = candidates.posts, candidates.terms, candidates.expressions
        post_slots = _slots(batch, posts)
        form_slots = np.flatnonzero(post_slots[candidates.fields] >= 0)
        fields = candidates.fields[form_slots]
        stands = np.flatnonzero((post_slots[terms.fields] >= 0) & (candidates.spans[:, 0] >= 0))
        relaxed = np.flatnonzero(post_slots[expressions.fields] >= 0)
        left = Left(
            batch=batch,
            posts=posts,
            fields=fields,
            owners=post_slots[fields],
            forms=candidates.forms,
            form_slots=form_slots,
            flags=folded.flags[fields],
            targets=terms.targets[stands],
            term_fields=terms.fields[stands],
            spans=candidates.spans[stands],
            expressions=expressions.numbers[relaxed],
            expression_fields=expressions.fields[relaxed],
        )
        return self._conclusion.conclude(left, candidates.bounds, lists)


class _Watch:
    """Adds up what the stages take, in CPU time of this thread."""

    def __init__(self, stage_ns: dict[str, int]) -> None:
        self._stage_ns = stage_ns
        self._last = thread_time_ns()

    def lap(self, stage: str) -> None:
        """Count what has passed since the last lap."""
        now = thread_time_ns()
        self._stage_ns[stage] += now - self._last
        self._last = now


def _slots(batch: Batch, posts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each field of a batch where its post stands in `posts`; -1 if it does not."""
    slots = np.full(len(batch), -1, dtype=np.int64)
    slots[posts] = np.arange(posts.size)
    return slots[batch.owners]
