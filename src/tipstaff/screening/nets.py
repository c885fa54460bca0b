"""From expressions to places: which code points each may take next, and after which others.

The parse trees of the expressions are read as regular languages that never miss a match. Word boundaries
and look-behinds at one character are kept, and look-aheads where an expression may end: what they ask for
stands in the text. Others, and possessiveness, are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import _constants as c  # type: ignore[attr-defined]  # CPython's own parse tree: no public one exists
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final, TypeAlias

CODE_POINTS: Final = 0x110000

EDGE: Final = CODE_POINTS
"""What stands before the first code point of a text and after the last, as if it were one.

It is in no set of an expression, but in what a negative look-ahead lets follow.
"""

MOST_PLACES: Final = 4096
"""The longest expression that is read, its repeats written out."""

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""A set of code points: first and last of each range."""

_EDGE: Final = (EDGE, EDGE)
_ONE: Final = (c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY)
_REPEATS: Final = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)
_WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_CATEGORIES: Final[Mapping[object, Ranges]] = {
    c.CATEGORY_DIGIT: ((0x30, 0x39),),
    c.CATEGORY_SPACE: ((0x09, 0x0D), (0x20, 0x20)),
    c.CATEGORY_WORD: _WORD,
}
"""In ASCII mode."""

_NOT: Final[Mapping[object, object]] = {
    c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT,
    c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE,
    c.CATEGORY_NOT_WORD: c.CATEGORY_WORD,
}


def can_be_read(pattern: re.Pattern[str]) -> bool:
    """Tell whether an expression is short enough, and cannot match nothing."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    return tree.getwidth()[0] > 0 and _size(tree) <= MOST_PLACES


def _size(nodes: Iterable[Any]) -> int:
    """Return about how many places nodes have, their repeats written out."""
    total = 0
    for opcode, argument in nodes:
        if opcode in _REPEATS:
            least, most, body = argument
            total += max(1, least if most is c.MAXREPEAT else most) * (1 + _size(body))
        elif opcode is c.BRANCH:
            total += 1 + sum(_size(body) for body in argument[1])
        elif opcode in (c.SUBPATTERN, c.ATOMIC_GROUP):
            total += _size(argument[3] if opcode is c.SUBPATTERN else argument)
        elif opcode in (c.ASSERT, c.ASSERT_NOT):
            total += 1 + _size(argument[1])
        elif opcode is c.GROUPREF_EXISTS:
            total += 1 + _size(argument[1]) + _size(argument[2] or ())
        else:
            total += 1
    return total


@dataclass(slots=True)
class Place:
    """A place in an expression: `step` is a set to consume, `behind` one that must (not) stand before.

    A place with neither is passed at once; one without `after` accepts.
    """

    expression: int
    after: list[int]
    step: int = -1
    behind: int = -1
    negated: bool = False


class Net:
    """The places of the expressions of a group, built from their ends to their beginnings.

    `sets` numbers the sets of code points of all groups; `used` are those of this one.
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]], sets: dict[Ranges, int]) -> None:
        self.places: list[Place] = []
        self.used = {0}
        self._sets = sets
        self._expression = 0
        self.begins = [self._add(number, pattern) for number, pattern in enumerate(patterns)]

    def _add(self, number: int, pattern: re.Pattern[str]) -> int:
        """Add an expression; return its first place."""
        self._expression = number
        tree = _parser.parse(pattern.pattern, pattern.flags)
        return self._sequence(list(tree), pattern.flags, self._new([]))

    def _new(self, after: list[int], **kind: Any) -> int:  # noqa: ANN401  the fields of a place
        self.places.append(Place(self._expression, after, **kind))
        return len(self.places) - 1

    def _set(self, ranges: Iterable[tuple[int, int]]) -> int:
        number = self._sets.setdefault(_merged(ranges), len(self._sets))
        self.used.add(number)
        return number

    def _sequence(self, nodes: Iterable[Any], flags: int, after: int) -> int:
        for opcode, argument in reversed(list(nodes)):
            after = self._node(opcode, argument, flags, after)
        return after

    def _node(self, opcode: object, argument: Any, flags: int, after: int) -> int:  # noqa: ANN401  the tree is untyped
        """Return the place before a node, given the one after it."""
        if opcode in _ONE:
            return self._new([after], step=self._set(_ranges(opcode, argument, flags)))
        if opcode in _REPEATS:
            return self._repeat(argument, flags, after)
        if opcode is c.BRANCH:
            return self._new([self._sequence(body, flags, after) for body in argument[1]])
        if opcode is c.SUBPATTERN:
            _, added, dropped, body = argument
            return self._sequence(body, (flags | added) & ~dropped, after)
        if opcode is c.ATOMIC_GROUP:
            return self._sequence(argument, flags, after)
        if opcode is c.GROUPREF_EXISTS:
            _, then, otherwise = argument
            return self._new([self._sequence(body or (), flags, after) for body in (then, otherwise)])
        if opcode in (c.ASSERT, c.ASSERT_NOT):
            direction, body = argument
            return self._look(direction, list(body), flags, after, negated=opcode is c.ASSERT_NOT)
        if opcode is c.FAILURE:
            return self._new([], step=self._set(()))
        if opcode is c.AT:
            return self._boundary(after) if argument is c.AT_BOUNDARY else after
        raise ValueError(f"no rule for {opcode}")

    def _look(self, direction: int, body: list[Any], flags: int, after: int, *, negated: bool) -> int:
        """Return the place before a look-around."""
        if negated and not body:  # how some versions of Python write a failure
            return self._new([], step=self._set(()))
        one = len(body) == 1 and body[0][0] in _ONE
        if direction < 0:
            if not one:
                return after
            return self._new(
                [after], behind=self._set(_ranges(body[0][0], body[0][1], flags)), negated=negated
            )
        may_end, _ = self._ahead(after)
        if not may_end:
            return after
        if not negated:
            return self._sequence(body, flags, self._new([]))
        if one:
            return self._then((*_complement(_ranges(body[0][0], body[0][1], flags)), _EDGE))
        return after

    def _then(self, ranges: Ranges) -> int:
        """Return the place before one of some code points, with which an expression counts as accepted."""
        return self._new([self._new([])], step=self._set(ranges))

    def _boundary(self, after: int) -> int:
        """Return the place before a word boundary."""
        may_end, steps = self._ahead(after)
        word = self._set(_WORD)
        ways = []
        for ranges, behind_word in (((*_complement(_WORD), _EDGE), True), (_WORD, False)):
            if may_end:
                ahead = self._then(ranges)
            elif any(low <= last and first <= high for low, high in steps for first, last in ranges):
                ahead = after
            else:
                continue
            ways.append(self._new([ahead], behind=word, negated=not behind_word))
        return self._new(ways) if ways else self._new([], step=self._set(()))

    def _ahead(self, place: int) -> tuple[bool, set[tuple[int, int]]]:
        """Tell whether an expression may end at a place, and which code points may follow in it.

        In a loop that is not yet whole it may.
        """
        todo, seen = [place], {place}
        may_end, steps = False, set[int]()
        while todo:
            here = self.places[todo.pop()]
            if here.step >= 0:
                steps.add(here.step)
                continue
            may_end |= not here.after
            new = set(here.after) - seen
            seen |= new
            todo += new
        return may_end, {pair for ranges, number in self._sets.items() if number in steps for pair in ranges}

    def _repeat(self, argument: Any, flags: int, after: int) -> int:  # noqa: ANN401  the tree is untyped
        least, most, body = argument
        if most is c.MAXREPEAT:
            before = loop = self._new([])
            self.places[loop].after[:] = self._sequence(body, flags, loop), after
        else:
            before = after
            for _ in range(most - least):
                before = self._new([self._sequence(body, flags, before), after])
        for _ in range(least):
            before = self._sequence(body, flags, before)
        return before


