"""Texts made to break things: every one is survived, by both engines, with the same result."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from policies import Files, build, example, group, post, rule, signal, spans

from tipstaff.policy.model import Policy
from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.posts import Post

TABLES = (
    signal("lexicon", "coins", terms="coins.csv", spellings=["leet", "pinyin", "homophone"])
    + signal("lexicon", "calls", terms="calls.csv")
    + signal("pattern", "moon", expressions=["to the moon", r"\d{1,4}x", "币.{0,8}币"])
    + signal("entity", "links", kinds=["url", "handle", "cashtag", "wallet", "phone", "wechat", "amount"])
    + signal("near", "close", of="calls", to="coins", within=20)
    + signal("apart", "alone", of="calls", to="coins", within=20)
    + signal("quoted", "said", of="coins")
    + signal("learned", "model")
)
RULES = (
    rule("any", "coins > 0 OR calls > 0 OR moon > 0 OR links > 0")
    + rule("derived", "close > 0 OR alone > 0 OR said > 0", outcome="review")
    + rule("scored", "model > 0")
    + rule("none", "coins = 0", outcome="permitted", exempts=["scored"])
)
FILES: Files = {
    "signals/coins.csv": group(("bitcoin", 2), "比特币", "交易所"),
    "signals/calls.csv": group("buy", "买"),
    "learned.bin": pack(
        Header(FORMAT, 1, 3, 1024, 0, 1, ""),
        np.random.default_rng(5).integers(-99, 99, 1024).astype(np.int16),
    ),
    "examples.jsonl": example("", "permitted"),
}
MB = 1 << 20
HOSTILE: Mapping[str, Post] = {
    "empty": post(""),
    "empty with a title": post("", title="bitcoin"),
    "blank": post(" \t\r\n\u3000"),
    "one letter": post("b"),
    "NUL": post("\x00"),
    "NULs around a term": post("\x00" * 99 + "bit\x00coin\x00" + "\x00" * 99),
    "a lone surrogate": post("\ud800"),
    "surrogates in a term": post("bit\ud800coin 比\udfff特币", title="\udc00"),
    "overrides": post("\u202eniocatib \u202dbitcoin\u202c \u2067买\u2069"),
    "U+FDFA": post("\ufdfa"),
    "only U+FDFA": post("\ufdfa" * 5_000),
    "only marks": post("\u0301" * 100_000),
    "only zero-width": post("\u200b" * 100_000 + "bitcoin"),
    "marks on everything": post("".join(f"{char}\u0301\u0302\u0303" for char in "buy bitcoin " * 999)),
    "line ends": post("\n" * 200_000),
    "a term across many line ends": post("bit" + "\n" * 200_000 + "coin"),
    "ten thousand hits": post("bitcoin " * 10_000),
    "ten thousand hits that are near": post("buy bitcoin " * 10_000),
    "ten thousand apart": post(("buy" + " " * 30) * 10_000),
    "ten thousand matches": post("100x 币币 " * 10_000),
    "ten thousand in disguise": post("b1tcoin 交yi所 茭易所 " * 3_000),
    "one letter, many times": post("b" * 100_000),
    "one Han character, many times": post("币" * 50_000),
    "beginnings of a term": post("bitcoi" * 10_000),
    "opening quotation marks": post("“" * 100_000 + "bitcoin”"),
    "closing quotation marks": post("“bitcoin" + "”" * 100_000),
    "dots": post("." * 200_000),
    "beginnings of links": post("https://" * 20_000),
    "at signs": post("@" * 200_000 + "@someone"),
    "digits": post("1" * 50_000),
    "digits and commas": post("1," * 30_000),
    "astral": post("\U00020000\U0001f600\U000e0041" * 10_000),
    "the last code point": post("\U0010ffff" * 1000 + "bitcoin"),
    "a megabyte of words": post(("no word of it " * (MB // 14 + 1))[: MB - 1] + " bitcoin"),
    "a long title": post("buy", title="x" * 50_000 + " bitcoin"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Return a policy with signals of most kinds."""
    return build(tmp_path_factory.mktemp("hostile"), TABLES, RULES, FILES)


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_survived(made: Policy, given: Post) -> None:
    """Both engines come through, find the same, and cut out what they show."""
    posts = [post("bitcoin", id="before"), given, post("买", id="after")]
    columnar = screen(posts, made)
    assert columnar == screen(posts, made, engine=EngineName.REFERENCE)
    assert {"before", "after"} <= {finding.post for finding in columnar}


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("empty", []),
        ("empty with a title", [("title", 0, 7)]),
        ("NULs around a term", [("text", 99, 107)]),
        ("surrogates in a term", [("text", 0, 8), ("text", 9, 13)]),
        ("overrides", [("text", 11, 18)]),
        ("only zero-width", [("text", 100_000, 100_007)]),
        ("a term across many line ends", []),
        ("opening quotation marks", [("text", 100_000, 100_007)]),
        ("the last code point", [("text", 1000, 1007)]),
        ("a long title", [("title", 50_001, 50_008)]),
    ],
)
def test_the_term_is_found_in_it(
    made: Policy, engine: EngineName, name: str, places: list[tuple[str, int, int]]
) -> None:
    """What is hidden in such a text is found, at the place where it stands in the original."""
    assert spans(screen([HOSTILE[name]], made, engine=engine)[:1], "coins") == places


@pytest.mark.parametrize(
    "name", ["ten thousand hits", "ten thousand matches", "ten thousand hits that are near"]
)
def test_many_hits_make_a_short_finding(made: Policy, engine: EngineName, name: str) -> None:
    """However often a signal is seen, a finding shows eight places of it."""
    (finding, *_) = screen([HOSTILE[name]], made, engine=engine)
    shown = [item.signal for item in finding.evidence]
    assert max(map(shown.count, shown)) == 8
    assert len(shown) <= 24


def test_lone_surrogates_become_replacement_characters(made: Policy, engine: EngineName) -> None:
    """What no encoding can carry is replaced in the evidence, and shifts nothing."""
    (finding, *_) = screen([HOSTILE["surrogates in a term"]], made, engine=engine)
    assert [item.text for item in finding.evidence if item.signal == "coins"] == [
        "bit\ufffdcoin",
        "比\ufffd特币",
    ]


def test_a_broken_neighbour_changes_nothing(made: Policy, engine: EngineName) -> None:
    """Posts have the same findings alone and among all the others."""
    short = [given for given in HOSTILE.values() if len(given.text) + len(given.title or "") < 1000]
    together = screen(short, made, engine=engine)
    assert together == [finding for given in short for finding in screen([given], made, engine=engine)]
