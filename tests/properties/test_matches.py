"""The matches of expressions in many texts are those of `finditer` in each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from written import Written, expressions, noise

from tipstaff.bench.corpus import Writer
from tipstaff.bench.policy import expressions as bench_expressions
from tipstaff.policy.faults import Faults
from tipstaff.policy.load import read_policy, shipped_policies
from tipstaff.policy.model import PatternSignal
from tipstaff.policy.patterns import PatternError, compile_pattern
from tipstaff.screening.batches import Column
from tipstaff.screening.confirm import NormalForms, normal_forms
from tipstaff.screening.derive import MAX_HITS
from tipstaff.screening.matches import FEW, Found, Matcher
from tipstaff.screening.relax import relax


def forms_of(texts: Sequence[str]) -> NormalForms:
    """Return the normal forms of texts."""
    return normal_forms(Column.of(texts), np.arange(len(texts)))


def expected(patterns: Sequence[re.Pattern[str]], forms: NormalForms, texts: int) -> list[Found]:
    """Return what `finditer` finds: every pattern in the first text, then every one in the next."""
    found: list[Found] = []
    for text in range(texts):
        for number, pattern in enumerate(patterns):
            matches = islice(pattern.finditer(forms.text(text)), MAX_HITS)
            pair = text * len(patterns) + number
            found += [(pair, *match.span(), match.group()) for match in matches if match.group()]
    return found


def pairs(patterns: int, texts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the text and the pattern of every pair."""
    return np.repeat(np.arange(texts), patterns), np.tile(np.arange(patterns), texts)


@cache
def policies() -> tuple[tuple[re.Pattern[str], ...], Matcher]:
    """Return every expression of the policies that ship and of the bench."""
    written = [one for several in bench_expressions(Writer().vocabulary).values() for one in several]
    for folder in shipped_policies().values():
        policy = read_policy(Path(folder), Faults(), relax)
        assert policy is not None
        for signal in policy.signals:
            written += signal.expressions if isinstance(signal, PatternSignal) else ()
    patterns = tuple(compile_pattern(one) for one in written)
    return patterns, Matcher(patterns)


