"""Evaluating conditions over columns of signals that are not known exactly yet.

Every signal of every post has a lower and an upper bound. A condition is then *possible* where it may
hold, and *certain* where it must. Posts on which no rule is possible are done with; the costly signals are
computed only for the rest. Where both bounds are equal, possible and certain are the truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tipstaff.policy.condition import (
    And,
    Compare,
    Comparison,
    Condition,
    Constant,
    Flag,
    Name,
    Not,
    Operand,
    Or,
)

Mask: TypeAlias = npt.NDArray[np.bool_]
Values: TypeAlias = npt.NDArray[np.int64]

UNKNOWN: Final = 1 << 40
"""Above every value that a signal can have."""

_MIRRORED: Final = {Comparison.AT_MOST: Comparison.AT_LEAST, Comparison.LESS: Comparison.MORE}


class Bounds(NamedTuple):
    """Lower and upper bounds of signals: int64, shape (signals, posts)."""

    low: Values
    high: Values

    def where(self, mask: Mask) -> Bounds:
        """Return the bounds of the posts of a mask: shape (posts,)."""
        return Bounds(np.compress(mask, self.low, axis=1), np.compress(mask, self.high, axis=1))


def shared(condition: Condition, pool: dict[Condition, Condition]) -> Condition:
    """Return an equal condition whose equal parts, within `pool`, are one object each."""
    match condition:
        case And(parts):
            condition = And(tuple(shared(part, pool) for part in parts))
        case Or(parts):
            condition = Or(tuple(shared(part, pool) for part in parts))
        case Not(part):
            condition = Not(shared(part, pool))
    return pool.setdefault(condition, condition)


class Evaluation:
    """Evaluates conditions over one set of bounds; an object that recurs (see `shared`) is evaluated once."""

    def __init__(self, bounds: Bounds, rows: Mapping[str, int]) -> None:
        self._bounds = bounds
        self._rows = rows
        self._possible: dict[int, Mask] = {}

    def possible(self, condition: Condition) -> Mask:
        """Return where `condition` may hold: shape (posts,). The caller keeps `condition` alive."""
        key = id(condition)
        if key not in self._possible:
            self._possible[key] = self._evaluate(condition)
        return self._possible[key]

    def _evaluate(self, condition: Condition) -> Mask:
        """Evaluate one node for `possible`."""
        match condition:
            case And(parts):
                return _all([self.possible(part) for part in parts])
            case Or(parts):
                return _any([self.possible(part) for part in parts])
            case Not(part):
                return _none(self._certain(part))
            case Flag(name):
                return _over(self._bounds.high[self._rows[name]])
            case Compare(left, comparison, right):
                return _possibly(self._side(left), comparison, self._side(right))
        return self._constant(value=condition.value)

    def _certain(self, condition: Condition) -> Mask:
        """Return where `condition` must hold."""
        match condition:
            case And(parts):
                return _all([self._certain(part) for part in parts])
            case Or(parts):
                return _any([self._certain(part) for part in parts])
            case Not(part):
                return _none(self.possible(part))
            case Flag(name):
                return _over(self._bounds.low[self._rows[name]])
            case Compare(left, comparison, right):
                return _certainly(self._side(left), comparison, self._side(right))
        return self._constant(value=condition.value)

    def _constant(self, *, value: bool) -> Mask:
        """Return a mask that is the same everywhere."""
        return np.full(self._bounds.low.shape[1], value, dtype=np.bool_)

    def _side(self, operand: Operand) -> tuple[Values | int, Values | int]:
        """Return the bounds of one side of a comparison."""
        if isinstance(operand, Name):
            row = self._rows[operand.name]
            return self._bounds.low[row], self._bounds.high[row]
        return operand.value, operand.value


def _all(masks: Sequence[Mask]) -> Mask:
    """Return where all masks are set."""
    result: Mask = np.logical_and.reduce(masks)
    return result


def _none(mask: Mask) -> Mask:
    """Return where a mask is not set."""
    result: Mask = np.logical_not(mask)
    return result


def _over(values: Values) -> Mask:
    """Return where values are above zero."""
    result: Mask = np.greater(values, 0)
    return result


def _any(masks: Sequence[Mask]) -> Mask:
    """Return where any mask is set."""
    result: Mask = np.logical_or.reduce(masks)
    return result


def _possibly(
    left: tuple[Values | int, Values | int], comparison: Comparison, right: tuple[Values | int, Values | int]
) -> Mask:
    """Return where two intervals may compare so."""
    match comparison:
        case Comparison.AT_LEAST:
            return np.greater_equal(left[1], right[0])
        case Comparison.MORE:
            return np.greater(left[1], right[0])
        case Comparison.EQUAL:
            return np.less_equal(left[0], right[1]) & np.less_equal(right[0], left[1])
        case Comparison.UNEQUAL:
            return ~_certainly(left, Comparison.EQUAL, right)
    return _possibly(right, _MIRRORED[comparison], left)


def _certainly(
    left: tuple[Values | int, Values | int], comparison: Comparison, right: tuple[Values | int, Values | int]
) -> Mask:
    """Return where two intervals must compare so."""
    match comparison:
        case Comparison.AT_LEAST:
            return np.greater_equal(left[0], right[1])
        case Comparison.MORE:
            return np.greater(left[0], right[1])
        case Comparison.EQUAL:
            known = np.equal(left[0], left[1]) & np.equal(right[0], right[1])
            return known & np.equal(left[0], right[0])
        case Comparison.UNEQUAL:
            return ~_possibly(left, Comparison.EQUAL, right)
    return _certainly(right, _MIRRORED[comparison], left)


def holds(condition: Condition, values: Mapping[str, int]) -> bool:
    """Evaluate `condition` for one post whose signals are known: the obvious way."""
    match condition:
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Not(part):
            return not holds(part, values)
        case Flag(name):
            return values[name] > 0
        case Constant(value):
            return value
        case Compare(left, comparison, right):
            one = values[left.name] if isinstance(left, Name) else left.value
            two = values[right.name] if isinstance(right, Name) else right.value
            return _compare(one, comparison, two)


def _compare(one: int, comparison: Comparison, two: int) -> bool:
    """Compare two numbers."""
    match comparison:
        case Comparison.AT_LEAST:
            return one >= two
        case Comparison.MORE:
            return one > two
        case Comparison.AT_MOST:
            return one <= two
        case Comparison.LESS:
            return one < two
        case Comparison.EQUAL:
            return one == two
        case Comparison.UNEQUAL:
            return one != two
