"""What both engines say about a post: findings, their evidence, exemptions and verdicts."""

from __future__ import annotations

import pytest
from policies import HEAD, Build, Files, example, group, post, rule, signal, spans

from tipstaff.policy.model import Outcome, Policy, Verdict
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.findings import ABSENT, Evidence, Finding, verdict
from tipstaff.screening.posts import Post

WORDS = (
    signal("lexicon", "coins", terms="coins.csv")
    + signal("lexicon", "calls", terms="calls.csv")
    + signal("lexicon", "warning", terms="warning.csv")
    + signal("quoted", "cited", of="coins")
    + signal("fact", "declared", field="sponsored")
    + signal("fact", "fans", field="followers")
)
GROUPS: Files = {
    "signals/coins.csv": group(("bitcoin", 2), "比特币"),
    "signals/calls.csv": group("buy", "买"),
    "signals/warning.csv": group("scam", "骗局"),
}
ABSENCE: Files = {**GROUPS, "examples.jsonl": example("", "violation")}


def rules_of(findings: list[Finding]) -> list[str]:
    """Return the names of the rules that fired, in order."""
    return [finding.rule for finding in findings]


@pytest.fixture
def exempting(policy: Build) -> Policy:
    """Return a policy with two violations, a review, and two exemptions."""
    rules = (
        rule("solicits", "coins > 0 AND calls > 0", severity=5)
        + rule("names", "coins > 0", severity=3)
        + rule("calls", "calls > 0", outcome="review", severity=1)
        + rule("warns", "warning > 0", outcome="permitted", exempts=["solicits", "names"], severity=1)
        + rule("quotes", "cited > 0", outcome="permitted", exempts=["names"], severity=1)
    )
    return policy(WORDS, rules, GROUPS)


@pytest.mark.parametrize(
    ("text", "fired", "expected"),
    [
        ("hello", {}, Verdict.NONE),
        ("buy", {"calls": ()}, Verdict.REVIEW),
        ("bitcoin", {"names": ()}, Verdict.VIOLATION),
        ("buy bitcoin", {"solicits": (), "names": (), "calls": ()}, Verdict.VIOLATION),
        (
            "buy “bitcoin”",
            {"solicits": (), "names": ("quotes",), "calls": (), "quotes": ()},
            Verdict.VIOLATION,
        ),
        ("scam", {"warns": ()}, Verdict.PERMITTED),
        ("a bitcoin scam", {"names": ("warns",), "warns": ()}, Verdict.PERMITTED),
        (
            "buy “bitcoin”: a scam",
            {"solicits": ("warns",), "names": ("warns", "quotes"), "calls": (), "warns": (), "quotes": ()},
            Verdict.REVIEW,
        ),
    ],
)
def test_an_exemption_takes_out_the_rules_it_names(
    exempting: Policy, engine: EngineName, text: str, fired: dict[str, tuple[str, ...]], expected: Verdict
) -> None:
    """A permitted rule that fires exempts the rules it names, no others; the verdict is the gravest left."""
    findings = screen([post(text)], exempting, engine=engine)
    assert {finding.rule: finding.exempted_by for finding in findings} == fired
    assert rules_of(findings) == list(fired)
    assert verdict(findings) is expected


def test_an_exemption_is_a_finding_that_explains_itself(exempting: Policy, engine: EngineName) -> None:
    """What was let through carries the evidence for it."""
    *_, warns = screen([post("a bitcoin scam")], exempting, engine=engine)
    assert warns.outcome is Outcome.PERMITTED
    assert warns.evidence == (Evidence("warning", "text", 10, 14, "scam", "scam"),)


def test_an_exemption_reaches_no_other_post(exempting: Policy, engine: EngineName) -> None:
    """A warning in one post says nothing of the next."""
    findings = screen([post("scam"), post("bitcoin", id="2")], exempting, engine=engine)
    assert [(finding.post, finding.exempted_by) for finding in findings] == [("1", ()), ("2", ())]


