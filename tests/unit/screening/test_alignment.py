"""Where a term stands in a text, and where its letters meet by accident: the same in both engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from policies import Build, group, post, rule, signal

from tipstaff.screening.engine import EngineName, screen

Places = Callable[[str, str], list[str]]


@pytest.fixture
def places(policy: Build, engine: EngineName) -> Places:
    """Return what finds the places of one term in one text."""

    def find(term: str, text: str) -> list[str]:
        made = policy(
            signal("lexicon", "words", terms="words.csv"),
            rule("said", "words > 0"),
            {"signals/words.csv": group(term), "signals/coins.csv": None},
        )
        return [
            str(item.text)
            for finding in screen([post(text)], made, engine=engine)
            for item in finding.evidence
        ]

    return find


def cases(table: str) -> list[tuple[str, str, str | None]]:
    r"""Read a table: a term, a text in which `⟦⟧` mark where it stands, if it does."""
    rows = []
    for line in table.strip().splitlines():
        term, _, text = (part.replace("\\n", "\n") for part in line.strip().partition(" | "))
        before, opening, rest = text.partition("⟦")
        place, _, after = rest.partition("⟧")
        rows.append((term, before + place + after, place if opening else None))
    return rows


EDGES = cases(r"""
    rapist | therapist
    rapist | the ⟦rapist⟧
    coin | bitcoin
    coin | coinage
    coin | ⟦coin⟧
    coin | 比特⟦coin⟧圈
    coin | _⟦coin⟧_
    coin | (⟦coin⟧)
    coin | 9⟦coin⟧9
    coin | ж⟦coin⟧ж
    coin | 한⟦coin⟧
    coin | écoin
    coin | сcoin
    coin | ｃcoin
    coin | ⓒcoin
    coin | c😀⟦coin⟧
    交易所 | 去⟦交易所⟧吧
    交易所 | buy⟦交易所⟧usdt
    100 | 1000
    100 | 2100
    100 | ⟦100⟧x
    100 | x⟦100⟧
    100 | 第⟦100⟧名
    100 | 1,⟦100⟧
    100 | １00０
    2x币 | 12x币
    币2x | 币2xy
    币2x | ⟦币2x⟧2
    """)


@pytest.mark.parametrize(("term", "text", "place"), EDGES)
def test_edges(places: Places, term: str, text: str, place: str | None) -> None:
    """A term is no part of a longer Latin word or number; beside other letters it stands."""
    assert places(term, text) == ([place] if place else [])


PLURALS = cases(r"""
    coin | ⟦coin⟧s
    coin | ⟦coin⟧'s
    coin | ⟦COIN⟧S!
    coin | ⟦coin⟧s币
    coin | ⟦coin⟧s2
    coin | coinss
    coin | coinsx
    coin | coinz
    coin | scoin
    btc | btcs
    btc | ⟦btc⟧ s
    gold rush | ⟦gold rush⟧s
    2020 | ⟦2020⟧s
    代币ico | ⟦代币ico⟧s
    """)


@pytest.mark.parametrize(("term", "text", "place"), PLURALS)
def test_plurals(places: Places, term: str, text: str, place: str | None) -> None:
    """A plural s after a term of four letters or more is passed over, and is no part of the place."""
    assert places(term, text) == ([place] if place else [])


BREAKS = cases(r"""
    pump group | ⟦pump group⟧
    pump group | ⟦pumpgroup⟧
    pump group | ⟦pump   group⟧
    pump group | ⟦pump - group⟧
    pump group | ⟦pump-group⟧
    pump group | ⟦pump, group⟧
    pump group | ⟦pump: group⟧
    pump group | ⟦pump "group⟧"
    pump group | ⟦pump (group⟧)
    pump group | pump -- group
    pump group | pump    group
    pump group | pump! group
    pump group | pump?group
    pump group | pump; group
    pump group | pump。group
    pump group | ⟦pump\ngroup⟧
    pump group | pump the group
    pump group | ⟦ＰＵＭＰ　ＧＲＯＵＰ⟧
    pump group | ⟦pump gro_up⟧
    pump group | pump gr_o_up
    pump group | pumpgroupie
    pump-group | ⟦pump group⟧
    币圈 进群 | ⟦币圈，进群⟧
    币圈 进群 | ⟦币圈进群⟧
    币圈 进群 | 币圈！进群
    币圈 进群 | ⟦币圈\n进群⟧
    """)


@pytest.mark.parametrize(("term", "text", "place"), BREAKS)
def test_word_breaks(places: Places, term: str, text: str, place: str | None) -> None:
    """A word break of the term may be closed, or hold up to three characters that end no sentence."""
    assert places(term, text) == ([place] if place else [])


GAPS = cases(
    r"""
    交易所 | ⟦交易 所⟧
    交易所 | ⟦交 易/所⟧
    交易所 | ⟦交★★★易所⟧
    交易所 | 交★★★★易所
    交易所 | ⟦交😀易所⟧
    交易所 | 交易，所以
    交易所 | 交易,所
    交易所 | 交易、所
    交易所 | 交易：所
    交易所 | 交易。所
    交易所 | 交易！所
    交易所 | 交易；所
    交易所 | 交易\n所
    交易所 | 交（易）所
    交易所 | 交【易】所
    交易所 | 交《易》所
    交易所 | “交易”所
    交易所 | 「交易」所
    交易所 | 交"易所
    交易所 | ⟦交\u200b易所⟧
    交易所 | ⟦交.易所⟧
    比特币btc | ⟦比特币 btc⟧
    比特币btc | ⟦比特币-btc⟧
    比特币btc | 比特币，btc
    usdt出售 | ⟦usdt 出 售⟧
    usdt出售 | us dt出售
    1对1 | ⟦1 对 1⟧
    加v | ⟦加 v⟧
    加v | ⟦加+++v⟧信
    加v | 加vx
    bitcoin | ⟦bit-coin⟧
    bitcoin | ⟦bit.coin⟧
    bitcoin | ⟦bit😀coin⟧
    bitcoin | ⟦bit·coin⟧
    bitcoin | bit coin
    bitcoin | bit--coin
    bitcoin | bi-tc-oin
    bitcoin | bit,coin
    bitcoin | bit"coin
    bitcoin | bit(coin)
    bitcoin | bit。coin
    bitcoin | bit\ncoin
    pumps | ⟦pu_mps⟧
    pump | pu_mp
    10000u | 10,000u
    10000u | ⟦10.000u⟧
    10000u | 10 000u
    """.replace("\\u200b", "\u200b")
)


@pytest.mark.parametrize(("term", "text", "place"), GAPS)
def test_gaps_inside_a_word(places: Places, term: str, text: str, place: str | None) -> None:
    """Inside a word, blanks and symbols may part Han characters, one symbol Latin letters; marks may not."""
    assert places(term, text) == ([place] if place else [])


SPREAD = cases(r"""
    pump | ⟦p u m p⟧
    pump | ⟦p.u.m.p⟧
    pump | ⟦p, u, m, p⟧
    pump | ⟦p\nu\nm\np⟧
    pump | ⟦p\n\nu\n\nm\n\np⟧
    pump | ⟦p----u----m----p⟧
    pump | p-----u-----m-----p
    pump | p u m  p
    pump | p u-m p
    pump | p u mp
    pump | xp u m p
    pump | ⟦p u m p⟧ s
    pump group | ⟦p u m p g r o u p⟧
    pump group | p u m p  g r o u p
    交易所 | ⟦交\n易\n所⟧
    交易所 | ⟦交，易，所⟧
    交易所 | ⟦交。易。所⟧
    交易所 | 交\n易，所
    交易所 | 上\n⟦交\n易\n所⟧\n的
    币圈 | 币\n圈
    币圈 | 上\n⟦币\n圈⟧
    币圈 | ⟦币\n圈⟧\n子
    币圈 | 上\n\n币\n圈\n\n子
    币圈 | 币，圈
    币圈 | 进，⟦币，圈⟧
    币圈 | 进。币，圈。
    ab | a b
    ab | x ⟦a b⟧
    """)


@pytest.mark.parametrize(("term", "text", "place"), SPREAD)
def test_spread_out(places: Places, term: str, text: str, place: str | None) -> None:
    """Any gap of up to four characters is passed over if it is the same between all letters of the term."""
    assert places(term, text) == ([place] if place else [])


def test_overlapping_places_are_all_found(places: Places) -> None:
    """A term that overlaps itself is found at every place."""
    assert places("哈哈", "哈哈哈") == ["哈哈", "哈哈"]


def test_the_place_is_that_in_the_original(places: Places) -> None:
    """What expands, folds or disappears on the way to the normal form does not shift the place."""
    assert places("bitcoin", "ﷺ\u200b Ｂ\u0301𝐢t\u200bcoin ﷺ") == ["Ｂ\u0301𝐢t\u200bcoin"]
