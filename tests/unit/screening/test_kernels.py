"""The compiled kernels, each against the obvious code that says what it is to do."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipstaff.policy.folding import letters, normal_text, normalise
from tipstaff.policy.weights import FORMAT, Header, pack, unpack
from tipstaff.screening.confirm import normal_forms
from tipstaff.screening.kernels.ngrams import bucket_of, heaviest_grams, integer_root, score_posts
from tipstaff.screening.learned import heaviest, score_letters
from tipstaff.screening.posts import Column
from tipstaff.screening.tables import AT, DIGITS, DOLLAR, DOT, HASH, LONG_RUN, RARE
from tipstaff.screening.term_index import make_index
from tipstaff.screening.terms import Folded, fold

EVERY_CHAR = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
fields = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("aB1币幣\ufdfa\u200b\U00020000é.@⑩ \n")
    ),
    min_size=1,
    max_size=6,
)


def fold_only(texts: Sequence[str]) -> Folded:
    """Fold texts, looking for no terms."""
    return fold(Column.of(texts), make_index([]))[0]


def views(texts: Sequence[str]) -> list[str]:
    """Return the letters that the kernel writes of each text."""
    folded = fold_only(texts)
    cut = [folded.letters[a:b] for a, b in itertools.pairwise(folded.offsets)]
    return [view.tobytes().decode("utf-32-le") for view in cut]


def expected_view(text: str) -> str:
    """Return the letters view as the reference has it."""
    return letters(normal_text(text)).text


def test_the_letters_view_of_every_code_point() -> None:
    """The kernel keeps of every code point the letters that the table says."""
    by_thousand = [EVERY_CHAR[i : i + 1000] for i in range(0, len(EVERY_CHAR), 1000)]
    assert views(by_thousand) == [expected_view(text) for text in by_thousand]


@given(fields)
def test_the_letters_views_of_fields(texts: list[str]) -> None:
    """Every field has its own view, whatever stands in its neighbours."""
    assert views(texts) == [expected_view(text) for text in texts]


@pytest.mark.parametrize("char", ["\ufdfa", "㏂", "㉐", "ﬃ"])
@pytest.mark.parametrize("count", [1, 7, 1000])
def test_a_view_may_be_longer_than_its_text(char: str, count: int) -> None:
    """The buffer grows where a text expands, in the first field, a later one or all."""
    texts = ["a", char * count, "b", char * count]
    assert views(texts) == [expected_view(text) for text in texts]


@given(fields, st.data())
def test_the_normal_forms_of_some_fields(texts: list[str], data: st.DataObject) -> None:
    """Of the chosen fields: the normal form, where each part came from, and which parts are letters."""
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(texts))), min_size=1)))
    forms = normal_forms(Column.of(texts), np.array(chosen, dtype=np.int64))
    all_letters = forms.letters().tobytes().decode("utf-32-le")
    for slot, field in enumerate(chosen):
        normal = normalise(texts[field])
        view = letters(normal.text)
        first, last = forms.letter_starts[slot], forms.letter_starts[slot + 1]
        assert forms.text(slot) == normal.text
        assert tuple(forms.origins(slot)) == normal.origin
        assert tuple(forms.letter_at[first:last]) == view.origin
        assert all_letters[first:last] == view.text


def test_the_normal_form_of_every_code_point() -> None:
    """The kernel and the reference agree on every code point."""
    forms = normal_forms(Column.of([EVERY_CHAR]), np.array([0], dtype=np.int64))
    assert forms.text(0) == normal_text(EVERY_CHAR)
    assert forms.letters().tobytes().decode("utf-32-le") == expected_view(EVERY_CHAR)


@pytest.mark.parametrize(
    ("flag", "having", "lacking"),
    [
        (AT, ["@", "＠", "﹫"], ["a", "at"]),
        (DOLLAR, ["$", "＄", "﹩"], ["s", "€"]),
        (HASH, ["#", "＃", "﹟"], ["h"]),
        (DOT, [".", "。", "．", "｡", "⒈"], [",", "·"]),
        (RARE, ["佼", "奕", "茭", "\u3400"], ["交", "a", "かな"]),
        (LONG_RUN, ["a1" * 13, "ａ" * 25, f"x {'0' * 25}"], ["words of letters 1 2 3", "币" * 30]),
        (DIGITS, ["12345", "1 2 3 4 5", "１２３４５", "a1b2c3d4e5", "①②③④⑤"], ["1234", "abcde"]),
    ],
)
def test_flags_tell_what_a_field_may_hold(flag: int, having: list[str], lacking: list[str]) -> None:
    """A flag is raised wherever an entity that needs it may stand."""
    flags = fold_only([*having, *lacking]).flags & flag
    assert flags.tolist() == [flag] * len(having) + [0] * len(lacking)


BUCKETS = 256
TABLE = np.random.default_rng(11).integers(-32768, 32767, BUCKETS).astype(np.int16)
views_of_posts = st.lists(
    st.lists(st.text(st.sampled_from("ab1币\U00020000"), max_size=9), max_size=3), max_size=4
)


@given(views_of_posts, st.integers(1, 4), st.integers(0, 4), st.integers(-999, 999), st.integers(1, 99))
def test_scores_are_the_same(posts: list[list[str]], shortest: int, more: int, bias: int, scale: int) -> None:
    """The kernel scores posts of any number of fields as the obvious code does."""
    weights = unpack(pack(Header(FORMAT, shortest, shortest + more, BUCKETS, bias, scale, ""), TABLE))
    texts = [text for post in posts for text in post]
    owners = np.array([i for i, post in enumerate(posts) for _ in post], dtype=np.int64)
    chars = np.array([ord(char) for text in texts for char in text], dtype=np.uint32)
    starts = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    scores = np.full(len(posts), bias, dtype=np.int64)
    score_posts(chars, starts, owners, TABLE, shortest, shortest + more, bias, scale, scores)
    assert scores.tolist() == [score_letters(post, weights) for post in posts]


@given(st.integers(0, 1 << 52))
def test_the_integer_root(number: int) -> None:
    """The kernel's square root is rounded down, exactly."""
    assert integer_root(number) == isqrt(number)


