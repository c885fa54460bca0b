"""Conditions: written and read back, and evaluated over bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tipstaff.policy.condition import (
    And,
    Compare,
    Comparison,
    Condition,
    Constant,
    Flag,
    Name,
    Not,
    Number,
    Or,
    ValueType,
    render,
)
from tipstaff.policy.parsing import ConditionError, parse_condition
from tipstaff.screening.bounds import Bounds, Conditions, holds

NUMBERS = ("coins", "calls", "score")
FLAGS = ("declared", "listed")
NAMES = NUMBERS + FLAGS
TYPES = dict.fromkeys(NUMBERS, ValueType.NUMBER) | dict.fromkeys(FLAGS, ValueType.BOOLEAN)

small = st.integers(-3, 3)
values = small | st.integers(-(10**6), 10**6)
operands = st.sampled_from(NUMBERS).map(Name) | values.map(Number)
comparisons = st.builds(Compare, operands, st.sampled_from(Comparison), operands).filter(
    lambda one: isinstance(one.left, Name) or isinstance(one.right, Name)
)
leaves = comparisons | st.sampled_from(FLAGS).map(Flag) | st.booleans().map(Constant)


def branches(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Build conditions from smaller ones."""
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    return several.map(And) | several.map(Or) | parts.map(Not)


conditions = st.recursive(leaves, branches, max_leaves=12)


@given(conditions)
def test_a_condition_is_read_back_as_it_was_written(condition: Condition) -> None:
    """Parsing what `render` writes gives the same tree."""
    assert parse_condition(render(condition), TYPES) == condition


WORDS = (
    "AND OR NOT IN BETWEEN NULL CASE WHEN THEN END SELECT CAST AS INT IS LIKE TRUE 0 1 -1 1.5 'x' -- /* */"
)
fragments = st.sampled_from([*NAMES, *"()=<>!;,.*'\"-+[]{}@:?", *WORDS.split()])


@given(st.lists(fragments, max_size=12).map(" ".join) | st.text(max_size=30))
@settings(max_examples=300)
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Whatever stands in `when`, the answer is a condition that can be written again, or a refusal."""
    try:
        condition = parse_condition(text, TYPES)
    except ConditionError:
        return
    assert parse_condition(render(condition), TYPES) == condition


@st.composite
def columns(draw: st.DrawFn) -> list[dict[str, int]]:
    """Draw the exact signals of a few posts."""
    numbers = {name: draw(st.lists(small, min_size=4, max_size=4)) for name in NUMBERS}
    flags = {name: draw(st.lists(st.integers(0, 1), min_size=4, max_size=4)) for name in FLAGS}
    both = numbers | flags
    return [{name: both[name][post] for name in NAMES} for post in range(4)]


ROWS = {name: row for row, name in enumerate(NAMES)}


@given(conditions, columns())
def test_exact_bounds_give_the_truth(condition: Condition, posts: list[dict[str, int]]) -> None:
    """Where both bounds are equal, a condition is possible exactly where it holds."""
    exact = np.array([[post[name] for post in posts] for name in NAMES], dtype=np.int64)
    possible = Conditions([(condition, ROWS)]).possible(Bounds(exact, exact))[0]
    assert possible.tolist() == [holds(condition, post) for post in posts]


@given(conditions, columns(), columns(), columns())
def test_wider_bounds_lose_nothing(
    condition: Condition,
    posts: list[dict[str, int]],
    below: list[dict[str, int]],
    above: list[dict[str, int]],
) -> None:
    """Where the bounds enclose the truth and a condition holds, it is possible."""
    low, high = (
        np.array(
            [
                [post[name] + sign * abs(by[name]) for post, by in zip(posts, widths, strict=True)]
                for name in NAMES
            ],
            dtype=np.int64,
        )
        for sign, widths in ((-1, below), (1, above))
    )
    possible = Conditions([(condition, ROWS)]).possible(Bounds(low, high))[0]
    assert not [post for post, may in zip(posts, possible, strict=True) if holds(condition, post) and not may]


@given(conditions, columns())
def test_a_condition_and_its_negation(condition: Condition, posts: list[dict[str, int]]) -> None:
    """Of a condition and its negation exactly one holds: no signal is ever unknown."""
    assert all(holds(condition, post) != holds(Not(condition), post) for post in posts)
