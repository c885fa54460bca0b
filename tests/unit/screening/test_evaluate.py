"""Measuring a policy on texts whose right verdict is known."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policies import build, group, rule, signal

from tipstaff import Policy, Verdict
from tipstaff.screening.evaluate import Z_95, LabelledText, Sample, Share, Trait, evaluate

SIGNALS = signal("lexicon", "sale", terms="sale.csv") + signal("lexicon", "odd", terms="odd.csv")
RULES = (
    rule("offer", "sale > 0")
    + rule("unclear", "odd > 0", outcome="review")
    + rule("caution", "sale > 0 AND odd > 1", outcome="permitted", exempts=["offer", "unclear"])
)
GROUPS = {"signals/sale.csv": group("buy now"), "signals/odd.csv": group("maybe", ("beware", 2))}
VIOLATION, REVIEW, PERMITTED, NONE = "buy now", "maybe", "beware: buy now", "good morning"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Write a policy that has every verdict."""
    folder: Path = tmp_path_factory.mktemp("policies") / "measured"
    return build(folder, SIGNALS, RULES, GROUPS)


def texts(*given_texts: str) -> list[LabelledText]:
    """Return texts without traits."""
    return [LabelledText(text) for text in given_texts]


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_that_were_published(hits: int, rows: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3, gives these to four places."""
    assert Share(hits, rows).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_the_ends_of_an_interval_are_where_the_score_test_turns(case: tuple[int, int]) -> None:
    """At either end the share is z standard errors away, with the standard error of that end."""
    share = Share(*case)
    for end in share.interval:
        if 0 < end < 1:
            reach = Z_95 * sqrt(end * (1 - end) / share.rows)
            assert abs(case[0] / case[1] - end) == pytest.approx(reach, rel=1e-6)
    low, high = share.interval
    assert 0 <= low <= case[0] / case[1] <= high <= 1


def test_a_share_of_nothing_may_be_anything() -> None:
    """Without texts there is no value, and the interval leaves everything open."""
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)


def test_texts_are_counted_by_verdict(measured: Policy) -> None:
    """Each verdict has its count, and reviews count as caught but not as violations."""
    result = evaluate(measured, {Sample.VIOLATION: texts(VIOLATION, VIOLATION, REVIEW, PERMITTED, NONE)})
    counts = result.counts(Sample.VIOLATION)
    assert counts.of == {
        Verdict.VIOLATION: 2,
        Verdict.REVIEW: 1,
        Verdict.PERMITTED: 1,
        Verdict.NONE: 1,
    }
    assert (counts.violation, counts.caught) == (Share(2, 5), Share(3, 5))


def test_the_figures_by_which_a_policy_is_judged(measured: Policy) -> None:
    """Precision is over violation, permitted and unrelated; the others are over one sample each."""
    result = evaluate(
        measured,
        {
            Sample.VIOLATION: texts(VIOLATION, VIOLATION, VIOLATION, REVIEW, NONE),
            Sample.PERMITTED: texts(VIOLATION, REVIEW, PERMITTED),
            Sample.UNRELATED: texts(NONE, VIOLATION),
            Sample.EVASION: texts(VIOLATION, NONE),
            Sample.EVASION_CONTROLS: texts(VIOLATION, REVIEW, NONE),
        },
    )
    assert result.precision == Share(3, 5)
    assert result.recall == Share(3, 5)
    assert result.recall_with_review == Share(4, 5)
    assert result.evasion_recall == Share(1, 2)
    assert result.control_false_alarms == Share(1, 3)


@pytest.mark.parametrize("sample", [Sample.VIOLATION, Sample.PERMITTED, Sample.EVASION])
def test_precision_needs_both_kinds_of_texts(measured: Policy, sample: Sample) -> None:
    """Where violations or the rest are missing, precision would be 0 or 1 by construction: there is none."""
    assert evaluate(measured, {sample: texts(VIOLATION)}).precision == Share(0, 0)


def test_a_missing_sample_has_no_figures(measured: Policy) -> None:
    """What was not measured is not 0."""
    result = evaluate(measured, {Sample.UNRELATED: texts(NONE)})
    assert result.recall.value is None
    assert result.evasion_recall.value is None


def test_texts_are_grouped_by_the_traits_they_have(measured: Policy) -> None:
    """A trait that no text has makes no group, and a text without it is in none."""
    result = evaluate(
        measured,
        {
            Sample.EVASION: [
                LabelledText(VIOLATION, lang="en", technique="leet"),
                LabelledText(NONE, lang="zh", technique="leet"),
                LabelledText(REVIEW, lang="zh"),
            ]
        },
    )
    groups = result.results[Sample.EVASION].groups
    assert set(groups) == {Trait.LANG, Trait.TECHNIQUE}
    assert {name: counts.violation for name, counts in groups[Trait.LANG].items()} == {
        "en": Share(1, 1),
        "zh": Share(0, 2),
    }
    assert groups[Trait.TECHNIQUE]["leet"].caught == Share(1, 2)


def test_what_came_out_most_wrong_is_shown_first(measured: Policy) -> None:
    """A violation let through is worse than one sent to review; a false violation worse than a review."""
    samples = {
        Sample.VIOLATION: texts(REVIEW, VIOLATION, NONE, PERMITTED),
        Sample.UNRELATED: texts(REVIEW, NONE, VIOLATION, PERMITTED),
    }
    results = evaluate(measured, samples).results
    assert [miss.line for miss in results[Sample.VIOLATION].misses] == [3, 4, 1]
    assert [miss.line for miss in results[Sample.UNRELATED].misses] == [3, 1]


def test_a_miss_carries_its_findings(measured: Policy) -> None:
    """Who looks at a miss sees which rules fired, exempted ones too."""
    (miss,) = evaluate(measured, {Sample.VIOLATION: texts(PERMITTED)}).results[Sample.VIOLATION].misses
    assert [(finding.rule, finding.exempted_by) for finding in miss.findings] == [
        ("offer", ("caution",)),
        ("unclear", ("caution",)),
        ("caution", ()),
    ]


def test_titles_are_screened(measured: Policy) -> None:
    """A text that breaks a rule in its title only is caught."""
    result = evaluate(measured, {Sample.VIOLATION: [LabelledText(NONE, title=VIOLATION)]})
    assert result.recall == Share(1, 1)
