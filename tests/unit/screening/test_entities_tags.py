"""Handles, cashtags and hashtags."""

from __future__ import annotations

import pytest

from tipstaff.screening.entities import FINDERS


def found(kind: str, text: str) -> list[tuple[str, str, str]]:
    """Return what stands in the text, its value and its detail."""
    return [(text[hit.start : hit.end], hit.value, hit.detail) for hit in FINDERS[kind](text)]


def test_a_handle_is_lower_cased_without_its_sign() -> None:
    """`@Some_Name` has the value `some_name`; Chinese may touch it."""
    assert found("handle", "联系@Some_Name1吧") == [("@Some_Name1", "some_name1", "name")]
    assert found("handle", "（＠ａｂｃ）") == [("＠ａｂｃ", "abc", "name")]


def test_handles_may_touch_each_other_and_a_link() -> None:
    """Repeated handles are each found; `https://` glued to one is not part of it."""
    assert [found[1] for found in found("handle", "@abc12@abc34@abc56")] == ["abc12", "abc34", "abc56"]
    assert found("handle", "咨询@abc12https://t.me/x")[0][:2] == ("@abc12", "abc12")


@pytest.mark.parametrize(
    "text", ["john@example.com", "a.b+c@d.org", "@ab", "@1abc", "@_abc", "@" + "a" * 33, "@ abc", "x@y"]
)
def test_these_are_no_handles(text: str) -> None:
    """E-mail addresses, and names too short, too long or not beginning with a letter."""
    assert found("handle", text) == []


def test_a_handle_of_32_characters_is_the_longest() -> None:
    """The bounds of 3 and 32 are inclusive."""
    assert found("handle", "@abc") != []
    assert found("handle", "@" + "a" * 32) != []


@pytest.mark.parametrize("text", ["@alice@host.social", "@alice.bsky.social", "@alice:matrix.org"])
def test_a_longer_address_is_told_apart(text: str) -> None:
    """The beginning of an address on another server is marked, and its host is no handle."""
    assert found("handle", text) == [("@alice", "alice", "address")]


def test_a_cashtag_is_upper_cased_without_its_sign() -> None:
    """`$abc` has the value `ABC`, touching Chinese or punctuation."""
    assert found("cashtag", "买$btc，$PEPE2。＄eth涨") == [
        ("$btc", "BTC", "ticker"),
        ("$PEPE2", "PEPE2", "ticker"),
        ("＄eth", "ETH", "ticker"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "$100",
        "$5k",
        "$A",
        "$" + "A" * 13,
        "$HOME/bin",
        "$PATH:",
        "${HOME}",
        "$(ls)",
        "$foo/bar",
        "$x->y",
        "$ABC_D",
        "US$ABC",
        "A$AP",
        "\\$ABC",
        "$var=1",
        "$ ABC",
    ],
)
def test_these_are_no_cashtags(text: str) -> None:
    """Sums, shell and program variables, and names of the wrong length."""
    assert found("cashtag", text) == []


@pytest.mark.parametrize("text", ["$BTC/USDT", "$BTC/$ETH", "$btc/usdt"])
def test_a_trading_pair_is_no_path(text: str) -> None:
    """A slash before a ticker does not make a shell variable."""
    assert found("cashtag", text)[0][1] == "BTC"


def test_hashtags_in_both_scripts() -> None:
    """`#word` ends at punctuation, in Chinese as in English."""
    assert found("hashtag", "#Bitcoin 和 #比特币，#a_1！") == [
        ("#Bitcoin", "bitcoin", "tag"),
        ("#比特币", "比特币", "tag"),
        ("#a_1", "a_1", "tag"),
    ]


def test_the_chinese_form_is_closed_by_a_second_sign() -> None:
    """`#词#` is a topic, and may hold punctuation."""
    assert found("hashtag", "#比特币突破10万!#今天") == [("#比特币突破10万!#", "比特币突破10万!", "topic")]
    assert found("hashtag", "＃词＃") == [("＃词＃", "词", "topic")]
    assert [hit[1] for hit in found("hashtag", "#一##二#")] == ["一", "二"]


def test_glued_latin_tags_are_separate() -> None:
    """`#btc#eth` is two tags and no topic."""
    assert found("hashtag", "#btc#eth") == [("#btc", "btc", "tag"), ("#eth", "eth", "tag")]


def test_a_sign_after_a_comma_closes_nothing() -> None:
    """`#比特币，#以太坊` is two tags."""
    assert [hit[1:] for hit in found("hashtag", "#比特币，#以太坊")] == [("比特币", "tag"), ("以太坊", "tag")]


@pytest.mark.parametrize(
    "text", ["#1", "#2024", "C# x", "page.html#top", "&#123;", "# x", "##", "a/#/b", "#" + "a" * 101]
)
def test_these_are_no_hashtags(text: str) -> None:
    """Numbers, anchors, entities, languages and overlong words."""
    assert found("hashtag", text) == []
