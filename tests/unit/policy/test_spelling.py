"""The spellings under which terms are looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.policy.folding import is_letter, letters, normal_text
from tipstaff.policy.model import Spelling
from tipstaff.policy.spelling import Spelled, homophone_target, spell

ALL = frozenset(Spelling)
LEET = frozenset({Spelling.LEET})
PINYIN = frozenset({Spelling.PINYIN})
INITIALS = frozenset({Spelling.INITIALS})
LOOKALIKE = frozenset({Spelling.LOOKALIKE})


def written(term: str, disguises: frozenset[Spelling]) -> list[str]:
    """Return the letters of every disguised spelling of a term."""
    plain, *others = spell(term, disguises)
    assert plain.disguise is None
    return [spelled.letters for spelled in others]


@pytest.mark.parametrize(
    ("term", "plain", "breaks"),
    [
        ("bitcoin", "bitcoin", set()),
        ("Ｂit·Coin", "bitcoin", {3}),
        ("pump group", "pumpgroup", {4}),
        ("buy - it, now!", "buyitnow", {3, 5}),
        ("  pump  ", "pump", set()),
        ("比特幣", "比特币", set()),
        ("代 币\u200b发\u200b行", "代币发行", {1}),
        ("①对①", "1对1", set()),
    ],
)
def test_the_plain_spelling(term: str, plain: str, breaks: set[int]) -> None:
    """A term is looked for by its letters; where it has something else between them is remembered."""
    assert spell(term, ALL)[0] == Spelled(plain, frozenset(breaks), None)


@pytest.mark.parametrize("term", ["", "★", "\u200b", "--- !", "\u0301"])
def test_a_term_without_letters_has_no_spelling(term: str) -> None:
    """What normalisation leaves nothing of cannot be looked for."""
    assert spell(term, ALL) == ()


def test_without_disguises_there_is_one_spelling() -> None:
    """Disguises are derived only where the policy asks for them."""
    assert len(spell("bitcoin", frozenset())) == 1
    assert written("比特币交易", LEET) == []
    assert written("bitcoin", PINYIN) == []


def test_leet_replaces_every_choice_of_letters() -> None:
    """Digits that look like letters stand for some or all of them."""
    assert set(written("mouse", LEET)) == {
        *("m0use", "mou5e", "mous3"),
        *("m0u5e", "m0us3", "mou53"),
        "m0u53",
    }


def test_an_l_stands_for_every_i() -> None:
    """A letter drawn like i may fold to l, so that a term is looked for with l throughout as well."""
    assert set(written("mining", LEET)) == {"mlnlng", "m1ning", "min1ng", "m1n1ng"}


@pytest.mark.parametrize("term", ["coin", "btc2020x", "b2b sales", "币coins", "обмен"])
def test_leet_only_for_latin_words_of_five_letters(term: str) -> None:
    """A short term, one with digits or one in another script has no leet spelling."""
    assert written(term, LEET) == []


def test_leet_is_bounded() -> None:
    """Of a long term only the first four letters with a digit change, so that there are at most fifteen."""
    spellings = written("oooooooooo", LEET)
    assert len(spellings) == 15
    assert all(spelling.endswith("oooooo") for spelling in spellings)


def test_leet_keeps_the_word_breaks() -> None:
    """A disguised term has the word breaks of the term."""
    assert {spelled.breaks for spelled in spell("gold rush", LEET)} == {frozenset({4})}


def test_pinyin_replaces_every_choice_of_characters() -> None:
    """Any of the Han characters may be written as its syllable; in Latin letters alone, six or more."""
    mixed = {"bi特币", "比te币", "比特bi", "bite币", "bi特bi", "比tebi"}
    assert set(written("比特币", PINYIN)) == mixed | {"bitebi"}
    assert set(written("币安", PINYIN)) == {"bi安", "币an"}
    assert "jiaoyisuo" in written("交易所", PINYIN)


@pytest.mark.parametrize("term", ["币", "的", "我"])
def test_one_character_has_no_pinyin(term: str) -> None:
    """A syllable alone would be found in every other word."""
    assert written(term, PINYIN) == []


def test_pinyin_sets_syllables_off() -> None:
    """A syllable may be set off from its neighbours, so its edges are word breaks."""
    breaks = {spelled.letters: spelled.breaks for spelled in spell("交易所", PINYIN)}
    assert breaks["jiaoyisuo"] == {4, 6}
    assert breaks["交yi所"] == {1, 3}
    assert breaks["交易所"] == frozenset()


def test_pinyin_takes_other_readings() -> None:
    """A character with two readings is spelled with either."""
    assert {"yinhang转账", "yinxing转账"} <= set(written("银行转账", PINYIN))


def test_pinyin_keeps_what_is_no_han() -> None:
    """Latin letters and digits of a term stay in its pinyin spellings."""
    assert set(written("u商", PINYIN)) == {"ushang"}
    assert set(written("u币", PINYIN)) == set()
    assert set(written("usdt商家", PINYIN)) == {"usdtshang家", "usdt商jia", "usdtshangjia"}


@pytest.mark.parametrize("term", ["一二三四五六", "区块链技术交流"])
def test_pinyin_is_bounded(term: str) -> None:
    """A term of more than five Han characters has no pinyin spelling: it is seldom disguised so."""
    assert written(term, PINYIN) == []


def test_five_characters_give_a_bounded_number() -> None:
    """Five characters, of two readings at most, give at most 3^5 spellings with the plain one."""
    assert 1 < len(spell("长行重乐调", PINYIN)) <= 3**5


def test_initials_replace_every_choice_of_characters() -> None:
    """Any of the characters may be written as the first letter of its syllable, but not all of three."""
    assert set(written("比特币", INITIALS)) == {"b特币", "比t币", "比特b", "bt币", "b特b", "比tb"}
    assert {"jmhb", "加密h币", "j密货b"} < set(written("加密货币", INITIALS))


@pytest.mark.parametrize("term", ["币安", "usdt商家", "bitcoin", "区块链技术交流"])
def test_initials_only_for_three_to_five_characters(term: str) -> None:
    """Two letters are found everywhere; a term with anything but Han characters is left alone."""
    assert written(term, INITIALS) == []


def test_lookalikes_replace_one_or_two_characters() -> None:
    """A character may be written as another that looks like it, or as its parts."""
    spellings = written("邀请码", LOOKALIKE)
    assert {"遨请码", "邀请石马", "遨请矽", "邀讠青矽"} <= set(spellings)
    assert all(sum(char in spelling for char in "邀请码") >= 1 for spelling in spellings)
    assert len(spellings) < 200


@pytest.mark.parametrize("term", ["的了", "u币", "币", "区块链技术交流"])
def test_lookalikes_only_where_the_table_has_some(term: str) -> None:
    """Without an entry, with Latin letters, or beyond five characters there are none."""
    assert written(term, LOOKALIKE) == []


@pytest.mark.parametrize(
    ("term", "target"),
    [
        ("交易所", "交易所"),
        ("交易 所", "交易所"),
        ("幣安", "币安"),
        ("数字货币圈", "数字货币圈"),
        ("币", None),
        ("数字货币圈子", None),
        ("u商家", None),
        ("bitcoin", None),
        ("\u3400\u3401", None),
        ("", None),
    ],
)
def test_what_is_looked_for_by_sound(term: str, target: str | None) -> None:
    """Terms of two to five Han characters, and nothing else, are looked for by sound."""
    assert homophone_target(term) == target


terms = st.text(st.sampled_from("abotl10 -币交易所行长Ａ★\u200bé"), max_size=12)


@given(terms, st.sets(st.sampled_from(Spelling)).map(frozenset))
def test_spellings_are_letters_and_differ(term: str, disguises: frozenset[Spelling]) -> None:
    """Every spelling is made of letters, stands once, is not empty, and breaks inside itself."""
    spellings = spell(term, disguises)
    assert bool(spellings) == bool(letters(normal_text(term)).text)
    assert len({spelled.letters for spelled in spellings}) == len(spellings)
    for spelled in spellings:
        assert spelled.letters
        assert all(map(is_letter, spelled.letters))
        assert all(0 < place < len(spelled.letters) for place in spelled.breaks)
        assert spelled.disguise is None or spelled.disguise in disguises
