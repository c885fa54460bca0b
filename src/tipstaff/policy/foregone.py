"""Conditions whose outcome is foregone: whatever a post says, they hold, or they do not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

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
)

_Range: TypeAlias = tuple[float, float]
_ALL: _Range = (float("-inf"), float("inf"))

_OPPOSITE = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.LESS: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.LESS,
    Comparison.MORE: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.MORE,
}
_MIRRORED = {
    Comparison.LESS: Comparison.MORE,
    Comparison.MORE: Comparison.LESS,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.AT_LEAST,
}
_REFLEXIVE = frozenset({Comparison.EQUAL, Comparison.AT_MOST, Comparison.AT_LEAST})


def foregone(condition: Condition, signed: Collection[str] = ()) -> bool | None:
    """Tell whether a condition always holds (True) or never does (False), as far as can be seen.

    Signals are whole numbers from 0 on, those in `signed` may be below it. What is seen: comparisons that no
    value or every value meets, and contradictions between the comparisons of one signal side by side.
    """
    match condition:
        case Constant(value):
            return value
        case Flag():
            return None
        case Not(part):
            inner = foregone(part, signed)
            return None if inner is None else not inner
        case And(parts):
            outcomes = [foregone(part, signed) for part in parts]
            if False in outcomes or _contradict(parts, signed):
                return False
            return True if all(outcomes) else None
        case Or(parts):
            return foregone(Not(And(tuple(_opposite(part) for part in parts))), signed)
        case Compare(Name(left), comparison, Name(right)) if left == right:
            return comparison in _REFLEXIVE
        case Compare():
            if _contradict((condition,), signed):
                return False
            return True if _contradict((_opposite(condition),), signed) else None


def _opposite(condition: Condition) -> Condition:
    """Return what holds where a condition does not."""
    match condition:
        case Compare(left, comparison, right):
            return Compare(left, _OPPOSITE[comparison], right)
        case Not(part):
            return part
    return Not(condition)


def _side_by_side(parts: Iterable[Condition]) -> Iterator[Condition]:
    """Yield what must hold for all of some conditions to hold, taken apart."""
    for part in parts:
        match part:
            case And(inner):
                yield from _side_by_side(inner)
            case Not(Compare() as compared):
                yield _opposite(compared)
            case _:
                yield part


def _contradict(parts: Iterable[Condition], signed: Collection[str]) -> bool:
    """Tell whether no values of the signals meet all those of some conditions that compare with a number."""
    ranges: dict[str, _Range] = {}
    apart: dict[str, set[int]] = {}
    for part in _side_by_side(parts):
        match part:
            case Compare(Name(name), comparison, Number(value)):
                pass
            case Compare(Number(value), comparison, Name(name)):
                comparison = _MIRRORED.get(comparison, comparison)
            case _:
                continue
        low, high = ranges.get(name, _ALL if name in signed else (0, _ALL[1]))
        match comparison:
            case Comparison.EQUAL:
                low, high = max(low, value), min(high, value)
            case Comparison.LESS:
                high = min(high, value - 1)
            case Comparison.AT_MOST:
                high = min(high, value)
            case Comparison.MORE:
                low = max(low, value + 1)
            case Comparison.AT_LEAST:
                low = max(low, value)
            case Comparison.UNEQUAL:
                apart.setdefault(name, set()).add(value)
        ranges[name] = low, high
    return any(_nothing_left(*between, apart.get(name, set())) for name, between in ranges.items())


def _nothing_left(low: float, high: float, out: set[int]) -> bool:
    """Tell whether no whole number lies between two bounds but for those left out."""
    return low > high or (high - low < len(out) and out.issuperset(range(int(low), int(high) + 1)))
