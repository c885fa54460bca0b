"""The bench policy: as large as it says, loadable like any other, and about the posts it is meant for."""

from __future__ import annotations

from pathlib import Path

import hyperscan
import pytest

from tipstaff.bench.corpus import Kind, Writer
from tipstaff.bench.policy import make_policy
from tipstaff.bench.rivals import BestPython, NaiveHyperscan, PlainRe, Wanted, compiled
from tipstaff.policy.folding import normal_text
from tipstaff.policy.model import LearnedSignal, LexiconSignal, PatternSignal, Policy
from tipstaff.screening.engine import screen


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Make the bench policy."""
    return make_policy(tmp_path_factory.mktemp("bench"))


def test_the_policy_is_as_large_as_it_says(policy: Policy) -> None:
    """1,500 terms in 12 groups, 60 expressions, 20 rules, one model."""
    lexicons = [signal for signal in policy.signals if isinstance(signal, LexiconSignal)]
    assert len(lexicons) == 12
    assert sum(len(signal.terms) for signal in lexicons) == 1500
    assert (
        sum(len(signal.expressions) for signal in policy.signals if isinstance(signal, PatternSignal)) == 60
    )
    assert len(policy.rules) == 20
    assert sum(isinstance(signal, LearnedSignal) for signal in policy.signals) == 1


def test_the_policy_is_the_same_every_time(policy: Policy, tmp_path: Path) -> None:
    """Its digest covers terms, expressions, rules and weights."""
    assert make_policy(tmp_path).digest == policy.digest


def test_the_model_can_be_left_out(tmp_path: Path) -> None:
    """Then no rule asks for it, and the policy still loads."""
    plain = make_policy(tmp_path, learned=False)
    assert not any(isinstance(signal, LearnedSignal) for signal in plain.signals)
    assert len(plain.rules) == 20


def test_it_finds_promotions_and_little_else(policy: Policy) -> None:
    """Otherwise the engine would be measured on work that no real policy gives it."""
    writer = Writer()
    for kind, least, most in (
        (Kind.VIOLATING, 0.8, 1.0),
        (Kind.TOPICAL, 0.0, 0.15),
        (Kind.ORDINARY, 0.0, 0.02),
    ):
        posts = [written.post for written in writer.write_as(kind, 400)]
        found = {finding.post for finding in screen(posts, policy)}
        assert least <= len(found) / len(posts) <= most, kind


def test_hyperscan_takes_every_expression_as_it_is(policy: Policy) -> None:
    """The naive scan must not be handicapped by rewritten expressions."""
    expressions = [
        e for signal in policy.signals if isinstance(signal, PatternSignal) for e in signal.expressions
    ]
    for expression in expressions:
        compiled([(expression.encode(), hyperscan.HS_FLAG_UTF8)])


def test_plainer_means_find_what_there_is() -> None:
    """A term and an expression, in normal form, with the spans of the expression."""
    wanted = Wanted(["私募"], [r"\d{1,3}%"])
    texts = ["私募　１００％", "nothing"]
    assert BestPython(wanted).screen(texts) == {0: {0: [(-1, 6)], 1: [(3, 7)]}}
    assert PlainRe(wanted).screen(texts) == {0: {"私募": [(0, 2)], r"\d{1,3}%": [(3, 7)]}}
    naive = NaiveHyperscan(wanted, [normal_text(text).encode() for text in texts])
    for terms, expressions in naive.modes.values():
        terms()
        expressions()
