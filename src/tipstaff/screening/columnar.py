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
from tipstaff.screening.findings import Finding, Hit
from tipstaff.screening.learned import heaviest_of_fields, score_fields
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.posts import Batch
from tipstaff.screening.scan import Folded, Found, Scanner, fold
from tipstaff.screening.tables import DIGIT

CHUNK = 8192
"""How many posts go through the stages together: few enough for their views to stay in the cache."""

Event: TypeAlias = tuple[int, int, int, int]
"""What was found (a target or, beyond those, an expression), in which field, start and end."""

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
        findings = self._complete(batch, folded, candidates, lists) if candidates.posts.size else []
        times.append(thread_time_ns())
        for stage, begin, end in zip(STAGES, times, times[1:], strict=False):
            self.stage_ns[stage] += end - begin
        return findings

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
    ) -> list[Finding]:
        """Compute what is left of each candidate, evaluate the rules, and explain those that fired."""
        owners = batch.owners[candidates.fields]
        first = np.searchsorted(owners, candidates.posts, side="left")
        last = np.searchsorted(owners, candidates.posts, side="right")
        begin = np.searchsorted(candidates.found.fields, candidates.fields[first], side="left")
        end = np.searchsorted(candidates.found.fields, candidates.fields[last - 1], side="right")
        rows = candidates.bounds.low.T.tolist()
        events = list(
            zip(
                candidates.found.targets.tolist(),
                candidates.found.fields.tolist(),
                candidates.spans[:, 0].tolist(),
                candidates.spans[:, 1].tolist(),
                strict=True,
            )
        )
        completed = []
        for i, post in enumerate(candidates.posts.tolist()):
            slots = range(int(first[i]), int(last[i]))
            fields = candidates.fields[slots.start : slots.stop]
            workings = Workings(
                batch, post, fields.tolist(), folded.flags[fields].tolist(), lists,
                values=rows[i],
            )  # fmt: skip
            self._place(candidates, slots, events[begin[i] : end[i]], workings)
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
        self, candidates: Candidates, slots: range, events: Sequence[Event], workings: Workings
    ) -> None:
        """Put the places of terms and exact expressions into the workings of one post."""
        expressions: dict[tuple[int, int], None] = {}
        count = len(self._plan.targets)
        for target, field, start, end in events:
            if target >= count:
                expressions[field, target - count] = None
            elif start >= 0:
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


@dataclass(frozen=True, slots=True)
class _Explainer:
    """Finds the n-grams that weighed most in one post."""

    candidates: Candidates
    slots: range

    def explain(self, signal: LearnedSignal) -> Sequence[Hit]:
        """Return the places of the heaviest n-grams."""
        forms = self.candidates.forms
        heaviest = heaviest_of_fields(forms, np.array(self.slots, dtype=np.int64), signal.weights)
        explained = []
        for slot, spans, count in zip(self.slots, *heaviest, strict=True):
            places = forms.letter_at[forms.letter_starts[slot] : forms.letter_starts[slot + 1]]
            chars = forms.chars[forms.starts[slot] : forms.starts[slot + 1]]
            origin = forms.origins(slot)
            for start, end in spans[:count].tolist():
                gram = chars[places[start:end]].tobytes().decode("utf-32-le")
                span = int(origin[places[start]]), int(origin[places[end - 1]]) + 1
                explained.append(Hit(int(self.candidates.fields[slot]), *span, gram))
        return explained


def _slots(batch: Batch, posts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each field of a batch where its post stands in `posts`; -1 if it does not."""
    slots = np.full(len(batch), -1, dtype=np.int64)
    slots[posts] = np.arange(posts.size)
    return slots[batch.owners]
