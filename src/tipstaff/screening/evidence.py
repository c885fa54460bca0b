"""From rules that fired on a post to findings that explain themselves, in the obvious way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from tipstaff.policy.condition import And, Compare, Condition, Constant, Flag, Name, Not, Or
from tipstaff.policy.model import FactSignal, LearnedSignal, Outcome, Rule, Signal, UnionSignal
from tipstaff.screening.bounds import holds
from tipstaff.screening.complete import Workings
from tipstaff.screening.findings import ABSENT, Evidence, Finding, Hit
from tipstaff.screening.plan import PolicyPlan

MAX_SPANS = 8
"""How many spans of one signal a finding shows."""


Explain: TypeAlias = Callable[[LearnedSignal], Sequence[Hit]]
"""Finds what weighed most in a learned signal of the post at hand."""


def make_findings(
    plan: PolicyPlan, workings: Workings, fired: Sequence[Rule], explain: Explain
) -> list[Finding]:
    """Return a finding for each rule that fired on a post, in the order of the policy."""
    post = workings.batch.posts[workings.post]
    exempting = [rule for rule in fired if rule.outcome is Outcome.PERMITTED]
    exhibits = _Exhibits(plan, workings, explain)
    found = []
    for rule in fired:
        evidence = exhibits.of(rule)
        found.append(
            Finding(
                post=post.id,
                account=post.account,
                host=post.host,
                policy=plan.policy.reference,
                rule=rule.name,
                outcome=rule.outcome,
                exempted_by=tuple(other.name for other in exempting if rule.name in other.exempts),
                provision=rule.provision,
                severity=rule.severity,
                score=score(rule.severity, evidence),
                evidence=evidence,
            )
        )
    return found


def score(severity: int, evidence: Sequence[Evidence]) -> int:
    """Return 1 to 100: 12 for each step of severity and 4 for each different thing that matched."""
    distinct = {(item.signal, item.matched) for item in evidence if item.start is not None}
    return min(100, 12 * severity + 4 * len(distinct))


def _relevant(
    condition: Condition, values: Mapping[str, int], *, positive: bool
) -> Iterator[tuple[str, bool]]:
    """Yield the signals that made a condition hold, and whether it asked for them or for their absence."""
    match condition:
        case Flag(name):
            yield name, positive
        case Compare(left, _, right):
            for side in (left, right):
                if isinstance(side, Name):
                    yield side.name, positive
        case And(parts):
            for part in parts:
                yield from _relevant(part, values, positive=positive)
        case Or(parts):
            for part in parts:
                if not positive or holds(part, values):
                    yield from _relevant(part, values, positive=positive)
        case Not(part):
            yield from _relevant(part, values, positive=not positive)
        case Constant():
            return


class _Exhibits:
    """The evidence of one post under one policy; what several rules share is made once."""

    def __init__(self, plan: PolicyPlan, workings: Workings, explain: Explain) -> None:
        self._plan = plan
        self._workings = workings
        self._explain = explain
        self._values = {name: workings.values[row] for name, row in plan.rows.items()}
        self._made: dict[tuple[str, bool], tuple[Evidence, ...]] = {}

    def of(self, rule: Rule) -> tuple[Evidence, ...]:
        """Return why a rule fired, each signal once, in the order of its condition."""
        relevant = dict.fromkeys(_relevant(rule.when, self._values, positive=True))
        return tuple(item for key in relevant for item in self._signal(*key))

    def _signal(self, name: str, positive: bool) -> tuple[Evidence, ...]:  # noqa: FBT001  it is half of a key
        """Return the evidence of one signal."""
        key = name, positive
        if key not in self._made:
            self._made[key] = tuple(self._make(self._plan.by_name[name], positive=positive))
        return self._made[key]

    def _make(self, signal: Signal, *, positive: bool) -> Iterator[Evidence]:
        """Yield the evidence of one signal: its places, or a fact."""
        value = self._values[signal.name]
        if isinstance(signal, FactSignal):
            yield Evidence(signal.name, signal.field.value, None, None, None, str(value))
        elif isinstance(signal, LearnedSignal):
            if positive:
                yield Evidence(signal.name, None, None, None, None, f"score {value}")
                yield from (self._span(signal.name, hit) for hit in self._explain(signal))
        elif value == 0:
            yield Evidence(signal.name, None, None, None, None, ABSENT)
        elif positive and isinstance(signal, UnionSignal):
            for name in signal.of:
                if self._values[name]:
                    yield from self._signal(name, positive=True)
        elif positive:
            places = self._workings.hits.get(self._plan.rows[signal.name], ())
            yield from (self._span(signal.name, hit) for hit in sorted(set(places))[:MAX_SPANS])

    def _span(self, signal: str, hit: Hit) -> Evidence:
        """Return the evidence of one place."""
        batch = self._workings.batch
        text = batch.texts[hit.field][hit.start : hit.end]
        return Evidence(signal, batch.names[hit.field], hit.start, hit.end, text, hit.matched)