@pytest.mark.parametrize("root", [0, 1, 2, 255, 256, 65535, 65536, (1 << 26) - 1])
def test_the_integer_root_of_squares(root: int) -> None:
    """Right below, at and above a square."""
    assert [integer_root(root * root + more) for more in (0, 1)] == [root, isqrt(root * root + 1)]
    assert root == 0 or integer_root(root * root - 1) == root - 1


@given(st.text(st.sampled_from("ab1币"), max_size=12), st.integers(1, 3), st.integers(0, 2))
def test_the_heaviest_n_grams(text: str, shortest: int, more: int) -> None:
    """Of all n-grams the one of greatest positive weight, then of those apart from it, and so on."""
    longest = shortest + more
    chars = np.array([ord(char) for char in text], dtype=np.uint32)
    left = [
        (-int(TABLE[bucket_of(chars, at, size, BUCKETS)]), at, size)
        for at in range(len(text))
        for size in range(shortest, longest + 1)
        if at + size <= len(text)
    ]
    expected: list[tuple[int, int]] = []
    for weight, at, size in sorted(left):
        if (
            weight < 0
            and len(expected) < 4
            and all(at >= end or at + size <= start for start, end in expected)
        ):
            expected.append((at, at + size))
    spans = np.empty((4, 2), dtype=np.int64)
    count = heaviest_grams(chars, TABLE, shortest, longest, spans)
    assert [tuple(span) for span in spans[:count].tolist()] == expected


def test_single_letters_explain_nothing() -> None:
    """An explanation is made of n-grams of two letters or more, though single letters weigh too."""
    weights = unpack(pack(Header(FORMAT, 1, 2, BUCKETS, 0, 1, ""), np.abs(TABLE)))
    spans = heaviest(np.array([ord(char) for char in "abab币"], dtype=np.uint32), weights)
    assert spans
    assert all(end - start == 2 for start, end in spans)


@given(st.text(st.sampled_from("币a1.é"), max_size=30))
@settings(max_examples=30)
def test_digits_weigh_alike(text: str) -> None:
    """Which digits stand in a text does not change its score."""
    weights = unpack(pack(Header(FORMAT, 1, 3, BUCKETS, 0, 5, ""), TABLE))
    assert score_letters([text.replace("1", "7")], weights) == score_letters([text], weights)
