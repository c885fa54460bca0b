"""The automaton that tells where expressions may begin to match."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.base.errors import InputError
from tipstaff.screening import automaton as module
from tipstaff.screening.automaton import MOST_STATES, NUMBERS, build
from tipstaff.screening.kernels.starts import FARTHEST, find_starts
from tipstaff.screening.nets import EDGE


def places(expressions: list[str], text: str, flags: int = 0, wanted: int = -1) -> list[list[int]]:
    """Return for each expression the places of `text` where the automaton lets it begin."""
    (automaton,) = build([[re.compile(expression, flags | re.ASCII) for expression in expressions]])
    chars = np.array([ord(char) for char in text], dtype=np.uint32)
    found, masks = np.empty(chars.size, dtype=np.int64), np.empty(chars.size, dtype=np.uint32)
    starts = np.zeros(2, dtype=np.int64)
    find_starts(
        chars, np.array([0, chars.size]), np.array([wanted & 0xFFFFFFFF], dtype=np.uint32),
        automaton.classes, automaton.columns, automaton.begins,
        automaton.following, automaton.accepted, automaton.open,
        found, masks, starts,
    )  # fmt: skip
    rows = list(zip(found[: starts[1]].tolist(), masks[: starts[1]].tolist(), strict=True))
    return [[place for place, mask in rows if mask >> one & 1] for one in range(len(expressions))]


EXPRESSIONS = [
    "ab|b.c",
    "(?<![a-c])b+",
    "(?<=a)b?c",
    "a(?!b)",
    "a(?=bc)",
    "a(?=b)b",
    "a(?!b)c",
    "[^a]{2,3}c",
    "(?:ab){2}c*+",
    "(?>a|ab)c",
    "(?P<x>a)?(?(x)b|c)",
    "a(?:(?!)|c)",
    r"\d\s?[\w.]",
    "(?i:a)B",
    r"b\Z",
    "(?<!ab)c",
    "(?<![^a])b",
    "(?<=[^a])b",
    "(?<!.)c",
    "b(?![^c])",
    "c(?:b(?!a)|a(?=c))?$",
    r"\ba",
    r"a\b",
    r"a?\b[a.]{1,2}",
    r"(?:a\b[.]?)+c",
    r"(?:[ab.]\b)*1",
    r"\b(?:a|.\b)(?<!b)b",
    r"a\b(?=b)?[^c]",
    r"\W\S|\D{2}1",
    r"[^\W\D]b",
    r"a\Bb|c\B",
]


@given(st.text(alphabet="abcB1 .\n中", max_size=12))
def test_no_match_is_missed(text: str) -> None:
    """Wherever an expression matches, the automaton lets it begin, alone or together with others."""
    together = places(EXPRESSIONS, text)
    for expression, let in zip(EXPRESSIONS, together, strict=True):
        matching = {at for at in range(len(text)) if re.compile(expression, re.ASCII).match(text, at)}
        assert matching <= set(let), expression
        assert places([expression], text) == [let]


@pytest.mark.parametrize(
    ("expression", "text", "let"),
    [
        ("ab", "ab a b", [0]),
        ("[0-9]{3}%", "12% 123% 1234%", [4, 10]),
        ("(?<![a-z])b", "ab b", [3]),
        ("(?<=a)b", "ab b", [1]),
        ("a(?!b)", "ab a ac a", [3, 5, 8]),
        ("a(?=b)", "ab a", [0]),
        ("a(?:(?!)|c)", "ab ac", [3]),
        ("(?i:A)b", "ab Ab aB", [0, 3]),
        (r"\bb", "ab b.b", [3, 5]),
        (r"b\b", "ba b.b", [3, 5]),
        (r"\b[.]", ".a. .", [2]),
        (r"a\b[bc]", "ab ac", []),
    ],
)
def test_places_where_nothing_can_match_are_left_out(expression: str, text: str, let: list[int]) -> None:
    """Prefixes, look-behinds at one character and look-aheads at the end are all used."""
    assert places([expression], text) == [let]


def test_only_what_is_wanted_is_written() -> None:
    """Expressions that nobody asked for have no places."""
    assert places(["a", "b", "[ab]"], "ab", wanted=0b110) == [[], [1], [0, 1]]


def test_beyond_the_farthest_look_an_expression_counts_as_found() -> None:
    """A long repeat is not followed to its end, so that time stays linear."""
    assert places(["a+b"], "a" * 1000) == [[*range(1000 - FARTHEST - 1)]]


def test_more_states_than_can_be_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """States that do not fit into 16 bits are refused, not numbered afresh; by far fewer are made."""
    expressions = [[re.compile("[ab]*a[ab]{3}c", re.ASCII)]]
    states = len(build(expressions)[0].following)
    monkeypatch.setattr(module, "NUMBERS", states)
    assert len(build(expressions)[0].following) == states
    monkeypatch.setattr(module, "NUMBERS", states - 1)
    with pytest.raises(
        InputError, match=f"{states} states in expressions: at most {states - 1} can be numbered"
    ):
        build(expressions)
    assert MOST_STATES < NUMBERS == 1 << 16


def test_every_code_point_has_a_class() -> None:
    """The classes cover Unicode and the edge, which no character shares."""
    (automaton,) = build([[re.compile("[^a]", re.ASCII)]])
    classes = automaton.columns[automaton.classes]
    assert classes.size == EDGE + 1
    assert classes[EDGE] not in classes[:EDGE]


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
@pytest.mark.parametrize(
    "written", ["k", "[^k]", "[j-l]", "[^A-Zµ]", r"[\d\s]", r"[\w.]", r"\D", r"[^\S\W]", "."]
)
def test_classes_are_those_of_re(written: str, flags: int) -> None:
    """A class has the characters that `re` gives it in ASCII mode, with case and without."""
    text = "".join(map(chr, range(0x250))) + "ſK\u2028中\U0001f600"
    matching = [at for at in range(len(text)) if re.compile(written, flags | re.ASCII).match(text, at)]
    assert places([written], text, flags) == [matching]
