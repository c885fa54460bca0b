"""Back-testing: what would change if one policy took the place of another."""

from __future__ import annotations

from pathlib import Path

import pytest
from policies import build, group, post, rule, signal

from tipstaff import BlockLists, Policy, Verdict
from tipstaff.policy.model import Outcome
from tipstaff.screening.backtest import AccountChanges, Backtest, Change, Outcomes, change_of
from tipstaff.screening.findings import Finding

WORDS = ("alpha", "beta", "gamma")
SIGNALS = "".join(signal("lexicon", word, terms=f"{word}.csv") for word in WORDS)
GROUPS = {f"signals/{word}.csv": group(word) for word in WORDS}
OLD_RULES = rule("first", "alpha > 0") + rule("second", "beta > 0", outcome="review")
NEW_RULES = (
    rule("second", "beta > 0")
    + rule("third", "gamma > 0", severity=4)
    + rule("grace", "alpha > 0 AND gamma > 0", outcome="permitted", exempts=["third"])
)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Write the policy as it is: alpha is a violation, beta goes to review."""
    folder: Path = tmp_path_factory.mktemp("policies") / "old"
    return build(folder, SIGNALS, OLD_RULES, GROUPS)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Write the policy as it would be: beta and gamma are violations, gamma not beside alpha."""
    folder: Path = tmp_path_factory.mktemp("policies") / "new"
    return build(folder, SIGNALS, NEW_RULES, GROUPS)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Verdict.NONE, Verdict.VIOLATION, Change.NEWLY_CAUGHT),
        (Verdict.PERMITTED, Verdict.REVIEW, Change.NEWLY_CAUGHT),
        (Verdict.REVIEW, Verdict.NONE, Change.NEWLY_LET_THROUGH),
        (Verdict.VIOLATION, Verdict.PERMITTED, Change.NEWLY_LET_THROUGH),
        (Verdict.VIOLATION, Verdict.REVIEW, Change.CHANGED_OUTCOME),
        (Verdict.REVIEW, Verdict.VIOLATION, Change.CHANGED_OUTCOME),
        (Verdict.REVIEW, Verdict.REVIEW, None),
        (Verdict.NONE, Verdict.PERMITTED, None),
    ],
)
def test_changes(before: Verdict, after: Verdict, change: Change | None) -> None:
    """A change is one that somebody notices: `permitted` and `none` both leave a post alone."""
    assert change_of(before, after) is change


def test_posts_are_counted_by_change(old: Policy, new: Policy) -> None:
    """Each post falls under one change or none, and the verdicts before and after add up."""
    backtest = Backtest(old, new)
    backtest.add([post("alpha"), post("beta"), post("gamma"), post("gamma alpha"), post("delta")])
    assert backtest.posts == 5
    assert {change: backtest.count(change) for change in Change} == {
        Change.NEWLY_CAUGHT: 1,
        Change.NEWLY_LET_THROUGH: 2,
        Change.CHANGED_OUTCOME: 1,
    }
    before, after = backtest.verdict_counts()
    assert before == {Verdict.VIOLATION: 2, Verdict.REVIEW: 1, Verdict.NONE: 2}
    assert after == {Verdict.VIOLATION: 2, Verdict.PERMITTED: 1, Verdict.NONE: 2}


def test_rules_of_both_policies_are_counted_where_they_stand(old: Policy, new: Policy) -> None:
    """A rule that is exempted does not stand; one that is gone or new is known as such."""
    backtest = Backtest(old, new)
    backtest.add([post("beta"), post("beta"), post("gamma"), post("gamma alpha")])
    told = {each.rule.name: (each.in_old, each.in_new, each.before, each.after) for each in backtest.rules()}
    assert told == {
        "first": (True, False, 1, 0),
        "second": (True, True, 2, 2),
        "third": (False, True, 0, 1),
        "grace": (False, True, 0, 1),
    }
    assert {each.rule.name: each.rule.outcome for each in backtest.rules()}["second"] is Outcome.VIOLATION


def test_changed_posts_are_counted_for_every_rule_that_catches_them(old: Policy, new: Policy) -> None:
    """What is let through counts for the rules that caught it before, the rest for those that do now."""
    backtest = Backtest(old, new)
    backtest.add([post("alpha"), post("beta"), post("gamma"), post("alpha beta")])
    told = {each.rule.name: dict(each.changes) for each in backtest.rules()}
    assert told == {
        "first": {Change.NEWLY_LET_THROUGH: 1},
        "second": {Change.CHANGED_OUTCOME: 1},
        "third": {Change.NEWLY_CAUGHT: 1},
        "grace": {},
    }