def test_an_exemption_reaches_no_other_policy(policy: Build, engine: EngineName) -> None:
    """A policy exempts only its own rules, also where another has a rule of the same name."""
    rules = rule("names", "coins > 0")
    one = policy(WORDS, rules + rule("warns", "warning > 0", outcome="permitted", exempts=["names"]), GROUPS)
    two = policy(WORDS, rules, {**GROUPS, "policy.toml": HEAD.replace('"tiny"', '"other"')})
    findings = screen([post("a bitcoin scam")], [one, two], engine=engine)
    assert [(f.policy, f.rule, f.exempted_by) for f in findings] == [
        (one.reference, "names", ("warns",)),
        (one.reference, "warns", ()),
        (two.reference, "names", ()),
    ]


def test_a_finding_carries_what_is_known_of_it(policy: Build, engine: EngineName) -> None:
    """A finding names its post, account, host, policy with digest, provision and severity."""
    made = policy(WORDS, rule("names", "coins > 0", severity=4), GROUPS)
    (finding,) = screen([post("bitcoin", id="p9", account="ann", host="square")], made, engine=engine)
    assert finding == Finding(
        post="p9",
        account="ann",
        host="square",
        policy=f"tiny@1.2.3+{made.digest}",
        rule="names",
        outcome=Outcome.VIOLATION,
        exempted_by=(),
        provision="house-1",
        severity=4,
        score=12 * 4 + 4,
        evidence=(Evidence("coins", "text", 0, 7, "bitcoin", "bitcoin"),),
    )


@pytest.mark.parametrize(
    ("text", "severity", "score"),
    [
        ("bitcoin", 1, 16),
        ("bitcoin bitcoin", 1, 16),
        ("bitcoin 比特币", 1, 20),
        ("bitcoin 比特币", 5, 68),
        ("buy bitcoin 比特币", 1, 24),
    ],
)
def test_the_score(policy: Build, engine: EngineName, text: str, severity: int, score: int) -> None:
    """Twelve for each step of severity and four for each different thing that matched."""
    made = policy(WORDS, rule("any", "coins > 0 OR calls > 0", severity=severity), GROUPS)
    assert [finding.score for finding in screen([post(text)], made, engine=engine)] == [score]


def test_the_score_is_at_most_a_hundred(policy: Build, engine: EngineName) -> None:
    """However much matched, the score stays within its range."""
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    tables = "".join(signal("lexicon", word, terms=f"{word}.csv") for word in words)
    made = policy(
        tables,
        rule("all", " OR ".join(f"{word} > 0" for word in words), severity=5),
        {f"signals/{word}.csv": group(word) for word in words},
    )
    assert [finding.score for finding in screen([post(" ".join(words))], made, engine=engine)] == [100]


def test_evidence_is_that_of_the_condition(policy: Build, engine: EngineName) -> None:
    """Shown is what made the rule fire, in the order of its condition: of an OR, the parts that hold."""
    made = policy(WORDS, rule("some", "calls > 0 AND (warning > 0 OR coins > 1)"), GROUPS)
    (finding,) = screen([post("bitcoin, buy! 比特币")], made, engine=engine)
    assert [(item.signal, item.text) for item in finding.evidence] == [
        ("calls", "buy"),
        ("coins", "bitcoin"),
        ("coins", "比特币"),
    ]


@pytest.mark.parametrize("when", ["calls > 0 AND coins = 0", "calls > 0 AND NOT coins > 0", "calls > coins"])
def test_absence_is_a_fact(policy: Build, engine: EngineName, when: str) -> None:
    """A rule that fires because something is not there says so, without a place."""
    (finding,) = screen([post("buy")], policy(WORDS, rule("only", when), GROUPS), engine=engine)
    assert finding.evidence[1:] == (Evidence("coins", None, None, None, None, ABSENT),)
    assert finding.score == 12 * 2 + 4


def test_a_fact_shows_its_value(policy: Build, engine: EngineName) -> None:
    """A rule about the post itself shows the field and its value."""
    made = policy(WORDS, rule("known", "fans > 99 AND NOT declared"), GROUPS)
    (finding,) = screen([post("x", followers=100)], made, engine=engine)
    assert finding.evidence == (
        Evidence("fans", "followers", None, None, None, "100"),
        Evidence("declared", "sponsored", None, None, None, "0"),
    )


