"""A version of a policy as it is shown: its rules with what came of them, its signals, its ladder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from tipstaff.actions.access.front import Front
from tipstaff.actions.policies import Placed, Stated
from tipstaff.actions.screening.looking import Looked
from tipstaff.casework.counts import Hits
from tipstaff.casework.errors import CaseError
from tipstaff.policy.citations import citation
from tipstaff.policy.condition import Or, names, render
from tipstaff.policy.model import Example, Language, Policy, Provision, Rule, Rung, Signal, Verdict, parts
from tipstaff.screening.findings import Finding
from tipstaff.screening.problems import learned_signals, problems_among

_FEW: Final = 20
"""Cases below which a share says nothing: then only the numbers are told."""

_KINDS: Final = "Signal"
"""What the names of the kinds of signals end in."""

Passage: TypeAlias = tuple[int, int, str]
"""`[start, end)` in code points, and how it is marked."""


class ShownVersion(NamedTuple):
    """A version: how it stands, and since when."""

    stated: Stated
    placed: Placed | None

    @property
    def number(self) -> str:
        """Its version, without the name."""
        return self.stated.version.partition(" ")[2]


class ShownName(NamedTuple):
    """All versions of a policy, the last first; the title is that of the first that can be read."""

    name: str
    title: str
    summary: str
    versions: list[ShownVersion]


class ShownRule(NamedTuple):
    """A rule: `alternatives` are what its condition says, one of which must hold."""

    rule: Rule
    title: str
    explanation: str
    alternatives: list[str]
    signals: dict[str, str]
    provision: Provision
    citation: str
    exempts: dict[str, str]
    exempted_by: dict[str, str]
    examples: list[Example]
    hits: Hits

    @property
    def few(self) -> bool:
        """Whether so few cases were decided that a share would say nothing."""
        return self.hits.judged < _FEW


class ShownSignal(NamedTuple):
    """A signal: of what kind it is, and how much it is made of."""

    name: str
    kind: str
    summary: str
    of: tuple[str, ...]


class ShownPolicy(NamedTuple):
    """A version in full. `most` is in how many cases the rule that hits most was found lately.

    `misses` are examples on which nothing may be found.
    """

    policy: Policy
    title: str
    summary: str
    provisions: list[tuple[Provision, str]]
    rules: list[ShownRule]
    signals: list[ShownSignal]
    ladder: list[tuple[int, list[Rung]]]
    misses: list[Example]
    most: int


def shown_versions(front: Front, language: Language) -> list[ShownName]:
    """Return all versions, by policy."""
    stated = sorted(front.policies(), key=lambda one: (one.name, -one.number))
    found: list[ShownName] = []
    for name, versions in groupby(stated, key=lambda one: one.name):
        shown = [ShownVersion(one, front.placed(one)) for one in versions]
        title, summary = _told(front, shown, language)
        found.append(ShownName(name, title, summary, shown))
    return found


def _told(front: Front, versions: Sequence[ShownVersion], language: Language) -> tuple[str, str]:
    """Return the title and the summary of the last version of which the copy can be read."""
    for one in versions:
        try:
            policy = front.policy(one.stated.reference)
        except CaseError:  # the page of that version tells what is wrong
            continue
        return policy.title.in_language(language), policy.summary.in_language(language)
    return versions[0].stated.name, ""


def shown_policy(policy: Policy, language: Language, hits: Mapping[str, Hits] | None) -> ShownPolicy:
    """Return a version as it is shown, with what came of its rules, as far as that is there."""
    titles = {one.name: one.title.in_language(language) for one in policy.rules}
    summaries = {one.name: one.summary.in_language(language) for one in policy.signals}
    counted = hits or {}
    rules = [_rule(policy, one, titles, summaries, counted, language) for one in policy.rules]
    return ShownPolicy(
        policy,
        policy.title.in_language(language),
        policy.summary.in_language(language),
        [(one, citation(one, language)) for one in policy.provisions],
        rules,
        [_signal(one, language) for one in policy.signals],
        [(strikes, list(rungs)) for strikes, rungs in groupby(policy.ladder, key=lambda one: one.strikes)],
        [one for one in policy.examples if one.verdict is Verdict.NONE],
        max((one.hits.recent_cases for one in rules), default=0),
    )


def _rule(
    policy: Policy,
    rule: Rule,
    titles: Mapping[str, str],
    summaries: Mapping[str, str],
    hits: Mapping[str, Hits],
    language: Language,
) -> ShownRule:
    """Return a rule as it is shown."""
    provision = policy.provision(rule.provision)
    alternatives = rule.when.parts if isinstance(rule.when, Or) else (rule.when,)
    return ShownRule(
        rule,
        rule.title.in_language(language),
        rule.explanation.in_language(language),
        [render(one) for one in alternatives],
        {name: summaries[name] for name in dict.fromkeys(names(rule.when))},
        provision,
        citation(provision, language),
        {name: titles[name] for name in rule.exempts},
        {one.name: titles[one.name] for one in policy.rules if rule.name in one.exempts},
        [one for one in policy.examples if one.rule == rule.name],
        hits.get(rule.name, Hits()),
    )


def _signal(signal: Signal, language: Language) -> ShownSignal:
    """Return a signal as it is shown."""
    kind = type(signal).__name__.removesuffix(_KINDS).lower()
    return ShownSignal(signal.name, kind, signal.summary.in_language(language), parts(signal))


class Caught(NamedTuple):
    """A rule that was found to be broken by a text that was tried."""

    policy: str
    version: str
    rule: str
    title: str
    explanation: str
    severity: int
    verdict: str


class Tried(NamedTuple):
    """A text that was tried: where something was found in it, and under which versions it was looked at."""

    text: str
    spans: list[Passage]
    caught: list[Caught]
    versions: list[str]


def tried(text: str, looked: Looked, language: Language) -> Tried:
    """Return what was found on a text."""
    named = {policy.reference: policy for policy in looked.policies}
    problems = problems_among(looked.findings)
    return Tried(
        text,
        list(spans_of(problems, named, "text")),
        [_caught(named[one.policy], one, language) for one in problems],
        [f"{one.title.in_language(language)} {one.version}" for one in looked.policies],
    )


def _caught(policy: Policy, finding: Finding, language: Language) -> Caught:
    """Return a rule that was found to be broken."""
    rule = policy.rule(finding.rule)
    return Caught(
        policy.name,
        policy.version,
        rule.name,
        rule.title.in_language(language),
        rule.explanation.in_language(language),
        finding.severity,
        finding.outcome,
    )


def spans_of(findings: Sequence[Finding], policies: Mapping[str, Policy], field: str) -> Iterator[Passage]:
    """Yield where something was found in a field; what a model has weighed is marked more faintly."""
    for finding in findings:
        learned = learned_signals(policies[finding.policy])
        for one in finding.evidence:
            if one.field == field and one.start is not None and one.end is not None:
                yield one.start, one.end, "faint" if one.signal in learned else f"s{finding.severity}"
