"""How well a policy does on texts whose right verdict is known.

A policy is measured on up to five samples. In `violation` and `evasion` every text should come out as a
violation; in `permitted`, `unrelated` and `evasion_controls` none should.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from typing import Final

import msgspec

from tipstaff.policy.model import Policy, Verdict
from tipstaff.screening.engine import screen
from tipstaff.screening.findings import Finding, verdict
from tipstaff.screening.posts import Post

Z_95: Final = 1.959963984540054
"""The 97.5% point of the normal distribution, for two-sided intervals of 95%."""


class Sample(StrEnum):
    """The samples a policy is measured on; each is a file `NAME.jsonl`."""

    VIOLATION = "violation"
    PERMITTED = "permitted"
    UNRELATED = "unrelated"
    EVASION = "evasion"
    EVASION_CONTROLS = "evasion_controls"

    @property
    def should_be_caught(self) -> bool:
        """Whether its texts break the policy."""
        return self in {Sample.VIOLATION, Sample.EVASION}


class Trait(StrEnum):
    """By what the texts of a sample are told apart."""

    LANG = "lang"
    SUBTYPE = "subtype"
    TECHNIQUE = "technique"


class LabelledText(msgspec.Struct, frozen=True):
    """A text of a sample. Other fields of its line are passed over."""

    text: str
    title: str = ""
    lang: str = ""
    subtype: str = ""
    technique: str = ""

    def trait(self, trait: Trait) -> str:
        """Return one of the traits, empty if it was not given."""
        return {Trait.LANG: self.lang, Trait.SUBTYPE: self.subtype, Trait.TECHNIQUE: self.technique}[trait]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `rows`, with the 95% interval of Wilson's score test.

    The interval is (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n), with p = hits/rows and n = rows:
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212. It holds for small samples and shares near 0 or 1.
    """

    hits: int
    rows: int

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.hits / self.rows if self.rows else None

    @property
    def interval(self) -> tuple[float, float]:
        """The lower and the upper end; of nothing, anything is possible."""
        if not self.rows:
            return 0.0, 1.0
        share, spread = self.hits / self.rows, Z_95 * Z_95 / self.rows
        centre = share + spread / 2
        reach = sqrt(share * (1 - share) * spread + spread * spread / 4)
        low = (centre - reach) / (1 + spread) if self.hits else 0.0
        high = (centre + reach) / (1 + spread) if self.hits < self.rows else 1.0
        return low, high


@dataclass(slots=True)
class Counts:
    """How many texts came out with each verdict."""

    of: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))

    def add(self, got: Verdict) -> None:
        """Count one more text."""
        self.of[got] += 1

    @property
    def rows(self) -> int:
        """How many texts there are."""
        return sum(self.of.values())

    @property
    def violation(self) -> Share:
        """The share whose verdict is `violation`."""
        return Share(self.of[Verdict.VIOLATION], self.rows)

    @property
    def caught(self) -> Share:
        """The share whose verdict is `violation` or `review`."""
        return Share(self.of[Verdict.VIOLATION] + self.of[Verdict.REVIEW], self.rows)


@dataclass(frozen=True, slots=True)
class Miss:
    """A text that came out wrong, and every finding on it. `line` counts the texts of its sample from 1."""

    line: int
    text: LabelledText
    verdict: Verdict
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How the texts of one sample came out: all, by each trait that is given, and those that came out wrong.

    `misses` are sorted by how wrong they are, then by line.
    """

    counts: Counts
    groups: Mapping[Trait, Mapping[str, Counts]]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a policy did on each sample that there was."""

    policy: Policy
    results: Mapping[Sample, Result]

    def counts(self, sample: Sample) -> Counts:
        """Return the counts of a sample; all zero if it was missing."""
        return self.results[sample].counts if sample in self.results else Counts()

    @property
    def precision(self) -> Share:
        """Of the violations found in `violation`, `permitted` and `unrelated`, those in the first.

        It holds for the mixture of the samples, not for real traffic, where violations are rarer.
        """
        kinds = (Sample.VIOLATION, Sample.PERMITTED, Sample.UNRELATED)
        if Sample.VIOLATION not in self.results or not self.results.keys() & set(kinds[1:]):
            return Share(0, 0)
        right, *wrong = (self.counts(kind).violation.hits for kind in kinds)
        return Share(right, right + sum(wrong))

    @property
    def recall(self) -> Share:
        """Of the sample `violation`, those whose verdict is `violation`."""
        return self.counts(Sample.VIOLATION).violation

    @property
    def recall_with_review(self) -> Share:
        """Of the sample `violation`, those whose verdict is `violation` or `review`."""
        return self.counts(Sample.VIOLATION).caught

    @property
    def evasion_recall(self) -> Share:
        """Of the sample `evasion`, those whose verdict is `violation`."""
        return self.counts(Sample.EVASION).violation

    @property
    def control_false_alarms(self) -> Share:
        """Of the sample `evasion_controls`, those whose verdict is `violation`."""
        return self.counts(Sample.EVASION_CONTROLS).violation


def evaluate(policy: Policy, samples: Mapping[Sample, Sequence[LabelledText]]) -> Evaluation:
    """Screen the texts of every sample, and compare what came out with what should have."""
    return Evaluation(policy, {sample: _result(policy, sample, texts) for sample, texts in samples.items()})


def _result(policy: Policy, sample: Sample, texts: Sequence[LabelledText]) -> Result:
    """Screen one sample."""
    counts = Counts()
    groups: dict[Trait, dict[str, Counts]] = {trait: defaultdict(Counts) for trait in Trait}
    misses: list[Miss] = []
    for line, (text, findings) in enumerate(zip(texts, _screened(policy, texts), strict=True), start=1):
        got = verdict(findings)
        counts.add(got)
        for trait in Trait:
            if text.trait(trait):
                groups[trait][text.trait(trait)].add(got)
        if _wrongness(sample, got):
            misses.append(Miss(line, text, got, tuple(findings)))
    misses.sort(key=lambda miss: -_wrongness(sample, miss.verdict))
    shown = {trait: dict(sorted(group.items())) for trait, group in groups.items() if group}
    return Result(counts, shown, tuple(misses))


def _screened(policy: Policy, texts: Iterable[LabelledText]) -> list[list[Finding]]:
    """Return the findings of each text."""
    posts = [
        Post(
            id=str(number),
            account="evaluate",
            text=text.text,
            title=text.title or None,
            lang=text.lang or None,
        )
        for number, text in enumerate(texts)
    ]
    found: list[list[Finding]] = [[] for _ in posts]
    for finding in screen(posts, policy):
        found[int(finding.post)].append(finding)
    return found


def _wrongness(sample: Sample, got: Verdict) -> int:
    """Return 0 for the right verdict, 1 for a review, 2 for the opposite of what is right."""
    if got is Verdict.REVIEW:
        return 1
    return 2 if sample.should_be_caught is not (got is Verdict.VIOLATION) else 0