def test_at_most_eight_places_of_a_signal_are_shown(policy: Build, engine: EngineName) -> None:
    """Of many places the first eight are shown, those of the title first."""
    made = policy(WORDS, rule("names", "coins > 0"), GROUPS)
    (finding,) = screen([post("bitcoin " * 9, title="bitcoin")], made, engine=engine)
    assert spans([finding]) == [("title", 0, 7), *(("text", 8 * i, 8 * i + 7) for i in range(7))]


HOSTILE = "\ufdfaＢ\u0301𝐢t\u200bcoin\ud800\U0001f600比\u202e特\u20e3幣\x00 buy"


@pytest.mark.parametrize("title", ["", HOSTILE, "ﷺ"])
def test_a_span_cuts_out_what_is_shown(policy: Build, engine: EngineName, title: str) -> None:
    """`field[start:end]` of the original is the text of the evidence, whatever stands around it."""
    made = policy(WORDS, rule("names", "coins > 0 AND calls > 0"), GROUPS)
    (finding,) = screen([post(HOSTILE, title=title)], made, engine=engine)
    original = {"text": HOSTILE.replace("\ud800", "\ufffd"), "title": title.replace("\ud800", "\ufffd")}
    assert {item.text for item in finding.evidence} == {"Ｂ\u0301𝐢t\u200bcoin", "比\u202e特\u20e3幣", "buy"}
    for item in finding.evidence:
        assert item.field is not None
        assert item.text == original[item.field][item.start : item.end]


def test_findings_are_in_order(policy: Build, engine: EngineName) -> None:
    """By post, then policy as given, then rule as declared."""
    rules = rule("zeta", "coins > 0") + rule("alpha", "coins > 0 OR calls > 0")
    one = policy(WORDS, rules, GROUPS)
    two = policy(WORDS, rules, {**GROUPS, "policy.toml": HEAD.replace('"tiny"', '"another"')})
    posts = [post("bitcoin", id="b"), post("x", id="c"), post("buy", id="a")]
    found = [(f.post, f.policy[:3], f.rule) for f in screen(posts, [one, two], engine=engine)]
    assert found == [
        ("b", "tin", "zeta"),
        ("b", "tin", "alpha"),
        ("b", "ano", "zeta"),
        ("b", "ano", "alpha"),
        ("a", "tin", "alpha"),
        ("a", "ano", "alpha"),
    ]


def test_policies_of_one_pass_find_what_each_finds_alone(policy: Build, engine: EngineName) -> None:
    """Screening under several policies gives the findings of each."""
    one = policy(WORDS, rule("names", "coins > 0") + rule("bare", "coins = 0", outcome="review"), {
        **GROUPS, "examples.jsonl": example("", "review"),
    })  # fmt: skip
    two = policy(
        signal("pattern", "coins", expressions=["[0-9]{1,3}x", "bit ?coin"])
        + signal("entity", "links", kinds=["url"]),
        rule("names", "coins > 1") + rule("links", "links > 0"),
        {"policy.toml": HEAD.replace('"tiny"', '"other"')},
    )
    posts = [post(text) for text in ("bitcoin", "100x bit coin", "x", "https://example.com", "")]
    together = screen(posts, [one, two], engine=engine)
    for made in (one, two):
        assert [f for f in together if f.policy == made.reference] == screen(posts, made, engine=engine)
    assert len(together) == len(screen(posts, one, engine=engine)) + len(screen(posts, two, engine=engine))


