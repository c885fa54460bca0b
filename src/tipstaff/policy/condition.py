"""The condition of a rule: a small tree over signals, what it reads, and how it is written.

`tipstaff.policy.parsing` makes one of SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class ValueType(StrEnum):
    """What a signal holds."""

    NUMBER = "number"
    BOOLEAN = "boolean"


class Comparison(StrEnum):
    """The comparisons a condition may use."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a signal."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """An integer literal."""

    value: int


Operand: TypeAlias = Name | Number


@dataclass(frozen=True, slots=True)
class Compare:
    """`left comparison right`, over numbers."""

    left: Operand
    comparison: Comparison
    right: Operand


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean signal standing by itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """`TRUE` or `FALSE`."""

    value: bool


@dataclass(frozen=True, slots=True)
class And:
    """Both sides hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one side holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = Compare | Flag | Constant | And | Or | Not


def names(condition: Condition) -> Iterator[str]:
    """Yield the signals a condition reads, in the order written, repeats included."""
    match condition:
        case Flag(name):
            yield name
        case Compare(left, _, right):
            yield from (side.name for side in (left, right) if isinstance(side, Name))
        case And(parts) | Or(parts):
            for part in parts:
                yield from names(part)
        case Not(part):
            yield from names(part)


def render(condition: Condition) -> str:
    """Write a condition as SQL in one canonical spelling (`parse . render` is the identity)."""
    match condition:
        case Flag(name):
            return name
        case Constant(value):
            return "TRUE" if value else "FALSE"
        case Compare(left, comparison, right):
            return f"{_side(left)} {comparison.value} {_side(right)}"
        case And(parts):
            return " AND ".join(_inner(part) for part in parts)
        case Or(parts):
            return " OR ".join(_inner(part) for part in parts)
        case Not(part):
            return f"NOT ({render(part)})"


def _inner(part: Condition) -> str:
    """Write a part of a conjunction or disjunction, in parentheses where it needs them."""
    return f"({render(part)})" if isinstance(part, And | Or) else render(part)


def _side(operand: Operand) -> str:
    """Write one side of a comparison."""
    return operand.name if isinstance(operand, Name) else str(operand.value)
