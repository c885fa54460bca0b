"""Entities of many texts at once are those of each text alone, whatever the texts."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipstaff.screening.entities import FINDERS
from tipstaff.screening.entities.many import find_many
from tipstaff.screening.posts import Post

ROOT = Path(__file__).parents[2]
STREAM = ROOT.parent / "shared" / "data" / "stream.jsonl.gz"
EVERY = 40
"""One post in so many of the stream is looked at."""

ALL = frozenset(FINDERS)

CUES = (
    *("微信", "微 信", "加v", "加我V", "vx", "wx:", "WeChat ", "weixin", "➕薇", "v❤", "威信", "卫星:"),
    *("QQ", "q群", "扣扣", "企鹅", "加 q ", "tg", "TG:", "Telegram ", "电报", "飞机", "纸飞机", "群主", "号"),
    *("客服", "id", "公众号", "请加", "联系", "：", ":", "👉", "+", "(", "】", "t.me/", "@"),
)
NUMBERS = (
    *("1", "3", "10", "99", "100", "1,000", "0.5", "12.", ".5", "2018-04", "13800001234", "138 0000 1234"),
    *(
        "+1 415 555 2671",
        "+86",
        "86-",
        "12345678901234567890",
        "1,00",
        "三",
        "百",
        "万",
        "十亿",
        "二〇",
        "百分之",
    ),
    *("％", "%", " percent", "pct", "x", "×", "倍", "番", "翻了", "多", "个", "几", "1x2"),
)
UNITS = (
    *("$", "US$", "¥", "￥", "rmb ", "usdt", "U", "u", "元", "元旦", "块", "块链", "块钱", "刀", " dollars"),
    *(" million", "k", "K", "w", "W", "m", " M", "bn", "BTC", "btc", "NEAR", "near", "万元", "千", "+", "(+"),
)
LINKS = (
    *("\u00ad", "\u200b", "\ufe0f", "ⓑ", "\u2024", "ﬁ", "①", "™", "http:\\\\", ":\\/\\/", "\\"),
    *("http://", "https://", "hxxps://", "HTTP：//", "http[:]//", "http", "www.", "a.b", "example", ".com"),
    *(
        ".com.Then",
        ".CN",
        ".公司",
        ".py",
        "[.]",
        "(dot)",
        "[DOT]",
        "。",
        "．",
        "｡",
        "。com",
        "/a?ref=1",
        ":80",
        ")",
    ),
    *("user@", "xn--", "xn--fiqs8s", "discord.gg/abc", "t.me/+abc", "[::1]", "/", "-", "_", "ПРИМЕР.рф"),
    *("café", "İ", "ſ", "K", "Σ", "ς"),
)
NAMES = (
    *(
        "@name",
        "@ab",
        "@a_b",
        "@",
        "$ABC",
        "$a",
        "$PATH/",
        "#词#",
        "#tag",
        "#",
        "abc_1",
        "wx_138",
        "official",
    ),
    *("0x" + "ab" * 20, "0x" + "A" * 40, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "1" * 30),
    *("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "So1anaMintAddress9xYzAbCdEfGh1JkLmNoPqRs2pump", "CA: "),
)
PLAIN = (
    *(" ", "  ", "\n", "\t", "\x00", "\u202e", "\u200b", "\u0307", "\ufe0f", "\U0001f600", "\U0002f800"),
    *(
        "\ud800",
        "\udc00",
        "一",
        "的",
        "，",
        "。",
        "！",
        "（",
        "a",
        "Z",
        "é",
        "я",
        "①",
        "ⓥ",
        "Ｖ",
        "９",
        "０ｘ",
        "m",
    ),
)
PIECES = st.sampled_from([*CUES, *NUMBERS, *UNITS, *LINKS, *NAMES, *PLAIN])
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60))
KINDS = st.one_of(st.just(ALL), st.frozensets(st.sampled_from(sorted(ALL))))


def agree(texts: Sequence[str], kinds: Sequence[frozenset[str]]) -> int:
    """Check that `find_many` finds what `FINDERS` do; return how many hits there were."""
    found = find_many(texts, kinds)
    assert len(found) == len(texts)
    for text, wanted, hits in zip(texts, kinds, found, strict=True):
        assert hits == {kind: FINDERS[kind](text) for kind in wanted}, text
    return sum(len(some) for hits in found for some in hits.values())


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(TEXTS, KINDS), max_size=6))
def test_mixtures(posts: list[tuple[str, frozenset[str]]]) -> None:
    """Texts of cues, digits, links, names and oddities have the same hits, kind by kind and in order."""
    agree([text for text, _ in posts], [kinds for _, kinds in posts])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, PIECES, PIECES), max_size=40))
def test_short_mixtures(triples: list[tuple[str, str, str]]) -> None:
    """Texts of three pieces, in which hits stand at either end, have the same hits."""
    texts = ["".join(triple) for triple in triples]
    agree(texts, [ALL] * len(texts))


def test_every_pair_of_pieces() -> None:
    """Any two pieces, one after the other and each alone, have the same hits."""
    pieces = [*CUES, *NUMBERS, *UNITS, *LINKS, *NAMES, *PLAIN]
    texts = [*pieces, *(first + second for first in pieces for second in pieces)]
    assert agree(texts, [ALL] * len(texts)) > 1000


def test_a_scheme_after_digits_with_dots() -> None:
    """A run of labels takes the scheme at its end along, unless a colon follows: both ways skip the same."""
    texts = ["1.2http：//x.com", "1.2http://x.com", "1.2http[:]//x.com", "1.2.3 x.com", "1.-h.com"]
    agree(texts, [ALL] * len(texts))


def test_nothing_is_found_in_nothing() -> None:
    """No texts, empty ones, and texts of which nothing is wanted are no special case."""
    assert find_many([], []) == []
    assert find_many(["", "@name"], [ALL, frozenset()]) == [{kind: [] for kind in ALL}, {}]


def test_the_examples() -> None:
    """The posts that ship with the project have the same entities."""
    lines = (ROOT / "examples" / "posts.jsonl").read_bytes().splitlines()
    texts = [msgspec.json.decode(line, type=Post).text for line in lines]
    assert agree(texts, [ALL] * len(texts)) > 100


@pytest.mark.skipif(not STREAM.exists(), reason=f"the shared data is not at hand ({STREAM})")
def test_the_stream() -> None:
    """On a slice of the real stream there are the same entities."""
    with gzip.open(STREAM) as lines:
        chosen = islice(lines, 0, None, EVERY)
        texts = [msgspec.json.decode(line, type=Post).text for line in chosen]
    assert agree(texts, [ALL] * len(texts)) > 100


MEGABYTE = 1_000_000
FLOODS = {
    "cues and fillers": "薇请加" * (MEGABYTE // 3),
    "cue and blanks": "tg " + " " * MEGABYTE,
    "cues": "tg:" * (MEGABYTE // 3),
    "digits": "1,000" * (MEGABYTE // 5),
    "numerals": "百分之一" * (MEGABYTE // 4),
    "labels": "a." * (MEGABYTE // 2),
    "label": "a" * MEGABYTE + ".com",
    "hits": "@name $ABC 10% x.com/a " * 10_000,
    "stops": "a。" * (MEGABYTE // 2),
    "zeros": "\x00" * MEGABYTE,
    "overrides": "\u202e@" * (MEGABYTE // 2),
    "astral": "\U0001f600微信" * (MEGABYTE // 3),
    "spaced": "1 3 " * (MEGABYTE // 4),
    "handles": "@abc" * (MEGABYTE // 4),
    "plus": "+1 " * (MEGABYTE // 3),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_megabyte_of_one_thing_is_gone_through_once(flood: str) -> None:
    """Hostile repetition costs one pass, and has the same hits: a quadratic one would not return."""
    agree([FLOODS[flood], "@name"], [ALL, ALL])