@pytest.mark.parametrize("text", ["join my pump group now", "join my pumpgroup now", "pump, group"])
def test_terms_of_the_same_letters_are_two_terms(policy: Build, engine: EngineName, text: str) -> None:
    """A term with a word break and one without do not lend it to each other, in two policies or in one."""
    one = policy(WORDS, rule("broken", "coins > 0"), {**GROUPS, "signals/coins.csv": group("pump group")})
    other = {"policy.toml": HEAD.replace('"tiny"', '"other"'), "signals/coins.csv": group("pumpgroup")}
    two = policy(WORDS, rule("whole", "coins > 0"), {**GROUPS, **other})
    both = {"signals/coins.csv": group("pump group"), "signals/calls.csv": group("pumpgroup")}
    three = policy(WORDS, rule("broken", "coins > 0") + rule("whole", "calls > 0"), {**GROUPS, **both})
    alone = {f.rule for made in (one, two) for f in screen([post(text)], made, engine=engine)}
    assert "broken" in alone
    assert ("whole" in alone) == ("pumpgroup" in text)
    for policies in ([one, two], [two, one], [three]):
        assert {f.rule for f in screen([post(text)], policies, engine=engine)} == alone


def test_posts_may_share_an_id(policy: Build, engine: EngineName) -> None:
    """Two posts of one id are two posts."""
    made = policy(WORDS, rule("names", "coins > 0"), GROUPS)
    assert len(screen([post("bitcoin"), post("bitcoin")], made, engine=engine)) == 2


def test_a_batch_gives_what_its_posts_give(policy: Build, engine: EngineName) -> None:
    """Posts may come as any iterable or laid out as a batch."""
    made = policy(WORDS, rule("names", "coins > 0"), GROUPS)
    posts = [post("bitcoin"), post("x"), post("比特币", title="?")]
    assert screen(iter(posts), made, engine=engine) == screen(Batch.of(posts), made, engine=engine)


def test_rules_about_nothing_fire_on_every_post(policy: Build, engine: EngineName) -> None:
    """A rule that asks for no sign fires on every post, in whatever it consists."""
    tables = WORDS + signal("fact", "size", field="length")
    rules = rule("always", "size >= coins") + rule("never", "size < coins") + rule("bare", "coins = 0")
    made = policy(tables, rules, ABSENCE)
    posts: list[Post] = [post(""), post("bitcoin"), post("x", title="bitcoin"), post("\x00")]
    found = [(i, f.rule) for i, p in enumerate(posts) for f in screen([p], made, engine=engine)]
    assert found == [(0, "always"), (0, "bare"), (1, "always"), (2, "always"), (3, "always"), (3, "bare")]
    assert [f.rule for f in screen(posts, made, engine=engine)] == [name for _, name in found]


def test_no_posts_and_no_policies_find_nothing(policy: Build, engine: EngineName) -> None:
    """An empty batch, or no policy to screen it under, is no error."""
    assert screen([], policy(WORDS, rule("names", "coins > 0"), GROUPS), engine=engine) == []
    assert screen([post("bitcoin")], [], engine=engine) == []


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], Verdict.NONE),
        ([(Outcome.PERMITTED, ())], Verdict.PERMITTED),
        ([(Outcome.PERMITTED, ()), (Outcome.REVIEW, ())], Verdict.REVIEW),
        ([(Outcome.REVIEW, ()), (Outcome.VIOLATION, ())], Verdict.VIOLATION),
        ([(Outcome.VIOLATION, ("p",)), (Outcome.PERMITTED, ())], Verdict.PERMITTED),
        ([(Outcome.VIOLATION, ("p",)), (Outcome.REVIEW, ()), (Outcome.PERMITTED, ())], Verdict.REVIEW),
        ([(Outcome.VIOLATION, ("p",)), (Outcome.VIOLATION, ())], Verdict.VIOLATION),
        ([(Outcome.VIOLATION, ("p",))], Verdict.NONE),
    ],
)
def test_the_verdict_is_the_gravest_outcome_left(
    outcomes: list[tuple[Outcome, tuple[str, ...]]], expected: Verdict
) -> None:
    """Of the findings that no rule exempts, the gravest outcome; else none."""
    findings = [
        Finding("1", "a", None, "p@1.0.0+0", f"r{i}", outcome, exempted_by, "house-1", 1, 1, ())
        for i, (outcome, exempted_by) in enumerate(outcomes)
    ]
    assert verdict(findings) is expected
    assert verdict(reversed(findings)) is expected
