"""The figures of an evaluation, for programs."""

from __future__ import annotations

from typing import Final

import msgspec

from tipstaff.policy.model import Verdict
from tipstaff.screening.evaluate import Counts, Evaluation, Sample, Share
from tipstaff.screening.findings import Finding

FIGURES: Final = {
    "precision": "violations that are some, among violation + permitted + unrelated",
    "recall": "verdict violation in violation",
    "recall_with_review": "verdict violation or review in violation",
    "evasion_recall": "verdict violation in evasion",
    "control_false_alarms": "verdict violation in evasion_controls",
}
"""The figures by which a policy is judged: attributes of `Evaluation`, and what they mean."""


class FileFigures(msgspec.Struct, frozen=True):
    """How many texts of a file came out with each verdict."""

    rows: int
    violation: int
    review: int
    permitted: int
    none: int

    @classmethod
    def of(cls, counts: Counts) -> FileFigures:
        """Take counts."""
        return cls(counts.rows, **{verdict.value: count for verdict, count in counts.of.items()})


class Interval(msgspec.Struct, frozen=True):
    """A share with its 95% interval; without a value if it is one of nothing."""

    hits: int
    rows: int
    value: float | None
    low: float
    high: float

    @classmethod
    def of(cls, share: Share) -> Interval:
        """Take a share."""
        low, high = share.interval
        return cls(share.hits, share.rows, share.value, low, high)


class Wrong(msgspec.Struct, frozen=True):
    """A text that came out wrong."""

    line: int
    verdict: Verdict
    title: str
    text: str
    findings: tuple[Finding, ...]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` writes.

    `control_false_alarms` is a count, the other figures are shares, or null where a file is missing.
    `intervals` has the figures, and for each file the shares `violation` and `caught` (violation or review).
    """

    policy: str
    files: dict[Sample, FileFigures]
    precision: float | None
    recall: float | None
    recall_with_review: float | None
    evasion_recall: float | None
    control_false_alarms: int | None
    skipped: list[Sample]
    intervals: dict[str, Interval]
    file_intervals: dict[Sample, dict[str, Interval]]
    groups: dict[Sample, dict[str, dict[str, FileFigures]]]
    errors: dict[Sample, list[Wrong]]


def as_json(evaluation: Evaluation, errors: int) -> bytes:
    """Return the figures of an evaluation as JSON, with so many wrong texts of each file."""
    results = evaluation.results
    controls = Sample.EVASION_CONTROLS in results
    figures = Figures(
        policy=evaluation.policy.reference,
        files={sample: FileFigures.of(result.counts) for sample, result in results.items()},
        precision=evaluation.precision.value,
        recall=evaluation.recall.value,
        recall_with_review=evaluation.recall_with_review.value,
        evasion_recall=evaluation.evasion_recall.value,
        control_false_alarms=evaluation.control_false_alarms.hits if controls else None,
        skipped=[sample for sample in Sample if sample not in results],
        intervals={name: Interval.of(getattr(evaluation, name)) for name in FIGURES},
        file_intervals={
            sample: {
                "violation": Interval.of(result.counts.violation),
                "caught": Interval.of(result.counts.caught),
            }
            for sample, result in results.items()
        },
        groups={
            sample: {
                trait.value: {name: FileFigures.of(counts) for name, counts in group.items()}
                for trait, group in result.groups.items()
            }
            for sample, result in results.items()
        },
        errors={
            sample: [
                Wrong(miss.line, miss.verdict, miss.text.title, miss.text.text, miss.findings)
                for miss in result.misses[:errors]
            ]
            for sample, result in results.items()
            if errors
        },
    )
    return msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n"
