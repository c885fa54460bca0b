"""The compiled kernels, each against the obvious code that says what it is to do."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import isqrt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipstaff.policy.folding import letters, normal_text, normalise
from tipstaff.policy.weights import FORMAT, Header, Weights, pack, unpack
from tipstaff.screening.batches import Column
from tipstaff.screening.confirm import normal_forms
from tipstaff.screening.kernels.bounds import UNKNOWN, Derived, bound_derived
from tipstaff.screening.kernels.ngrams import gram_bucket, integer_root
from tipstaff.screening.kernels.sums import add_distinct_weights
from tipstaff.screening.learned import (
    MAX_EXPLAINED,
    heaviest,
    heaviest_of_fields,
    score_fields,
    score_letters,
)
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
    for slot, field in enumerate(chosen):
        normal = normalise(texts[field])
        view = letters(normal.text)
        first, last = forms.letter_starts[slot], forms.letter_starts[slot + 1]
        assert forms.text(slot) == normal.text
        assert tuple(forms.origin[forms.starts[slot] : forms.starts[slot + 1]]) == normal.origin
        assert tuple(forms.letter_at[first:last]) == view.origin


def test_the_normal_form_of_every_code_point() -> None:
    """The kernel and the reference agree on every code point."""
    forms = normal_forms(Column.of([EVERY_CHAR]), np.array([0], dtype=np.int64))
    assert forms.text(0) == normal_text(EVERY_CHAR)
    assert tuple(forms.letter_at) == letters(normal_text(EVERY_CHAR)).origin


@pytest.mark.parametrize("char", ["\ufdfa", "㏂", "½", "币", "\u200b"])
@pytest.mark.parametrize("count", [0, 1, 1000, 350_000])
def test_a_normal_form_may_be_longer_than_its_text(char: str, count: int) -> None:
    """The buffer grows where a text expands, in the first field, a later one or all."""
    expected = normalise(char * count)
    texts = [char * count, "", "币", char * count]
    for chosen in ([0, 1, 2, 3], [0], [3], [1, 2], [2, 3], []):
        forms = normal_forms(Column.of(texts), np.array(chosen, dtype=np.int64))
        for slot, field in enumerate(chosen):
            assert forms.text(slot) == {1: "", 2: "币"}.get(field, expected.text)
            assert (
                field in (1, 2)
                or tuple(forms.origin[forms.starts[slot] : forms.starts[slot + 1]]) == expected.origin
            )


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
texts_of_posts = st.lists(
    st.lists(st.text(st.sampled_from("ab19币\U00020000㏂ .\u200b"), max_size=12), max_size=3), max_size=4
)


def model(
    shortest: int, longest: int, table: npt.NDArray[np.int16] = TABLE, bias: int = 0, scale: int = 1
) -> Weights:
    """Return the weights of a model."""
    return unpack(pack(Header(FORMAT, shortest, longest, table.size, bias, scale, ""), table))


def scores_of(posts: Sequence[Sequence[str]], weights: Weights) -> list[int]:
    """Score posts by the kernel."""
    owners = np.array([i for i, post in enumerate(posts) for _ in post], dtype=np.int64)
    folded = fold_only([text for post in posts for text in post])
    return score_fields(folded, np.arange(owners.size), owners, weights, len(posts)).tolist()


def expected_scores(posts: Sequence[Sequence[str]], weights: Weights) -> list[int]:
    """Score posts in the obvious way."""
    return [score_letters([expected_view(text) for text in post], weights) for post in posts]


@given(texts_of_posts, st.integers(1, 4), st.integers(0, 4), st.integers(-999, 999), st.integers(1, 99))
def test_scores_are_the_same(posts: list[list[str]], shortest: int, more: int, bias: int, scale: int) -> None:
    """The kernel scores posts of any number of fields as the obvious code does."""
    weights = model(shortest, shortest + more, bias=bias, scale=scale)
    assert scores_of(posts, weights) == expected_scores(posts, weights)


def test_scores_of_some_fields() -> None:
    """Fields that are not chosen do not count, whichever they are."""
    weights = model(1, 3)
    texts = ["币 a", "no", "b1", "", "no more", "aab币币"]
    slots, posts = np.array([0, 2, 3, 5], dtype=np.int64), np.array([0, 0, 1, 2], dtype=np.int64)
    scores = score_fields(fold_only(texts), slots, posts, weights, 3).tolist()
    assert scores == expected_scores([["币 a", "b1"], [""], ["aab币币"]], weights)


def test_scores_of_many_posts() -> None:
    """A post starts afresh, however many posts before it hit its buckets."""
    weights = model(1, 2, np.random.default_rng(5).integers(-999, 999, 1 << 14).astype(np.int16))
    for period in (254, 255, 256, 257):
        posts = [[chr(0x4E00 + i % period) * 2] for i in range(3 * period)]
        assert scores_of(posts, weights) == expected_scores(posts, weights)


def test_the_score_of_a_long_text() -> None:
    """A text of a hundred thousand letters is scored like any other, beside short ones."""
    weights = model(1, 4, scale=64)
    letters_ = np.random.default_rng(7).choice(list("ab1币幣 "), 100_000)
    posts = [["a"], ["".join(letters_.tolist()), "b"], ["ab"]]
    assert scores_of(posts, weights) == expected_scores(posts, weights)


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
    left = [
        (at, at + size)
        for at in range(len(text))
        for size in range(max(2, shortest), shortest + more + 1)
        if at + size <= len(text)
    ]
    chars = np.array([ord(char) for char in text], dtype=np.uint32)
    weights = {(at, end): int(TABLE[gram_bucket(chars, at, end - at, BUCKETS)]) for at, end in left}
    expected: list[tuple[int, int]] = []
    while len(expected) < MAX_EXPLAINED and any(weights[span] > 0 for span in left):
        expected.append(max(left, key=lambda span: (weights[span], -span[0], -span[1])))
        left = [(at, end) for at, end in left if end <= expected[-1][0] or at >= expected[-1][1]]
    assert heaviest(text, model(shortest, shortest + more)) == expected


@given(
    st.lists(st.text(st.sampled_from("ab19币\U00020000㏂ .\u200b"), max_size=25), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(0, 4),
    st.sampled_from([TABLE, np.sign(TABLE) * np.int16(7)]),
    st.data(),
)
def test_the_heaviest_n_grams_of_fields(
    texts: list[str], shortest: int, more: int, table: npt.NDArray[np.int16], data: st.DataObject
) -> None:
    """The kernel finds them for any fields at once; where weights are alike, the first of them."""
    weights = model(shortest, shortest + more, table)
    slots = sorted(data.draw(st.sets(st.sampled_from(range(len(texts))))))
    spans, counts = heaviest_of_fields(fold_only(texts), np.array(slots, dtype=np.int64), weights)
    found = [spans[i, :count].tolist() for i, count in enumerate(counts)]
    expected = [heaviest(expected_view(texts[slot]), weights) for slot in slots]
    assert found == [[list(span) for span in field] for field in expected]


def test_single_letters_explain_nothing() -> None:
    """An explanation is made of n-grams of two letters or more, though single letters weigh too."""
    weights = model(1, 2, np.abs(TABLE))
    spans = heaviest("abab币", weights)
    assert spans
    assert all(end - start == 2 for start, end in spans)
    assert heaviest_of_fields(fold_only(["ab"]), np.array([0]), model(1, 1, np.abs(TABLE)))[1] == [0]


@given(st.text(st.sampled_from("币a1.é"), max_size=30))
@settings(max_examples=30)
def test_digits_weigh_alike(text: str) -> None:
    """Which digits stand in a text does not change its score."""
    weights = model(1, 3, scale=5)
    assert score_letters([text.replace("1", "7")], weights) == score_letters([text], weights)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=12))
def test_a_term_counts_once_in_a_post(found: list[tuple[int, int]]) -> None:
    """However often and in whichever spelling a term is found, its weight is added once to its signal."""
    owners = [[(0, 0, 5)], [(0, 0, 5), (1, 1, 2)], [(1, 1, 2)], [(0, 2, 1)]]  # row, term, weight
    flat = np.array([owner for group in owners for owner in group], dtype=np.int64)
    pairs = np.array(sorted(found), dtype=np.int64).reshape(len(found), 2)
    sums = np.zeros((2, 3), dtype=np.int64)
    starts = np.cumsum([0, *map(len, owners)], dtype=np.int64)
    add_distinct_weights(
        pairs[:, 1].copy(), pairs[:, 0].copy(), starts, *(flat[:, i].copy() for i in range(3)), sums
    )
    expected = [
        [sum(weight for at, _, weight in {o for p, t in found if p == post for o in owners[t]} if at == row)
         for post in range(3)]
        for row in range(2)
    ]  # fmt: skip
    assert sums.tolist() == expected


def test_derived_bounds() -> None:
    """A sum adds up and is capped; one that needs others is zero where one is missing; known rows stay."""
    low = np.array([[1, 0, 2], [3, 0, 0], [9, 9, 9], [9, 9, 9], [9, 9, 9]], dtype=np.int64)
    high = np.array([[1, 0, UNKNOWN], [4, 7, UNKNOWN], [9, 9, 9], [9, 9, 9], [9, 9, 9]], dtype=np.int64)
    steps = np.array([(Derived.SUM, 2, 0, 2), (Derived.ALL, 3, 0, 2), (Derived.SUM, 4, 0, 2)], dtype=np.int64)
    bound_derived(low, high, steps, np.array([0, 1]), np.array([False, False, False, False, True]))
    assert low[2:].tolist() == [[4, 0, 2], [0, 0, 0], [9, 9, 9]]
    assert high[2:].tolist() == [[5, 7, UNKNOWN], [UNKNOWN, 0, UNKNOWN], [9, 9, 9]]
