"""The columnar engine: a whole batch at a time, and the costly signals only where a rule may still fire.

1. *terms*: fold every field to its letters, and find the spellings of all terms in them;
2. *expressions*: bound every signal of every post; where a rule is possible, look for relaxed expressions;
3. *rules*: bound again; posts on which no rule is possible are done with;
4. *confirm* the others: normal form, alignment of what was found, exact lexicon groups; bound again;
5. *learned* signals of what is left; bound again;
6. *complete* each post that is left: exact expressions, entities, derived signals; evaluate the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import thread_time_ns
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import LearnedSignal
from tipstaff.screening.bounds import Bounds
from tipstaff.screening.complete import Completer, Workings
from tipstaff.screening.confirm import Aligner, NormalForms, normal_forms
from tipstaff.screening.derive import pattern_hits
from tipstaff.screening.estimate import Estimator, Glance
from tipstaff.screening.evidence import Explain, make_findings
from tipstaff.screening.expressions import Expressions, FoundExpressions
from tipstaff.screening.findings import Finding, Hit
from tipstaff.screening.kernels.ngrams import score_posts
from tipstaff.screening.learned import heaviest
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.posts import Batch
from tipstaff.screening.tables import DIGIT
from tipstaff.screening.terms import Folded, FoundTerms, Terms

CHUNK = 8192
"""How many posts go through the stages together: few enough for their views to stay in the cache."""

Event: TypeAlias = tuple[int, int, int, int]
"""Which target was found, in which field, start and end."""

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
        self._completer = Completer(plan)
        self._learned = [
            (policy.rows[signal.name], signal)
            for policy in plan.policies
            for signal in policy.signals
            if isinstance(signal, LearnedSignal)
        ]
        self._weak = [number for number, expression in enumerate(plan.expressions) if expression.weak]
        self._pattern_rows = frozenset(expression.row for expression in plan.expressions)
        self.stage_ns = dict.fromkeys(STAGES, 0)

    def screen(self, batch: Batch, lists: BlockLists | None = None) -> list[Finding]:
        """Return the findings of a batch, by post, policy and rule."""
        return [finding for chunk in batch.chunks(CHUNK) for finding in self._screen_chunk(chunk, lists)]

    def _screen_chunk(self, batch: Batch, lists: BlockLists | None) -> list[Finding]:
        """Screen a batch that is small enough to go through the stages in one piece."""
        watch = _Watch(self.stage_ns)
        folded, terms = self._terms.find(batch.column)
        watch.lap("terms")
        posts, flags, bounds = self._bound(batch, folded, terms, listed=lists is not None)
        watch.lap("rules")
        expressions = self._expressions.find(folded, _fields(batch, posts))
        watch.lap("expressions")
        slots = np.searchsorted(posts, batch.owners[expressions.fields])
        self._estimator.with_expressions(bounds, flags, slots, expressions.numbers)
        possible = self._estimator.possible(bounds)
        posts, bounds = posts[possible], bounds.where(possible)
        watch.lap("rules")
        candidates = self._confirm(batch, terms, expressions, posts, bounds)
        watch.lap("confirm")
        self._score(batch, candidates)
        watch.lap("learned")
        findings = self._complete(batch, folded, candidates, lists) if candidates.posts.size else []
        watch.lap("complete")
        return findings

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
        fields = _fields(batch, posts)
        kept = _among(fields, batch)[terms.fields]
        terms = FoundTerms(terms.targets[kept], terms.ends[kept], terms.fields[kept])
        forms = normal_forms(batch.column, fields)
        spans = self._aligner.spans(forms, fields, terms)
        candidates = Candidates(posts, fields, forms, terms, spans, expressions, bounds)
        stands = spans[:, 0] >= 0
        slots = np.searchsorted(posts, batch.owners[terms.fields[stands]])
        self._estimator.with_terms(bounds, slots, terms.targets[stands])
        candidates.keep(self._estimator.possible(bounds))
        return candidates

    def _score(self, batch: Batch, candidates: Candidates) -> None:
        """Make the learned signals of the candidates exact, and keep those on which a rule is possible."""
        if not self._learned or not candidates.posts.size:
            return
        owners = batch.owners[candidates.fields]
        chosen = np.flatnonzero(np.isin(owners, candidates.posts))
        letters = candidates.forms.letters()
        starts = candidates.forms.letter_starts
        compact, sizes = _gather(letters, starts, chosen)
        posts = np.searchsorted(candidates.posts, owners[chosen])
        for row, signal in self._learned:
            header = signal.weights.header
            scores = np.zeros(candidates.posts.size, dtype=np.int64)
            score_posts(
                compact, sizes, posts, signal.weights.table,
                header.shortest, header.longest, header.bias, header.scale, scores,
            )  # fmt: skip
            candidates.bounds.low[row] = scores
            candidates.bounds.high[row] = scores
        candidates.keep(self._estimator.possible(candidates.bounds))

    def _complete(
        self, batch: Batch, folded: Folded, candidates: Candidates, lists: BlockLists | None
    ) -> list[Finding]:
        """Compute what is left of each candidate, evaluate the rules, and explain those that fired."""
        owners = batch.owners[candidates.fields]
        first = np.searchsorted(owners, candidates.posts, side="left")
        last = np.searchsorted(owners, candidates.posts, side="right")
        outer = candidates.fields[first], candidates.fields[last - 1]
        begin = np.searchsorted(candidates.terms.fields, outer[0], side="left")
        end = np.searchsorted(candidates.terms.fields, outer[1], side="right")
        begin_of = np.searchsorted(candidates.expressions.fields, outer[0], side="left")
        end_of = np.searchsorted(candidates.expressions.fields, outer[1], side="right")
        rows = candidates.bounds.low.T.tolist()
        events = list(
            zip(
                candidates.terms.targets.tolist(),
                candidates.terms.fields.tolist(),
                candidates.spans[:, 0].tolist(),
                candidates.spans[:, 1].tolist(),
                strict=True,
            )
        )
        scanned = list(
            zip(candidates.expressions.fields.tolist(), candidates.expressions.numbers.tolist(), strict=True)
        )
        completed = []
        for i, post in enumerate(candidates.posts.tolist()):
            slots = range(int(first[i]), int(last[i]))
            fields = candidates.fields[slots.start : slots.stop]
            workings = Workings(
                batch, post, fields.tolist(), folded.flags[fields].tolist(), lists,
                values=rows[i],
            )  # fmt: skip
            relaxed = scanned[begin_of[i] : end_of[i]]
            self._place(candidates, slots, events[begin[i] : end[i]], relaxed, workings)
            self._completer.early(workings)
            completed.append((workings, _Explainer(candidates, slots).explain))
        early = np.array([workings.values for workings, _ in completed], dtype=np.int64).T
        self._estimator.with_values(candidates.bounds, self._completer.early_rows, early)
        possible = self._estimator.possible_rules(candidates.bounds)
        left = np.flatnonzero(possible.any(axis=0))
        completed = [completed[i] for i in left]
        possible = possible[:, left]
        for i, (workings, _) in enumerate(completed):
            self._completer.late(workings, np.flatnonzero(possible[:, i]).tolist())
        exact = np.array([workings.values for workings, _ in completed], dtype=np.int64)
        exact = exact.reshape(len(completed), self._plan.row_count).T
        # A rule that was not possible has signals that nobody computed: it cannot fire.
        fired = self._estimator.possible_rules(Bounds(exact, exact)) & possible
        return [
            finding
            for i, (workings, explain) in enumerate(completed)
            for finding in self._explain(workings, np.flatnonzero(fired[:, i]).tolist(), explain)
        ]

    def _explain(self, workings: Workings, fired: Sequence[int], explain: Explain) -> Iterator[Finding]:
        """Yield the findings of one post, given the numbers of the rules that fired."""
        first = 0
        for plan in self._plan.policies:
            last = first + len(plan.policy.rules)
            rules = [plan.policy.rules[number - first] for number in fired if first <= number < last]
            if rules:
                yield from make_findings(plan, workings, rules, explain)
            first = last

    def _place(
        self,
        candidates: Candidates,
        slots: range,
        events: Sequence[Event],
        relaxed: Sequence[tuple[int, int]],
        workings: Workings,
    ) -> None:
        """Put the places of terms and exact expressions into the workings of one post."""
        expressions = dict.fromkeys(relaxed)
        for target, field, start, end in events:
            if start >= 0:
                wanted = self._plan.targets[target]
                hit = Hit(field, start, end, wanted.spelled.letters)
                for owner in wanted.owners:
                    workings.hits.setdefault(owner.row, []).append(hit)
        for row in self._pattern_rows:
            workings.values[row] = 0
        for field, flags in zip(workings.fields, workings.flags, strict=True):
            if flags & DIGIT:
                expressions.update(dict.fromkeys((field, number) for number in self._weak))
        texts: dict[int, str] = {}
        offset = int(candidates.fields[slots.start])
        for field, number in expressions:
            slot = slots.start + field - offset
            if slot not in texts:
                texts[slot] = candidates.forms.text(slot)
            expression = self._plan.expressions[number]
            if any(char not in texts[slot] for char in expression.required):
                continue
            matches = list(pattern_hits(expression.exact, texts[slot], candidates.forms.origins(slot), field))
            if matches:
                workings.hits.setdefault(expression.row, []).extend(matches)
                workings.values[expression.row] += len(matches)


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


@dataclass(frozen=True, slots=True)
class _Explainer:
    """Finds the n-grams that weighed most in one post."""

    candidates: Candidates
    slots: range

    def explain(self, signal: LearnedSignal) -> Sequence[Hit]:
        """Return the places of the heaviest n-grams."""
        forms = self.candidates.forms
        explained = []
        for slot in self.slots:
            places = forms.letter_at[forms.letter_starts[slot] : forms.letter_starts[slot + 1]]
            letters = forms.chars[forms.starts[slot] + places]
            origin = forms.origins(slot)
            for start, end in heaviest(letters, signal.weights):
                gram = letters[start:end].tobytes().decode("utf-32-le")
                span = int(origin[places[start]]), int(origin[places[end - 1]]) + 1
                explained.append(Hit(int(self.candidates.fields[slot]), *span, gram))
        return explained


def _fields(batch: Batch, posts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the fields of some posts, in order."""
    chosen = np.zeros(len(batch), dtype=np.bool_)
    chosen[posts] = True
    return np.flatnonzero(chosen[batch.owners])


def _among(fields: npt.NDArray[np.int64], batch: Batch) -> npt.NDArray[np.bool_]:
    """Return which fields of a batch are among some."""
    among = np.zeros(batch.owners.size, dtype=np.bool_)
    among[fields] = True
    return among


def _gather(
    letters: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return the letters of the chosen fields end to end, and where each begins."""
    sizes = starts[chosen + 1] - starts[chosen]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    index = np.arange(offsets[-1]) + np.repeat(starts[chosen] - offsets[:-1], sizes)
    return letters[index], offsets