def test_accounts_with_most_changes_come_first(old: Policy, new: Policy) -> None:
    """Accounts are told apart by host; their unchanged posts count; those without change are left out."""
    backtest = Backtest(old, new)
    backtest.add(
        [
            post("gamma", account="b"),
            post("gamma", account="a", host="h"),
            post("gamma", account="a", host="h"),
            post("good", account="a", host="h"),
            post("good", account="a"),
        ]
    )
    assert backtest.accounts() == [
        AccountChanges("a", "h", 3, {Change.NEWLY_CAUGHT: 2}),
        AccountChanges("b", None, 1, {Change.NEWLY_CAUGHT: 1}),
    ]


def test_posts_may_share_an_id(old: Policy, new: Policy) -> None:
    """Findings go with the post they were made on, not with its id, which others choose."""
    backtest = Backtest(old, new)
    backtest.add([post("delta", id="7"), post("x gamma", id="7")])
    ((_, (example,)),) = backtest.examples(Change.NEWLY_CAUGHT)
    assert example.post.text == "x gamma"
    (evidence,) = example.new.findings[0].evidence
    assert example.post.text[evidence.start : evidence.end] == "gamma"
    assert example.new.findings[0].post == "7"


def test_examples_do_not_depend_on_the_order_of_posts(old: Policy, new: Policy) -> None:
    """The same posts give the same examples, however they come in, and no more than asked for."""
    posts = [post(f"gamma {number}", id=str(number)) for number in range(50)]
    forward, backward = Backtest(old, new, keep=4), Backtest(old, new, keep=4)
    forward.add(posts)
    for each in reversed(posts):
        backward.add([each])
    ((rule_name, examples),) = forward.examples(Change.NEWLY_CAUGHT)
    assert backward.examples(Change.NEWLY_CAUGHT) == [(rule_name, examples)]
    assert (rule_name, len(examples)) == ("third", 4)
    assert forward.verdicts == backward.verdicts


def test_examples_go_under_the_gravest_rule(old: Policy, new: Policy) -> None:
    """A post that several rules catch is shown once, under the gravest of them."""
    backtest = Backtest(old, new)
    backtest.add([post("beta gamma")])
    ((name, examples),) = backtest.examples(Change.CHANGED_OUTCOME)
    assert (name, len(examples)) == ("third", 1)


def test_a_policy_changes_nothing_in_place_of_itself(old: Policy) -> None:
    """Two policies of the same digest find the same."""
    backtest = Backtest(old, old)
    backtest.add([post("alpha"), post("beta"), post("delta")])
    assert backtest.verdicts == {
        (Verdict.VIOLATION, Verdict.VIOLATION): 1,
        (Verdict.REVIEW, Verdict.REVIEW): 1,
        (Verdict.NONE, Verdict.NONE): 1,
    }
    assert backtest.accounts() == []


def test_block_lists_count(tmp_path: Path, old: Policy) -> None:
    """A rule about listed links sees the user's lists."""
    blocked = build(tmp_path / "p", signal("blocked", "listed"), rule("bad-link", "listed > 0"))
    lists = tmp_path / "list.txt"
    lists.write_text("evil.com\n")
    backtest = Backtest(old, blocked)
    backtest.add([post("see evil.com now")], BlockLists([lists]))
    assert backtest.count(Change.NEWLY_CAUGHT) == 1


def test_violations_come_before_reviews_however_severe() -> None:
    """What catches a post is ordered by outcome, then by severity."""

    def finding(name: str, outcome: Outcome, severity: int, *exempting: str) -> Finding:
        return Finding("1", "a", None, "p@1+0", name, outcome, exempting, "x", severity, 50, ())

    outcomes = Outcomes.of(
        [
            finding("grave-review", Outcome.REVIEW, 5),
            finding("slight", Outcome.VIOLATION, 1),
            finding("grave", Outcome.VIOLATION, 3),
            finding("exempted", Outcome.VIOLATION, 5, "grace"),
            finding("grace", Outcome.PERMITTED, 1),
        ]
    )
    assert [each.rule for each in outcomes.catching] == ["grave", "slight", "grave-review"]
