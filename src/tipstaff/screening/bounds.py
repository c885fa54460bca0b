"""Evaluating conditions over columns of signals that are not known exactly yet.

Every signal of every post has a lower and an upper bound. A condition is then *possible* where it may
hold, and *certain* where it must. Posts on which no rule is possible are done with; the costly signals are
computed only for the rest. Where both bounds are equal, possible and certain are the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

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
    Number,
    Operand,
    Or,
)
from tipstaff.screening.kernels.bounds import UNKNOWN, Node, evaluate

__all__ = ["UNKNOWN", "Bounds", "Conditions", "Mask", "Values", "holds"]

Mask: TypeAlias = npt.NDArray[np.bool_]
Values: TypeAlias = npt.NDArray[np.int64]


class Bounds(NamedTuple):
    """Lower and upper bounds of signals: int64, shape (signals, posts), in C order."""

    low: Values
    high: Values

    def where(self, mask: Mask) -> Bounds:
        """Return the bounds of some posts; `mask`: shape (posts,)."""
        posts = np.flatnonzero(mask)
        return Bounds(self.low.take(posts, axis=1), self.high.take(posts, axis=1))


class Conditions:
    """Conditions made ready to be evaluated together. Each comes with the rows of the signals it names."""

    def __init__(self, conditions: Iterable[tuple[Condition, Mapping[str, int]]]) -> None:
        layout = _Layout()
        self._wanted = [layout.place(condition, rows, certain=False) for condition, rows in conditions]
        self._nodes, self._members = layout.arrays()

    def possible(self, bounds: Bounds) -> Mask:
        """Return where each condition may hold: shape (conditions, posts)."""
        masks = np.empty((len(self._nodes), bounds.low.shape[1]), dtype=np.bool_)
        evaluate(bounds.low, bounds.high, self._nodes, self._members, masks)
        return masks[self._wanted]


@dataclass(slots=True)
class _Layout:
    """The nodes of `kernels.bounds.evaluate`, numbered as they come; equal ones are one.

    A part of a condition is laid out as possible or as certain: what is not certain not to hold is possible,
    so `NOT` turns one into the other.
    """

    numbers: dict[tuple[int, ...], int] = field(default_factory=dict)

    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the nodes and their members, as the kernel reads them."""
        nodes: list[tuple[int, ...]] = []
        members: list[int] = []
        for node in self.numbers:
            if node[0] == Node.AT_LEAST:
                nodes.append(node)
            else:
                nodes.append((node[0], len(members), len(members) + len(node) - 1, 0))
                members += node[1:]
        return np.array(nodes, dtype=np.int64).reshape(len(nodes), 4), np.array(members, dtype=np.int64)

    def place(self, condition: Condition, rows: Mapping[str, int], *, certain: bool) -> int:
        """Return the number of the node that tells where `condition` is possible, or where it is certain."""
        match condition:
            case And(parts):
                return self._add(Node.ALL, *(self.place(part, rows, certain=certain) for part in parts))
            case Or(parts):
                return self._add(Node.ANY, *(self.place(part, rows, certain=certain) for part in parts))
            case Not(part):
                return self._add(Node.NONE, self.place(part, rows, certain=not certain))
            case Constant(value):
                return self._add(Node.ALL if value else Node.ANY)
            case Flag(name):
                return self.place(Compare(Name(name), Comparison.MORE, Number(0)), rows, certain=certain)
            case Compare(left, comparison, right):
                return self._compare(_Side(left, rows), comparison, _Side(right, rows), certain=certain)

    def _compare(self, left: _Side, comparison: Comparison, right: _Side, *, certain: bool) -> int:
        """Return the number of the node of a comparison."""
        match comparison:
            case Comparison.AT_LEAST:
                return self._at_least(left, right, 0, certain=certain)
            case Comparison.MORE:
                return self._at_least(left, right, 1, certain=certain)
            case Comparison.AT_MOST:
                return self._at_least(right, left, 0, certain=certain)
            case Comparison.LESS:
                return self._at_least(right, left, 1, certain=certain)
            case Comparison.EQUAL:
                both = (self._at_least(*pair, 0, certain=certain) for pair in ((left, right), (right, left)))
                return self._add(Node.ALL, *both)
            case Comparison.UNEQUAL:
                return self._add(Node.NONE, self._compare(left, Comparison.EQUAL, right, certain=not certain))

    def _at_least(self, left: _Side, right: _Side, by: int, *, certain: bool) -> int:
        """Return the number of the node of `left >= right + by`."""
        ends = left.end(upper=not certain), right.end(upper=certain)
        return self._add(Node.AT_LEAST, *ends, by + right.number - left.number)

    def _add(self, kind: Node, *rest: int) -> int:
        """Return the number of a node."""
        return self.numbers.setdefault((kind, *rest), len(self.numbers))


def anywhere(mask: Mask, axis: int) -> Mask:
    """Return whether a mask is set anywhere along an axis."""
    result: Mask = np.logical_or.reduce(mask, axis=axis)
    return result


class _Side:
    """One side of a comparison: a signal, or a number; the other of the two is zero or nothing."""

    def __init__(self, operand: Operand, rows: Mapping[str, int]) -> None:
        self._row = rows[operand.name] if isinstance(operand, Name) else None
        self.number = operand.value if isinstance(operand, Number) else 0

    def end(self, *, upper: bool) -> int:
        """Return the lower or the upper end, as the kernel numbers them; -1 for no signal."""
        return -1 if self._row is None else 2 * self._row + upper


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
