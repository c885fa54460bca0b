"""From an exact expression to a Hyperscan expression that never misses it.

An exact expression matches the normal form of a field; Hyperscan scans the letters view, in which only
letters and digits are left. `relax` writes an expression over the letters view that matches wherever the
exact one could: what is no letter disappears, a class that may stand for something else becomes optional,
look-arounds and anchors are dropped. Optional heads and tails are cut off, because Hyperscan reports every
end of a match. The places found are confirmed with the exact expression afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as c  # type: ignore[attr-defined]  # CPython's own parse tree: no public one exists
from typing import Any, NamedTuple

from tipstaff.policy.folding import is_letter, letter_ranges
from tipstaff.policy.patterns import Node, PatternError, bodies, parse

LONGEST_REPEAT = 8
"""Longer repeats are relaxed to `*`: counting costs Hyperscan far more than a few false candidates."""

_DIGITS_ONLY = re.compile(r"(?:\(\?:|\)|\[0-9\]|\{\d+,\d*\}|\[\^\\n\]|\?|\|)+")
_ANY = r"[^\n]"
_CATEGORIES = {c.CATEGORY_DIGIT: "0-9", c.CATEGORY_WORD: "a-z0-9", c.CATEGORY_SPACE: ""}


class Relaxed(NamedTuple):
    """An expression over the letters view, and whether it may match nothing."""

    expression: str
    nullable: bool


def relax(expression: str) -> str:
    """Return a Hyperscan expression (UTF-8) for the letters view that never misses `expression`.

    Raises `PatternError` if the exact expression can match without any letter or digit: it would have to
    be tried on every post.
    """
    relaxed = _sequence(_trim(parse(expression)))
    if relaxed.nullable:
        raise PatternError(
            f"the pattern {expression!r} can match without a letter or digit",
            "give it at least one that must be there",
        )
    return relaxed.expression


def is_weak(relaxed: str) -> bool:
    """Tell whether a relaxed expression asks for digits only: it would match nearly everywhere."""
    return _DIGITS_ONLY.fullmatch(relaxed) is not None


def _trim(nodes: list[Node]) -> list[Node]:
    """Cut off what may match nothing at both ends."""
    while nodes and _node(*nodes[0]).nullable:
        nodes = nodes[1:]
    while nodes and _node(*nodes[-1]).nullable:
        nodes = nodes[:-1]
    return [_least(node) if i in (0, len(nodes) - 1) else node for i, node in enumerate(nodes)]


def _least(node: Node) -> Node:
    """Reduce a repeat at either end to the number of times that it must match."""
    opcode, argument = node
    if opcode in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        least, _, body = argument
        return opcode, (least, least, body)
    return node


def _sequence(nodes: Iterable[Node]) -> Relaxed:
    """Relax nodes that follow one another."""
    parts = [_node(opcode, argument) for opcode, argument in nodes]
    return Relaxed("".join(part.expression for part in parts), all(part.nullable for part in parts))


def _node(opcode: object, argument: Any) -> Relaxed:  # noqa: ANN401  the tree is untyped
    """Relax one node."""
    if opcode is c.LITERAL:
        char = chr(argument)
        return Relaxed(char, nullable=False) if is_letter(char) else Relaxed("", nullable=True)
    if opcode in (c.ANY, c.NOT_LITERAL):
        return Relaxed(f"{_ANY}?", nullable=True)
    if opcode is c.IN:
        return _class(argument)
    if opcode in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return _repeat(argument)
    if opcode is c.BRANCH:
        parts = [_sequence(body) for body in bodies(opcode, argument)]
        written = [f"(?:{part.expression})" for part in parts if part.expression]
        nullable = any(part.nullable for part in parts)
        if not written:
            return Relaxed("", nullable=True)
        return Relaxed(f"(?:{'|'.join(written)}){'?' if nullable else ''}", nullable)
    if opcode in (c.SUBPATTERN, c.ATOMIC_GROUP):
        inner = _sequence(bodies(opcode, argument)[0])
        return Relaxed(f"(?:{inner.expression})" if inner.expression else "", inner.nullable)
    return Relaxed("", nullable=True)  # anchors and look-arounds stand for no character


def _repeat(argument: Any) -> Relaxed:  # noqa: ANN401  the tree is untyped
    """Relax a repeat."""
    least, most, body = argument
    inner = _sequence(body)
    if not inner.expression or most == 0:
        return Relaxed("", nullable=True)
    low = 0 if inner.nullable else int(least)
    high = "" if most > LONGEST_REPEAT else str(int(most))
    return Relaxed(f"(?:{inner.expression}){{{low},{high}}}", nullable=low == 0)


def _class(members: list[Node]) -> Relaxed:
    """Relax a character class to the letters in it; optional if it holds anything else."""
    written, other = "", False
    for opcode, argument in members:
        if opcode is c.NEGATE:
            return Relaxed(f"{_ANY}?", nullable=True)
        if opcode is c.LITERAL:
            written, other = (written + chr(argument), other) if is_letter(chr(argument)) else (written, True)
        elif opcode is c.RANGE:
            letters, all_letters = _range(*argument)
            written, other = written + letters, other or not all_letters
        elif argument in _CATEGORIES:
            written, other = written + _CATEGORIES[argument], other or argument is not c.CATEGORY_DIGIT
        else:  # a negated category
            return Relaxed(f"{_ANY}?", nullable=True)
    if not written:
        return Relaxed("", nullable=True)
    return Relaxed(f"[{written}]{'?' if other else ''}", nullable=other)


def _range(low: int, high: int) -> tuple[str, bool]:
    """Return the part of a range that may hold letters, and whether all of it does."""
    inside = [
        (max(low, first), min(high, last)) for first, last in letter_ranges() if first <= high and low <= last
    ]
    covered = sum(last - first + 1 for first, last in inside)
    written = "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in inside)
    return written, covered == high - low + 1