def _ranges(opcode: object, argument: Any, flags: int) -> Ranges:  # noqa: ANN401  the tree is untyped
    """Return the code points that a node for one character stands for."""
    if opcode is c.ANY:
        return ((0, 0x09), (0x0B, CODE_POINTS - 1))
    if opcode is c.LITERAL:
        return _both_cases([(argument, argument)], flags)
    if opcode is c.NOT_LITERAL:
        return _complement(_both_cases([(argument, argument)], flags))
    found: list[tuple[int, int]] = []
    negated = False
    for inner, what in argument:
        if inner is c.NEGATE:
            negated = True
        elif inner is c.LITERAL:
            found.append((what, what))
        elif inner is c.RANGE:
            found.append(what)
        else:
            found += _complement(_CATEGORIES[_NOT[what]]) if what in _NOT else _CATEGORIES[what]
    ranges = _both_cases(found, flags)
    return _complement(ranges) if negated else ranges


def _both_cases(ranges: Iterable[tuple[int, int]], flags: int) -> Ranges:
    """Add the other case of ASCII letters if the expression has no case."""
    found = list(ranges)
    if flags & re.IGNORECASE:
        for first, last in tuple(found):
            for low, high, other in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
                if first <= high and low <= last:
                    found.append((max(first, low) + other, min(last, high) + other))
    return _merged(found)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)


def _complement(ranges: Ranges) -> Ranges:
    edges = [-1, *(edge for pair in ranges for edge in pair), CODE_POINTS]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in pairs if low + 1 <= high - 1)
