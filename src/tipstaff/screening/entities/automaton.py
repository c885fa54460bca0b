"""From expressions to one automaton that tells where each of them may begin to match.

The parse trees of the expressions are read as regular languages that never miss a match. Look-behinds at
one character are kept, and look-aheads where an expression may end: what they ask for stands in the text.
Others, and possessiveness, are passed over. All expressions share one deterministic automaton over classes
of code points that none of them tells apart. Run from a place of a text it accepts each expression as early
as a match from there is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from re import _constants as c  # type: ignore[attr-defined]  # CPython's own parse tree: no public one exists
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

CODE_POINTS: Final = 0x110000

EDGE: Final = CODE_POINTS
"""What stands before the first code point of a text and after the last, as if it were one.

It is in no set of an expression, but in what a negative look-ahead lets follow.
"""

_Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""A set of code points: first and last of each range."""

_EDGE: Final = (EDGE, EDGE)
_CATEGORIES: Final[Mapping[object, _Ranges]] = {
    c.CATEGORY_DIGIT: ((0x30, 0x39),),
    c.CATEGORY_SPACE: ((0x09, 0x0D), (0x20, 0x20)),
    c.CATEGORY_WORD: ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
}
"""In ASCII mode; the expressions use no other."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """A deterministic automaton.

    `classes` (uint16): the class of each code point and of the edge. `first` (uint16, classes by classes):
    the state after the first code point, by the class of the one before it and its own. `following` (uint16,
    states by classes): the next state; state 0 has none.
    `accepted` and `open` (uint32): the expressions that a state accepts, and those it may yet; one bit each.
    """

    classes: npt.NDArray[np.uint16]
    first: npt.NDArray[np.uint16]
    following: npt.NDArray[np.uint16]
    accepted: npt.NDArray[np.uint32]
    open: npt.NDArray[np.uint32]


def build(expressions: Sequence[re.Pattern[str]]) -> Automaton:
    """Build the automaton of at most 32 expressions in ASCII mode."""
    net = _Net()
    begins = [net.add(pattern, number) for number, pattern in enumerate(expressions)]
    classes, members = _classes(net.sets)
    return _Subsets(net, members, int(classes.max()) + 1).automaton(begins, classes)


@dataclass(slots=True)
class _Place:
    """A place in an expression: `step` is a set to consume, `behind` one that must (not) stand before.

    A place with neither is passed at once; one without `after` accepts.
    """

    expression: int
    after: list[int]
    step: int = -1
    behind: int = -1
    negated: bool = False


class _Net:
    """The places of all expressions, built from their ends to their beginnings."""

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self.sets: dict[_Ranges, int] = {(_EDGE,): 0}
        self._expression = 0

    def add(self, pattern: re.Pattern[str], number: int) -> int:
        """Add an expression; return its first place."""
        self._expression = number
        tree = _parser.parse(pattern.pattern, pattern.flags)
        return self._sequence(list(tree), pattern.flags, self._new([]))

    def _new(self, after: list[int], **kind: Any) -> int:  # noqa: ANN401  the fields of a place
        self.places.append(_Place(self._expression, after, **kind))
        return len(self.places) - 1

    def _set(self, ranges: Iterable[tuple[int, int]]) -> int:
        return self.sets.setdefault(_merged(ranges), len(self.sets))

    def _sequence(self, nodes: Iterable[Any], flags: int, after: int) -> int:
        for opcode, argument in reversed(list(nodes)):
            after = self._node(opcode, argument, flags, after)
        return after

    def _node(self, opcode: object, argument: Any, flags: int, after: int) -> int:  # noqa: ANN401  the tree is untyped
        """Return the place before a node, given the one after it."""
        if opcode in (c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY):
            return self._new([after], step=self._set(_ranges(opcode, argument, flags)))
        if opcode in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
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
            return after
        raise ValueError(f"no rule for {opcode}")

    def _look(self, direction: int, body: list[Any], flags: int, after: int, *, negated: bool) -> int:
        """Return the place before a look-around."""
        if negated and not body:  # how some versions of Python write a failure
            return self._new([], step=self._set(()))
        one = len(body) == 1 and body[0][0] in (c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY)
        if direction < 0:
            if not one:
                return after
            return self._new(
                [after], behind=self._set(_ranges(body[0][0], body[0][1], flags)), negated=negated
            )
        if not self._may_end(after):
            return after
        if not negated:
            return self._sequence(body, flags, self._new([]))
        if one:
            others = _complement(_ranges(body[0][0], body[0][1], flags))
            return self._new([self._new([])], step=self._set([*others, _EDGE]))
        return after

    def _may_end(self, place: int) -> bool:
        """Tell whether an expression may end at a place."""
        todo, seen = [place], {place}
        while todo:
            here = self.places[todo.pop()]
            if here.step < 0 and here.behind < 0:
                if not here.after:
                    return True
                new = set(here.after) - seen
                seen |= new
                todo += new
        return False

    def _repeat(self, argument: Any, flags: int, after: int) -> int:  # noqa: ANN401  the tree is untyped
        least, most, body = argument
        if most is c.MAXREPEAT:
            loop = self._new([after])
            self.places[loop].after.insert(0, self._sequence(body, flags, loop))
            before = loop
        else:
            before = after
            for _ in range(most - least):
                before = self._new([self._sequence(body, flags, before), after])
        for _ in range(least):
            before = self._sequence(body, flags, before)
        return before


@dataclass(slots=True)
class _Subsets:
    """Sets of places, numbered as they are reached."""

    net: _Net
    members: Sequence[Sequence[int]]
    class_count: int
    states: dict[tuple[frozenset[int], int], int] = field(default_factory=dict)
    _closed: dict[tuple[frozenset[int], int], int] = field(default_factory=dict)

    def automaton(self, begins: Sequence[int], classes: npt.NDArray[np.uint16]) -> Automaton:
        """Explore every state that can be reached from the beginnings."""
        self.states[frozenset(), 0] = 0
        start = frozenset(begins)
        begin = [self._close(start, one) for one in range(self.class_count)]
        rows: list[list[int]] = []
        while len(rows) < len(self.states):
            ((places, _),) = list(self.states)[len(rows) : len(rows) + 1]
            rows.append(self._row(places))
        accepted = [mask for _, mask in self.states]
        still = [self._mask(places) for places, _ in self.states]
        following = np.array(rows, dtype=np.uint16)
        return Automaton(
            classes,
            following[begin],
            following,
            np.array(accepted, dtype=np.uint32),
            np.array(still, dtype=np.uint32),
        )

    def _row(self, places: frozenset[int]) -> list[int]:
        """Return the next state for each class."""
        targets: dict[int, set[int]] = {}
        for place in places:
            for one in self.members[self.net.places[place].step]:
                targets.setdefault(one, set()).update(self.net.places[place].after)
        row = [0] * self.class_count
        for one, reached in targets.items():
            row[one] = self._close(frozenset(reached), one)
        return row

    def _mask(self, places: Iterable[int]) -> int:
        mask = 0
        for place in places:
            mask |= 1 << self.net.places[place].expression
        return mask

    def _close(self, reached: frozenset[int], behind: int) -> int:
        """Return the state of the places that follow `reached` without a character, after class `behind`."""
        key = reached, behind
        if key in self._closed:
            return self._closed[key]
        seen, todo, accepted = set(reached), list(reached), 0
        while todo:
            place = self.net.places[todo.pop()]
            if place.step >= 0:
                continue
            if place.behind >= 0 and (behind in self.members[place.behind]) == place.negated:
                continue
            if not place.after:
                accepted |= 1 << place.expression
            new = [after for after in place.after if after not in seen]
            seen.update(new)
            todo += new
        places = frozenset(
            place
            for place in seen
            if self.net.places[place].step >= 0 and not accepted >> self.net.places[place].expression & 1
        )
        state = self.states.setdefault((places, accepted), len(self.states))
        self._closed[key] = state
        return state


def _ranges(opcode: object, argument: Any, flags: int) -> _Ranges:  # noqa: ANN401  the tree is untyped
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
            found += _CATEGORIES[what]
    ranges = _both_cases(found, flags)
    return _complement(ranges) if negated else ranges


def _both_cases(ranges: Iterable[tuple[int, int]], flags: int) -> _Ranges:
    """Add the other case of ASCII letters if the expression has no case."""
    found = list(ranges)
    if flags & re.IGNORECASE:
        for first, last in tuple(found):
            for low, high, other in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
                if first <= high and low <= last:
                    found.append((max(first, low) + other, min(last, high) + other))
    return _merged(found)


def _merged(ranges: Iterable[tuple[int, int]]) -> _Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)


def _complement(ranges: _Ranges) -> _Ranges:
    edges = [-1, *(edge for pair in ranges for edge in pair), CODE_POINTS]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in pairs if low + 1 <= high - 1)


def _classes(sets: Mapping[_Ranges, int]) -> tuple[npt.NDArray[np.uint16], list[list[int]]]:
    """Return the class of each code point and of the edge, and the classes in each set."""
    edges = sorted(
        {0, EDGE, EDGE + 1, *(e for ranges in sets for low, high in ranges for e in (low, high + 1))}
    )
    signatures = [0] * (len(edges) - 1)
    at = {edge: index for index, edge in enumerate(edges)}
    for ranges, number in sets.items():
        for low, high in ranges:
            for index in range(at[low], at[high + 1]):
                signatures[index] |= 1 << number
    numbered: dict[int, int] = {}
    classes = np.zeros(EDGE + 1, dtype=np.uint16)
    for index, signature in enumerate(signatures):
        classes[edges[index] : edges[index + 1]] = numbered.setdefault(signature, len(numbered))
    members = [[number for sign, number in numbered.items() if sign >> one & 1] for one in range(len(sets))]
    return classes, members
