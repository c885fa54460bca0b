"""Regular expressions of a policy: compiled, and refused when they could take too long.

Expressions are Python's `re` in ASCII mode, matched against the *normal form* of a field (lower case,
simplified, marks dropped; see `tipstaff.policy.folding`). A backtracking matcher is only as safe as its
expressions, so two bounds are checked on the parse tree before anything is matched: no repeat is
unbounded, and from one starting place there are at most `MAX_WAYS` ways to try.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from re import _constants as c  # type: ignore[attr-defined]  # CPython's own parse tree: no public one exists
from re import _parser  # type: ignore[attr-defined]
from typing import Any, TypeAlias

from tipstaff.policy.folding import fold_char

MAX_WAYS = 4096
"""How many ways of matching one expression may have from one starting place."""

LONGEST_COUNTED = 64
"""Beyond so many repeats of something ambiguous, the number of ways is past every limit anyway."""

Node: TypeAlias = tuple[Any, Any]
"""One node of CPython's parse tree: an opcode and its argument."""


class PatternError(Exception):
    """An expression cannot be used: what is wrong with it and how to mend it."""

    def __init__(self, message: str, mend: str = "") -> None:
        self.message = message
        self.mend = mend
        super().__init__(message)


def compile_pattern(expression: str) -> re.Pattern[str]:
    """Compile an expression in ASCII mode; raises `PatternError` if it is wrong or unsafe."""
    try:
        compiled = re.compile(expression, re.ASCII)
        parsed = _parser.parse(expression, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"the pattern {expression!r} does not compile: {error}") from error
    if parsed.state.flags != re.ASCII:
        raise PatternError(f"the pattern {expression!r} sets flags", "leave them out: the text is lower case")
    tree = list(parsed)
    for literal in _literals(tree):
        folded = fold_char(literal)
        if folded != literal:
            mend = f"write {folded!r}" if folded else "leave it out"
            raise PatternError(f"{literal!r} in {expression!r} never occurs in the normal form", mend)
    ways = _ways(tree, expression)
    if ways > MAX_WAYS:
        raise PatternError(
            f"the pattern {expression!r} has {ways} ways to match from one place, more than {MAX_WAYS}",
            "shorten its repeats, or split it",
        )
    return compiled


def parse(expression: str) -> list[Node]:
    """Return CPython's parse tree of an expression."""
    return list(_parser.parse(expression, re.ASCII))


def _literals(nodes: Iterable[Node]) -> Iterable[str]:
    """Yield every literal character of a tree."""
    for opcode, argument in nodes:
        if opcode in (c.LITERAL, c.NOT_LITERAL):
            yield chr(argument)
        elif opcode is c.IN:
            yield from _literals(argument)
        else:
            for body in bodies(opcode, argument):
                yield from _literals(body)


def bodies(opcode: object, argument: Any) -> list[list[Node]]:  # noqa: ANN401  the tree is untyped
    """Return the subtrees of a node."""
    if opcode is c.BRANCH:
        return [list(branch) for branch in argument[1]]
    if opcode in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [list(argument[2])]
    if opcode is c.SUBPATTERN:
        return [list(argument[3])]
    if opcode is c.ATOMIC_GROUP:
        return [list(argument)]
    if opcode in (c.ASSERT, c.ASSERT_NOT):
        return [list(argument[1])]
    return []


def _ways(nodes: Iterable[Node], expression: str) -> int:
    """Count the ways in which a sequence may match from one place (an upper bound)."""
    return math.prod(_node_ways(opcode, argument, expression) for opcode, argument in nodes)


def _node_ways(opcode: object, argument: Any, expression: str) -> int:  # noqa: ANN401  the tree is untyped
    """Count the ways of one node."""
    if opcode in (c.GROUPREF, c.GROUPREF_EXISTS):
        raise PatternError(f"the pattern {expression!r} refers back to a group", "write the text out")
    if opcode is c.SUBPATTERN and (argument[1] or argument[2]):
        raise PatternError(f"the pattern {expression!r} sets flags", "leave them out: the text is lower case")
    inner = [_ways(body, expression) for body in bodies(opcode, argument)]
    if opcode is c.BRANCH:
        return _branch_ways(argument[1], inner)
    if opcode in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        least, most, _ = argument
        if most == c.MAXREPEAT:
            raise PatternError(f"the pattern {expression!r} has an unbounded repeat", "write {0,40} for *")
        if inner[0] > 1 and most > 1:
            counts = range(min(int(least), LONGEST_COUNTED), min(int(most), LONGEST_COUNTED) + 1)
            ways = int(sum(inner[0] ** count for count in counts))
            return min(ways, MAX_WAYS * 1000)
        ways = int(most) - int(least) + 1 if inner[0] == 1 else int(inner[0]) + 1 - int(least)
        return max(inner[0], 1) if opcode is c.POSSESSIVE_REPEAT else max(ways, 1)
    if opcode in (c.ATOMIC_GROUP, c.SUBPATTERN, c.ASSERT, c.ASSERT_NOT):
        return max(inner[0], 1)
    return 1


def _branch_ways(branches: list[list[Node]], ways: list[int]) -> int:
    """Count the ways of alternatives: those that begin with different letters exclude each other."""
    by_first: dict[int, int] = {}
    anywhere = 0
    for branch, count in zip(branches, ways, strict=True):
        first = next(iter(branch), None)
        if first is not None and first[0] is c.LITERAL:
            by_first[first[1]] = by_first.get(first[1], 0) + count
        else:
            anywhere += count
    return max(by_first.values(), default=0) + anywhere
