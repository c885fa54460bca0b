"""The columnar engine: a whole batch at a time, and the costly signals only where a rule may still fire.

1. *terms*: fold every field to its letters, and find the spellings of all terms in them;
2. *expressions*: bound every signal of every post; where a rule is possible, look for relaxed expressions;
3. *rules*: bound again; posts on which no rule is possible are done with;
4. *learned* signals of the others; bound again;
5. *confirm* what is left: normal form, alignment of what was found, exact lexicon groups; bound again;
6. *complete* each post that is left: exact expressions, entities, derived signals; evaluate the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import thread_time_ns

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import LearnedSignal
from tipstaff.screening.batches import Batch
from tipstaff.screening.bounds import Bounds
from tipstaff.screening.confirm import Aligner, NormalForms, normal_forms
from tipstaff.screening.estimate import Estimator, Glance
from tipstaff.screening.exact import Conclusion
from tipstaff.screening.expressions import Expressions, FoundExpressions
from tipstaff.screening.findings import OnPost
from tipstaff.screening.frame import Findings, Frame
from tipstaff.screening.hits import Left
from tipstaff.screening.learned import score_fields
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.terms import Folded, FoundTerms, Terms

CHUNK = 8192
"""How many posts go through the stages together: few enough for their views to stay in the cache."""

SCAN_FIRST = 0.5
"""Above this share of possible posts, expressions are looked for before anything else is made exact."""

STAGES = ("terms", "expressions", "rules", "learned", "confirm", "complete")


@dataclass(slots=True)
class Candidates:
    """The posts that are left after a stage, and the bounds of their signals; `posts` are sorted."""

    posts: npt.NDArray[np.int64]
    bounds: Bounds

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the posts outside `mask` and their bounds."""
        self.posts, self.bounds = self.posts[mask], self.bounds.where(mask)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was confirmed of some posts: `forms` are those of `fields`, `spans` those of `terms`."""

    fields: npt.NDArray[np.int64]
    forms: NormalForms
    terms: FoundTerms
    spans: npt.NDArray[np.int32]


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

    def by_post(self, batch: Batch, lists: BlockLists | None = None) -> Iterator[OnPost]:
        """Yield the posts on which something is found, in order, each with its findings."""
        return self.screen(batch, lists).by_post()

    def _screen_chunk(self, batch: Batch, lists: BlockLists | None) -> list[Frame]:
        """Screen a batch that is small enough to go through the stages in one piece."""
        watch = _Watch(self.stage_ns)
        folded, terms = self._terms.find(batch.column)
        watch.lap("terms")
        flags = np.zeros(len(batch), dtype=np.uint8)
        np.bitwise_or.at(flags, batch.owners, folded.flags)
        candidates = self._bound(batch, flags, terms, listed=lists is not None)
        watch.lap("rules")
        # Scanning costs about as much as scoring and confirming: whichever comes last has less to do.
        # Scoring comes before confirming: it asks for letters only, which are there, and leaves few posts.
        scan_first = candidates.posts.size > SCAN_FIRST * len(batch)
        if scan_first:
            expressions = self._scan(batch, folded, flags, candidates)
            watch.lap("expressions")
        self._score(batch, folded, candidates)
        watch.lap("learned")
        confirmed = self._confirm(batch, terms, candidates)
        watch.lap("confirm")
        if not scan_first:
            expressions = self._scan(batch, folded, flags, candidates)
            watch.lap("expressions")
        if not candidates.posts.size:
            return []
        left = _left(batch, folded, confirmed, expressions, candidates.posts)
        frame = self._conclusion.conclude(left, candidates.bounds, lists)
        watch.lap("complete")
        return [frame]

    def _bound(
        self, batch: Batch, flags: npt.NDArray[np.uint8], terms: FoundTerms, *, listed: bool
    ) -> Candidates:
        """Return the posts on which a rule is possible by the terms; `flags` are those of the posts."""
        owners = batch.owners[terms.fields]
        touched = np.full(len(batch), not self._estimator.needs_terms(listed=listed))
        touched[owners] = True
        posts = np.flatnonzero(touched)
        slots = np.cumsum(touched)[owners] - 1
        bounds = self._estimator.first(Glance(batch, posts, flags[posts], listed), slots, terms.targets)
        candidates = Candidates(posts, bounds)
        candidates.keep(self._estimator.possible(bounds))
        return candidates

    def _scan(
        self, batch: Batch, folded: Folded, flags: npt.NDArray[np.uint8], candidates: Candidates
    ) -> FoundExpressions:
        """Look for the expressions in the candidates, and keep those on which a rule is possible."""
        posts, bounds = candidates.posts, candidates.bounds
        slots = _slots(batch, posts)
        found = self._expressions.find(folded, np.flatnonzero(slots >= 0))
        self._estimator.with_expressions(bounds, flags[posts], slots[found.fields], found.numbers)
        candidates.keep(self._estimator.possible(bounds))
        return found

    def _score(self, batch: Batch, folded: Folded, candidates: Candidates) -> None:
        """Make the learned signals of the candidates exact, and keep those on which a rule is possible."""
        posts, bounds = candidates.posts, candidates.bounds
        if not self._learned or not posts.size:
            return
        slots = _slots(batch, posts)
        fields = np.flatnonzero(slots >= 0)
        for row, signal in self._learned:
            bounds.low[row] = score_fields(folded, fields, slots[fields], signal.weights, posts.size)
            bounds.high[row] = bounds.low[row]
        candidates.keep(self._estimator.possible(bounds))

    def _confirm(self, batch: Batch, terms: FoundTerms, candidates: Candidates) -> Confirmed:
        """Make the lexicon groups of the candidates exact, and keep those on which a rule is possible."""
        slots = _slots(batch, candidates.posts)
        fields = np.flatnonzero(slots >= 0)
        form_slots = np.cumsum(slots >= 0) - 1
        kept = np.flatnonzero(slots[terms.fields] >= 0)
        terms = FoundTerms(terms.targets[kept], terms.ends[kept], terms.fields[kept])
        forms = normal_forms(batch.column, fields)
        spans = self._aligner.spans(forms, form_slots[terms.fields], terms)
        stands = np.flatnonzero(spans[:, 0] >= 0)
        self._estimator.with_terms(candidates.bounds, slots[terms.fields[stands]], terms.targets[stands])
        candidates.keep(self._estimator.possible(candidates.bounds))
        return Confirmed(fields, forms, terms, spans)


def _left(
    batch: Batch,
    folded: Folded,
    confirmed: Confirmed,
    expressions: FoundExpressions,
    posts: npt.NDArray[np.int64],
) -> Left:
    """Return what is left to be concluded of some posts."""
    slots = _slots(batch, posts)
    terms = confirmed.terms
    form_slots = np.flatnonzero(slots[confirmed.fields] >= 0)
    fields = confirmed.fields[form_slots]
    stands = np.flatnonzero((slots[terms.fields] >= 0) & (confirmed.spans[:, 0] >= 0))
    relaxed = np.flatnonzero(slots[expressions.fields] >= 0)
    return Left(
        batch=batch,
        folded=folded,
        posts=posts,
        fields=fields,
        owners=slots[fields],
        forms=confirmed.forms,
        form_slots=form_slots,
        targets=terms.targets[stands],
        term_fields=terms.fields[stands],
        spans=confirmed.spans[stands],
        expressions=expressions.numbers[relaxed],
        expression_fields=expressions.fields[relaxed],
    )


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
