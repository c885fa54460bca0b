"""The last stage of the columnar engine: exact signals of the posts that are left, rules, and findings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import QuotedSignal
from tipstaff.screening.bounds import Bounds, Mask, anywhere
from tipstaff.screening.derive import quotations
from tipstaff.screening.estimate import Estimator
from tipstaff.screening.evidence import MAX_SPANS
from tipstaff.screening.frame import Exhibits, Frame
from tipstaff.screening.hits import Gatherer, Hits, Left
from tipstaff.screening.kernels.derive import derive
from tipstaff.screening.kernels.exhibit import exhibit
from tipstaff.screening.learned import heaviest_of_fields
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.program import Part, Program


class Conclusion:
    """Concludes the posts that are left.

    Signals that need no entity come first, then the entities of the posts on which a rule is still
    possible, and only those that such a rule reads.
    """

    def __init__(self, plan: Plan, estimator: Estimator) -> None:
        self._estimator = estimator
        self._gatherer = Gatherer(plan)
        self._program = Program(plan)
        self._quoted = [row for row, signal in self._program.signals if isinstance(signal, QuotedSignal)]

    def conclude(self, left: Left, bounds: Bounds, lists: BlockLists | None) -> Frame:
        """Return the findings on posts whose lexicon groups and learned signals have exact bounds."""
        needs, texts = self._program.needs, self._gatherer.texts()
        possible = self._estimator.possible_rules(bounds)
        values = bounds.low.T.copy()
        places = self._gatherer.expressions(left, possible.T @ needs, texts)
        _count(places, values)
        hits = np.concatenate([self._gatherer.terms(left), places])
        quotes = self._quotations(left, bounds)
        self._derive(hits, quotes, anywhere(possible, 0), values, self._program.early)
        self._estimator.with_values(bounds, self._program.early_rows, values.T)
        possible &= self._estimator.possible_rules(bounds)
        places = self._gatherer.entities(left, possible.T @ needs, texts, lists)
        _count(places, values)
        shown = self._derive(
            np.concatenate([hits, places]), quotes, anywhere(possible, 0), values, self._program.late
        )
        # A rule that was not possible has signals that nobody computed: it cannot fire.
        exact = Bounds(*[np.ascontiguousarray(values.T)] * 2)
        fired = self._estimator.possible_rules(exact) & possible
        return self._frame(left, exact, fired, Exhibits(values, *shown, texts))

    def _quotations(self, left: Left, bounds: Bounds) -> npt.NDArray[np.int64]:
        """Return the quotations (post, field, start, end) of the posts that may have something quoted."""
        found = []
        if self._quoted:
            may = anywhere(bounds.high[self._quoted] > 0, 0)
            for field, owner in zip(left.fields.tolist(), left.owners.tolist(), strict=True):
                if may[owner]:
                    spans = quotations(left.batch.texts[field])
                    found += [(owner, field, start, end) for start, end in spans]
        return np.array(found, dtype=np.int64).reshape(len(found), 4)

    def _derive(
        self,
        hits: Hits,
        quotes: npt.NDArray[np.int64],
        wanted: Mask,
        values: npt.NDArray[np.int64],
        part: Part,
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Fill the rows of `values` that a part derives; returns what it shows, see `frame.Exhibits`."""
        hits = hits[np.argsort(hits[:, 0], kind="stable")]
        posts = np.arange(wanted.size + 1)
        segment_of = np.empty(values.shape, dtype=np.int32)
        places, segments = derive(
            np.searchsorted(hits[:, 0], posts), hits, part.steps, self._program.members,
            np.searchsorted(quotes[:, 0], posts), quotes[:, 1:], wanted, part.shown, MAX_SPANS,
            values, segment_of,
        )  # fmt: skip
        return segment_of, segments, places

    def _frame(self, left: Left, exact: Bounds, fired: Mask, exhibits: Exhibits) -> Frame:
        """Lay out the findings of the rules that `fired` (rules, posts)."""
        program = self._program
        slots, rules = np.nonzero(fired.T)
        found_on = np.unique(slots)
        _settle_ties(exhibits, found_on)
        exhibits = self._with_grams(left, found_on, exhibits)
        starts, scores = np.empty(rules.size + 1, dtype=np.int64), np.empty(rules.size, dtype=np.int64)
        shown = exhibit(
            slots, rules, program.clause_starts, program.clauses,
            program.guards.possible(exact),
            program.member_starts, program.members, program.shown_as, program.severities,
            exhibits.values, exhibits.segment_of, exhibits.segments[:, 2], starts, scores,
        )  # fmt: skip
        return Frame(left.batch, program, left.posts[slots], slots, rules, starts, shown, scores, exhibits)

    def _with_grams(self, left: Left, slots: npt.NDArray[np.int64], exhibits: Exhibits) -> Exhibits:
        """Add the n-grams that weighed most in the learned signals of some posts."""
        chosen = np.flatnonzero(np.isin(left.owners, slots))
        owners, fields, forms = left.owners[chosen], left.fields[chosen], left.form_slots[chosen]
        places, segments = [exhibits.places], [exhibits.segments]
        first_place, first_segment = len(exhibits.places), len(exhibits.segments)
        for row, signal in self._program.learned.items():
            spans, counts = heaviest_of_fields(left.folded, fields, signal.weights)
            index = np.repeat(np.arange(chosen.size), counts)
            some = spans[np.arange(spans.shape[1]) < counts[:, np.newaxis]]
            starts, ends = some[:, 0], some[:, 1]
            grams = left.folded.between(fields[index], starts, ends)
            texts = np.array([exhibits.texts.number(gram) for gram in grams], dtype=np.int64)
            first, last = (
                left.forms.origin_of(forms[index], starts),
                left.forms.origin_of(forms[index], ends - 1),
            )
            places.append(np.stack([fields[index], first, last + 1, texts], axis=1))
            of = np.searchsorted(slots, owners[index])
            edges = np.searchsorted(of, np.arange(slots.size + 1))
            different = np.bincount(np.unique(of << 32 | texts) >> 32, minlength=slots.size)
            segments.append(
                np.stack(
                    [edges[:-1] + first_place, edges[1:] + first_place, different, np.zeros_like(slots)],
                    axis=1,
                )
            )
            exhibits.segment_of[slots, row] = first_segment + np.arange(slots.size)
            first_place += index.size
            first_segment += slots.size
        return replace(exhibits, segments=np.concatenate(segments), places=np.concatenate(places))


def _count(hits: Hits, values: npt.NDArray[np.int64]) -> None:
    """Add one to the value of a signal for each of its hits."""
    cells = hits[:, 0] * values.shape[1] + hits[:, 1]
    values += np.bincount(cells, minlength=values.size).reshape(values.shape)


def _settle_ties(exhibits: Exhibits, slots: npt.NDArray[np.int64]) -> None:
    """Put places that differ in their text alone in the order of the texts, and drop those too many."""
    tied = np.flatnonzero(exhibits.segments[:, 3])
    if not tied.size:  # hardly ever are there any, and looking for those that are shown takes time
        return
    for number in tied[np.isin(tied, exhibits.segment_of[slots])].tolist():
        first, last = exhibits.segments[number, :2].tolist()
        places = exhibits.places[first:last].tolist()
        places.sort(key=lambda place: (*place[:3], exhibits.texts[place[3]]))
        exhibits.places[first:last] = places
        kept = places[:MAX_SPANS]
        exhibits.segments[number, 1:3] = first + len(kept), len({text for _, _, _, text in kept})