@st.composite
def texts_of_policies(draw: st.DrawFn) -> str:
    """Write a text in which a few expressions of the policies match, whole or cut off."""
    text = draw(noise)
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.from_regex(draw(st.sampled_from(policies()[0]))))
        text += part[: draw(st.sampled_from([len(part), len(part), len(part) // 2]))] + draw(noise)
    return text


@given(st.lists(texts_of_policies(), min_size=1, max_size=3))
@settings(max_examples=200)
def test_expressions_of_policies(texts: list[str]) -> None:
    """Of real expressions no match is missed, added or cut off, and no place where one begins."""
    patterns, matcher = policies()
    forms = forms_of(texts)
    slots, numbers = pairs(len(patterns), len(texts))
    found = expected(patterns, forms, len(texts))
    assert matcher.find(forms, slots, numbers) == found
    places, counts = matcher.starts(forms, slots, numbers)
    event("all places are few" if counts.min() >= 0 else "many places")
    ends = np.cumsum(np.maximum(counts, 0))
    for pair, start, _, _ in found:
        if counts[pair] >= 0:
            assert start in places[ends[pair] - counts[pair] : ends[pair]]


@given(noise, st.lists(expressions, min_size=1, max_size=3), noise)
@settings(max_examples=500)
def test_expressions_of_every_shape(before: str, several: list[Written], after: str) -> None:
    """Whatever expressions are made of, alone or together, their matches are those of `finditer`."""
    try:
        patterns = [compile_pattern(expression) for expression, _ in several]
    except PatternError:
        return
    texts = [before + "".join(text for _, text in several) + after, *(text for _, text in several)]
    forms = forms_of(texts)
    found = Matcher(patterns).find(forms, *pairs(len(patterns), len(texts)))
    assert found == expected(patterns, forms, len(texts))
    event("matches" if found else "no match")


SHAPES = (
    "a[^\n]{0,300}b", "a[^\n]*b", "(?:ab|a)+", "x{300}y", "b{2,3000}a", "(?:(?:ab){60}){9}", "(?:a{99}){99}",
    "a?", "a*|b", "", "(?=a)", r"\bb", r"\W[^\x00]", "😀+", "[^a]b", r"\d{1,5}%",
    "(?:b|ab|cab|[a-c]{9}.{40}x).{30}y",
)  # fmt: skip
TEXTS = (
    "", "\x00", "a\x00b\x00" * 50, "😀" * 99 + "b", "a" * 20_000, "ab" * 10_000, "a" * FEW, "b a" * FEW,
    "x" * 299 + "y " + "x" * 300 + "y", "a" * 300 + "b", "ab" * 60 * 9, "1" * 99 + "%", "b" * 3001 + "a",
    "cabcabcabc" + "b" * 40 + "xab" + "c" * 40 + "y", "a\n" * 2 * MAX_HITS + "b",
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_hostile_texts_and_expressions(shape: str) -> None:
    """Nor do long texts, odd code points, long repeats or empty matches change what is found."""
    pattern = re.compile(shape, re.ASCII)
    forms = forms_of(TEXTS)
    found = Matcher([pattern]).find(forms, *pairs(1, len(TEXTS)))
    assert found == expected([pattern], forms, len(TEXTS))


@pytest.mark.parametrize("text", ["a" * (1 << 20), "ab" * (1 << 19), "\x00" * (1 << 20), "😀b" * (1 << 19)])
def test_a_long_text(text: str) -> None:
    """A megabyte changes nothing about the matches of expressions with bounded repeats."""
    patterns = [re.compile(shape) for shape in (r"a[^\n]{0,40}c", "b{1,9}a{2}", r"\bab?\b", "😀b", "\x00a")]
    forms = forms_of([text])
    assert Matcher(patterns).find(forms, *pairs(len(patterns), 1)) == expected(patterns, forms, 1)


def test_the_search_for_places_is_linear() -> None:
    """Where `re` alone would take hours, the places of an unbounded repeat take no time."""
    forms = forms_of(["a" * (1 << 20), "b" * (1 << 20) + "a"])
    _, counts = Matcher([re.compile("a[^\n]*b", re.ASCII)]).starts(forms, *pairs(1, 2))
    assert counts.tolist() == [-1, 0]


def test_nothing_to_look_for() -> None:
    """No expression and no text is nothing to find."""
    none = np.empty(0, dtype=np.int64)
    assert Matcher([]).find(forms_of([]), none, none) == []
    assert Matcher([re.compile("a")]).find(forms_of([]), none, none) == []


def test_an_expression_of_which_nothing_is_known_hides_no_other() -> None:
    """Between others of the same text stands one without an automaton; all are found."""
    patterns = [re.compile(shape, re.ASCII) for shape in ("ab", "a?", "cd", "b{5000}", "e")]
    texts = ["ab cd e", "e cd ab"]
    forms = forms_of(texts)
    found = Matcher(patterns).find(forms, *pairs(len(patterns), len(texts)))
    assert found == expected(patterns, forms, len(texts))
    assert {pair % len(patterns) for pair, *_ in found} == {0, 1, 2, 4}


@pytest.mark.parametrize(
    ("shape", "text", "count"),
    [
        ("ab", "ab a b ab", 2),
        (r"\bab", "ab cab .ab", 2),
        ("a", "a" * FEW, FEW),
        ("a", "a" * (FEW + 1), -1),
        ("a?", "b", -1),
        ("a{5000}", "b", -1),
    ],
)
def test_how_many_places_are_left_for_re(shape: str, text: str, count: int) -> None:
    """Only few places are tried one by one, and only those of expressions that an automaton can read."""
    first = np.zeros(1, dtype=np.int64)
    places, counts = Matcher([re.compile(shape, re.ASCII)]).starts(forms_of([text]), first, first)
    assert counts.tolist() == [count]
    assert places.size == max(count, 0)
