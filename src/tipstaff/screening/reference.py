"""The reference engine: slow, obvious, one post at a time. It is the oracle of the columnar engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tipstaff.policy.folding import Letters, Normal, is_rare, letters, normalise, syllables
from tipstaff.policy.model import LearnedSignal
from tipstaff.policy.spelling import Spelled
from tipstaff.screening.alignment import stands
from tipstaff.screening.batches import Batch
from tipstaff.screening.bounds import holds
from tipstaff.screening.complete import Completer, Workings
from tipstaff.screening.derive import pattern_hits
from tipstaff.screening.evidence import Explain, make_findings
from tipstaff.screening.findings import Finding, Hit, OnPost
from tipstaff.screening.learned import heaviest, score_letters
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan, Target


class ReferenceEngine:
    """Screens posts as the documentation describes it, without any shortcut."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._completer = Completer(plan)

    def screen(self, batch: Batch, lists: BlockLists | None = None) -> list[Finding]:
        """Return the findings of a batch, by post, policy and rule."""
        return [finding for _, findings in self.by_post(batch, lists) for finding in findings]

    def by_post(self, batch: Batch, lists: BlockLists | None = None) -> Iterator[OnPost]:
        """Yield the posts on which something is found, in order, each with its findings."""
        fields: list[list[int]] = [[] for _ in batch.posts]
        for field, owner in enumerate(batch.owners.tolist()):
            fields[owner].append(field)
        for number, post in enumerate(batch.posts):
            if findings := self._screen_post(batch, number, fields[number], lists):
                yield OnPost(post, findings)

    def _screen_post(
        self, batch: Batch, post: int, fields: Sequence[int], lists: BlockLists | None
    ) -> list[Finding]:
        """Return the findings of one post."""
        views = {field: _view(batch.texts[field]) for field in fields}
        workings = Workings(batch, post, fields, lists, values=[0] * self._plan.row_count)
        self._find_terms(views, workings)
        for expression in self._plan.expressions:
            for field, (normal, _) in views.items():
                found = list(pattern_hits(expression.exact, normal.text, normal.origin, field))
                workings.hits.setdefault(expression.row, []).extend(found)
                workings.values[expression.row] += len(found)
        for plan in self._plan.policies:
            for signal in plan.signals:
                if isinstance(signal, LearnedSignal):
                    texts = [view.text for _, view in views.values()]
                    workings.values[plan.rows[signal.name]] = score_letters(texts, signal.weights)
        self._completer.complete(workings)
        findings: list[Finding] = []
        for plan in self._plan.policies:
            values = {name: workings.values[row] for name, row in plan.rows.items()}
            fired = [rule for rule in plan.policy.rules if holds(rule.when, values)]
            findings += make_findings(plan, workings, fired, _explainer(views))
        return findings

    def _find_terms(self, views: dict[int, tuple[Normal, Letters]], workings: Workings) -> None:
        """Find every spelling of every term, and add up the weights of the distinct terms."""
        terms: set[tuple[int, int]] = set()
        for target in self._plan.targets:
            for field, (normal, view) in views.items():
                for at, end in _occurrences(target, normal, view):
                    start, stop = normal.origin[view.origin[at]], normal.origin[view.origin[end - 1]] + 1
                    for owner in target.owners:
                        hit = Hit(field, start, stop, target.spelled.letters)
                        workings.hits.setdefault(owner.row, []).append(hit)
                        if (owner.row, owner.term) not in terms:
                            terms.add((owner.row, owner.term))
                            workings.values[owner.row] += owner.weight


def _explainer(views: dict[int, tuple[Normal, Letters]]) -> Explain:
    """Return what finds the n-grams that weighed most in a post."""

    def explain(signal: LearnedSignal) -> list[Hit]:
        explained = []
        for field, (normal, view) in views.items():
            for start, end in heaviest(view.text, signal.weights):
                span = normal.origin[view.origin[start]], normal.origin[view.origin[end - 1]] + 1
                explained.append(Hit(field, *span, view.text[start:end]))
        return explained

    return explain


def _view(text: str) -> tuple[Normal, Letters]:
    """Return the normal form and the letters view of a field."""
    normal = normalise(text)
    return normal, letters(normal.text)


def _occurrences(target: Target, normal: Normal, view: Letters) -> Iterator[tuple[int, int]]:
    """Yield where a spelling stands, as spans of letters."""
    size = len(target.spelled.letters)
    places = _by_sound(target.spelled, view.text) if target.by_sound else _plain(target.spelled, view.text)
    for at in places:
        if stands(target.spelled, normal.text, view, at):
            yield at, at + size


def _plain(spelled: Spelled, text: str) -> Iterator[int]:
    """Yield where the letters of a spelling occur, overlapping ones too."""
    at = text.find(spelled.letters)
    while at >= 0:
        yield at
        at = text.find(spelled.letters, at + 1)


def _by_sound(spelled: Spelled, text: str) -> Iterator[int]:
    """Yield where every character is the term's or sounds like it, and a different one is rare."""
    size = len(spelled.letters)
    around = {i - k for i, char in enumerate(text) if is_rare(char) for k in range(size)}
    for at in sorted(place for place in around if 0 <= place <= len(text) - size):
        pairs = list(zip(text[at : at + size], spelled.letters, strict=True))
        if any(one != two and is_rare(one) for one, two in pairs) and all(
            one == two or syllables(one) & syllables(two) for one, two in pairs
        ):
            yield at
