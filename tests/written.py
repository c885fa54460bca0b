"""Expressions such as a policy may hold, each written together with a text that it matches."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st

noise = st.text(st.sampled_from("ab1币 -\n。%\u200b\u0301Ａ①幣😀_."), max_size=6)

Written: TypeAlias = tuple[str, str]
"""A part of an expression, and a text that it matches."""

CHARS = [(char, char) for char in "abab1币% -"] + [
    (r"\.", "."), (r"\d", "7"), (r"\w", "b"), (r"\w", "_"), (r"\s", "\n"), (r"\D", "币"), (r"\D", "_"),
    (r"\W", "币"), (r"\W", "%"), (r"\S", "é"), (r"\S", "-"), (".", "a"), (".", "。"), (r"\n", "\n"),
    ("[a-c]", "c"), ("[a%]", "%"), ("[a%]", "a"), ("[!-é]", "~"), ("[!-é]", "a"), ("[一-龥0-9]", "币"),
    (r"[\s币]", " "), (r"[\s币]", "币"), (r"[\W1]", "币"), (r"[\W1]", "1"), ("[^a]", "币"), ("[^a]", "。"),
    (r"[^\d\s]", "b"), ("[^%-]", "9"), ("[%-]", "%"),
]  # fmt: skip
BARE = [
    ("^", ""),
    ("$", ""),
    (r"\b", ""),
    (r"\B", ""),
    (r"\Z", ""),
    ("(?=a)", ""),
    ("(?!a)", ""),
    ("(?<=a)", ""),
]


def larger(parts: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    """Write expressions made of smaller ones."""
    sequence = st.lists(parts, min_size=1, max_size=4).map(_sequence)
    group = st.builds(_group, st.sampled_from(["", "?:", "?>"]), sequence)
    choice = st.builds(_choice, st.lists(sequence | st.just(("", "")), min_size=2, max_size=3))
    counts = st.lists(st.integers(0, 12), min_size=3, max_size=3).map(sorted)
    repeat = st.builds(_repeat, parts, counts, st.sampled_from(["", "", "?", "+"]))
    return sequence | group | choice | repeat


def _sequence(parts: list[Written]) -> Written:
    return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


def _group(opening: str, part: Written) -> Written:
    return f"({opening}{part[0]})", part[1]


def _choice(parts: list[Written]) -> Written:
    return f"(?:{'|'.join(sorted(part[0] for part in parts))})", parts[0][1]


def _repeat(part: Written, counts: list[int], manner: str) -> Written:
    least, often, most = counts
    return f"(?:{part[0]}){{{least},{most}}}{manner}", part[1] * often


expressions = st.recursive(st.sampled_from(CHARS + BARE), larger, max_leaves=8)
