"""What every finder promises for any text whatever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipstaff.screening.entities import FINDERS
from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.folding import as_written, even, fold, fold_link

KINDS = [
    "url",
    "domain",
    "invitation",
    "handle",
    "cashtag",
    "hashtag",
    "wallet",
    "wechat",
    "qq",
    "telegram",
    "phone",
    "amount",
    "percentage",
]

PIECES = st.sampled_from(
    [
        *"ahtpsxv01359.:/@#$%+-_,()[]?&=~ \n",
        *"。，：（）【】》”％＃＠＄１ａ．／微信薇加群号电报百分之翻三十万元倍①ⓥ❤\ufe0f\u0307\u200b\ud800\x00İſ",
        *(
            "http://",
            "hxxp://",
            "[.]",
            "(.)",
            "[dot]",
            "www.",
            ".com",
            ".公司",
            "xn--",
            "t.me/",
            "+",
            "@abc",
            "$ABC",
            "#词#",
        ),
        *(
            "0x",
            "bc1",
            "CA ",
            "pump",
            "USDT",
            "million",
            "138",
            "0000",
            "QQ",
            "tg:",
            "vx",
            "://",
            "@[::1]",
            "\U0001f600",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


def test_the_registry_names_every_kind() -> None:
    """The kinds that policies may name are exactly these."""
    assert list(FINDERS) == KINDS


@settings(max_examples=400)
@given(TEXTS)
def test_hits_are_sound_for_any_text(text: str) -> None:
    """No finder raises; hits have their kind, lie in range, are not empty, in order and apart."""
    for kind, find in FINDERS.items():
        end = 0
        for hit in find(text):
            assert hit.kind == kind
            assert end <= hit.start < hit.end <= len(text)
            assert text[hit.start : hit.end].strip()
            assert hit.value
            assert hit.detail
            end = hit.end


@settings(max_examples=200)
@given(TEXTS)
def test_finders_are_pure(text: str) -> None:
    """The same text has the same hits, whatever was looked at in between."""
    first = {kind: find(text) for kind, find in FINDERS.items()}
    FINDERS["url"]("https://other.com")
    assert {kind: find(text) for kind, find in FINDERS.items()} == first


@settings(max_examples=200)
@given(TEXTS)
def test_a_paragraph_before_a_text_only_moves_its_hits(text: str) -> None:
    """Hits are places in the text as written: a line of Chinese before it shifts them."""
    before = "今天天气很好。\n\n——————————\n\n"
    if text[:1].isspace() or not text[:1].isascii():
        text = f"x {text}"
    for find in FINDERS.values():
        moved = [
            Entity(hit.kind, hit.start + len(before), hit.end + len(before), hit.value, hit.detail)
            for hit in find(f"x {text}")
        ]
        assert find(f"{before}x {text}") == moved


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    """Folded text has the length of the text."""
    assert len(fold(text)) == len(text)
    assert len(fold_link(text)) == len(text)


@given(st.text(st.sampled_from("a.\u00ad\u200bﬁ\ufe0f①")))
def test_places_in_an_even_text_are_taken_back(text: str) -> None:
    """Each letter of the even form comes from the character of the text that it is, or is a part of."""
    origin = [place for place, char in enumerate(text) for _ in even(char)]
    letters = [Entity("x", place, place + 1, "v", "d") for place in range(len(even(text)))]
    assert [(one.start, one.end) for one in as_written(text)(letters)] == [(at, at + 1) for at in origin]


def test_overlapping_hits_are_reduced_to_the_first_and_longest() -> None:
    """Of two hits that overlap, the earlier stays; of two at one place, the longer."""
    spans = [(5, 9), (0, 3), (0, 4), (3, 6), (4, 5)]
    kept = apart(Entity("x", start, end, "v", "d") for start, end in spans)
    assert [(hit.start, hit.end) for hit in kept] == [(0, 4), (4, 5), (5, 9)]


MEGABYTE = 1_000_000
FLOODS = {
    "dotted": "a.a.a." * (MEGABYTE // 6),
    "at": "@@@@" * (MEGABYTE // 4),
    "ones": "1" * MEGABYTE,
    "dollars": "$" * MEGABYTE,
    "schemes": "http://" * 100_000,
    "letters": "a" * MEGABYTE,
    "hyphens": "a-" * (MEGABYTE // 2),
    "defanged": "a[.]" * (MEGABYTE // 4),
    "stops": "a。" * (MEGABYTE // 2),
    "brackets": "x.com/" + ")" * MEGABYTE,
    "hashes": "#a" * (MEGABYTE // 2),
    "spaced digits": "1 3 " * (MEGABYTE // 4),
    "cues": "微信群" * (MEGABYTE // 3),
    "numerals": "万" * MEGABYTE,
    "labels": "http://" + ("中" * 60 + ".") * (MEGABYTE // 61),
    "users": "http://" + "a@" * (MEGABYTE // 2),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_megabyte_of_one_thing_is_gone_through_once(flood: str) -> None:
    """Hostile repetition costs every finder one pass: a quadratic one would not return."""
    for find in FINDERS.values():
        find(FLOODS[flood])
