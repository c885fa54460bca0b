"""What a finding is to an author: a problem, with its provision and the facts behind it, in a language."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language, LearnedSignal, Outcome, Policy
from tipstaff.screening.findings import Finding, stands


class Fact(msgspec.Struct, frozen=True):
    """A piece of evidence that stands nowhere in particular: the value of a signal, or that it is absent."""

    signal: str
    summary: str
    matched: str


class Cited(msgspec.Struct, frozen=True):
    """The provision that a rule puts into practice."""

    id: str
    citation: str
    instrument: str
    article: str
    jurisdiction: str
    source: str


class DraftPassage(msgspec.Struct, frozen=True):
    """A passage: code points `start` to `end` of a field; `matched` is the normal form.

    `learned`: one of the letter groups that weighed most in a learned signal; they mean little alone.
    """

    signal: str
    field: str
    text: str
    matched: str
    start: int
    end: int
    learned: bool


class DraftProblem(msgspec.Struct, frozen=True):
    """A rule that the draft would break, or that would send it to a reviewer."""

    policy: str
    rule: str
    outcome: Outcome
    severity: int
    score: int
    title: str
    explanation: str
    provision: Cited
    passages: list[DraftPassage]
    facts: tuple[Fact, ...]


def problems_among(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that are problems, the gravest first: what a rule exempts is none."""
    return sorted(
        filter(stands, findings),
        key=lambda each: (each.outcome is Outcome.REVIEW, -each.severity),
    )


def problem_of(policy: Policy, finding: Finding, language: Language) -> DraftProblem:
    """Return a finding in the words of an author."""
    rule = policy.rule(finding.rule)
    learned = learned_signals(policy)
    return DraftProblem(
        policy=finding.policy,
        rule=finding.rule,
        outcome=finding.outcome,
        severity=finding.severity,
        score=finding.score,
        title=rule.title.in_language(language),
        explanation=rule.explanation.in_language(language),
        provision=cited_by(policy, finding, language),
        passages=[
            DraftPassage(
                one.signal, one.field, one.text, one.matched, one.start, one.end, one.signal in learned
            )
            for one in finding.evidence
            if one.field is not None
            and one.start is not None
            and one.end is not None
            and one.text is not None
        ],
        facts=facts_of(policy, finding, language),
    )


def cited_by(policy: Policy, finding: Finding, language: Language) -> Cited:
    """Return the provision that a finding is about."""
    provision = policy.provision(finding.provision)
    return Cited(
        provision.id,
        citation(provision, language),
        provision.instrument.in_language(language),
        provision.article,
        provision.jurisdiction,
        provision.source,
    )


def facts_of(policy: Policy, finding: Finding, language: Language) -> tuple[Fact, ...]:
    """Return the evidence of a finding that has no place in the text."""
    summaries = {signal.name: signal.summary for signal in policy.signals}
    return tuple(
        Fact(item.signal, summaries[item.signal].in_language(language), item.matched)
        for item in finding.evidence
        if item.start is None
    )


def learned_signals(policy: Policy) -> set[str]:
    """Return the names of the signals whose passages mean little by themselves."""
    return {signal.name for signal in policy.signals if isinstance(signal, LearnedSignal)}
