"""From rules that fired to findings that explain themselves: shared by both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tipstaff.policy.condition import And, Compare, Condition, Constant, Flag, Name, Not, Or
from tipstaff.policy.model import FactSignal, LearnedSignal, Outcome, Rule, Signal, UnionSignal
from tipstaff.screening.bounds import holds
from tipstaff.screening.findings import ABSENT, Evidence, Finding, Hit
from tipstaff.screening.plan import PolicyPlan
from tipstaff.screening.posts import Batch

MAX_SPANS = 8
"""How many spans of one signal a finding shows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that an engine knows of one post under one policy.

    `values` has every signal; `hits` those that have places; `explain` finds what weighed most in a
    learned signal, when somebody wants to know.
    """

    post: int
    values: Mapping[str, int]
    hits: Mapping[str, Sequence[Hit]]
    explain: Callable[[LearnedSignal], Sequence[Hit]]


def make_findings(batch: Batch, plan: PolicyPlan, seen: Seen, fired: Sequence[Rule]) -> list[Finding]:
    """Return a finding for each rule that fired on a post, in the order of the policy."""
    post = batch.posts[seen.post]
    exempting = [rule for rule in fired if rule.outcome is Outcome.PERMITTED]
    signals = {signal.name: signal for signal in plan.signals}
    found = []
    for rule in fired:
        evidence = tuple(_evidence(batch, signals, seen, rule))
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


def _evidence(
    batch: Batch, signals: Mapping[str, Signal], seen: Seen, rule: Rule
) -> Iterator[Evidence]:
    """Yield why a rule fired, each signal once, in the order of its condition."""
    for name, positive in dict.fromkeys(_relevant(rule.when, seen.values, positive=True)):
        yield from _signal_evidence(batch, signals, seen, signals[name], positive=positive)


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


def _signal_evidence(
    batch: Batch, signals: Mapping[str, Signal], seen: Seen, signal: Signal, *, positive: bool
) -> Iterator[Evidence]:
    """Yield the evidence of one signal: its places, or a fact."""
    value = seen.values[signal.name]
    if isinstance(signal, FactSignal):
        yield Evidence(signal.name, signal.field.value, None, None, None, str(value))
    elif isinstance(signal, LearnedSignal):
        if positive:
            yield Evidence(signal.name, None, None, None, None, f"score {value}")
            for hit in seen.explain(signal):
                yield _span(batch, signal.name, hit)
    elif value == 0:
        yield Evidence(signal.name, None, None, None, None, ABSENT)
    elif positive and isinstance(signal, UnionSignal):
        for name in signal.of:
            if seen.values[name]:
                yield from _signal_evidence(batch, signals, seen, signals[name], positive=True)
    elif positive:
        for hit in sorted(set(seen.hits[signal.name]))[:MAX_SPANS]:
            yield _span(batch, signal.name, hit)


def _span(batch: Batch, signal: str, hit: Hit) -> Evidence:
    """Return the evidence of one place."""
    text = batch.texts[hit.field][hit.start : hit.end]
    return Evidence(signal, batch.names[hit.field], hit.start, hit.end, text, hit.matched)
