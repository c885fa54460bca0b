"""Reading the condition of a rule: an SQL expression over signals becomes a small tree.

What is allowed: ``AND``, ``OR``, ``NOT``, comparisons, ``IN``, ``BETWEEN``, integer literals, ``TRUE``,
``FALSE`` and the names of signals. Everything else that SQL has is refused. `sqlglot` does the parsing
(SQL:2016 conditions); this module keeps only the part above, and checks types: a signal is a number or
a boolean, and a condition must be a boolean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import sqlglot
from sqlglot import expressions as sql
from sqlglot.errors import SqlglotError

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
    ValueType,
)
from tipstaff.policy.faults import did_you_mean

MAX_DEPTH = 60
"""How deep a condition may nest; deeper ones are refused before anything recurses into them."""


MAX_DIGITS = 11
"""How many digits a number may have; no signal reaches more."""


class ConditionError(Exception):
    """A condition cannot be used: what is wrong with it and how to mend it."""

    def __init__(self, message: str, mend: str = "") -> None:
        self.message = message
        self.mend = mend
        super().__init__(message)


_COMPARISONS: Mapping[type[sql.Expr], Comparison] = {
    sql.EQ: Comparison.EQUAL,
    sql.NEQ: Comparison.UNEQUAL,
    sql.LT: Comparison.LESS,
    sql.LTE: Comparison.AT_MOST,
    sql.GT: Comparison.MORE,
    sql.GTE: Comparison.AT_LEAST,
}

_ALLOWED = "a condition is made of AND, OR, NOT, comparisons, IN, BETWEEN, whole numbers and signals"


class UnknownSignalError(ConditionError):
    """A condition names a signal that there is not."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown signal {name!r}", did_you_mean(name, known))
        self.name = name


Types: TypeAlias = "Mapping[str, ValueType | None]"
"""What signals hold, by name; None for one of which that cannot be told, which may then stand anywhere."""


def parse_condition(text: str, signals: Types) -> Condition:
    """Parse the SQL condition `text` over the given signals.

    Raises `ConditionError` if it does not parse, uses what is not allowed, names an unknown signal or
    is not boolean.
    """
    if text.count("(") + text.upper().count("NOT") > MAX_DEPTH:
        raise ConditionError(f"the condition nests deeper than {MAX_DEPTH}", "split the rule")
    try:
        tree = sqlglot.parse_one(text, into=sql.Condition)
    except (SqlglotError, RecursionError) as error:
        raise ConditionError(f"the condition does not parse: {_place(error)}", _ALLOWED) from error
    return _condition(tree, signals)


def _place(error: Exception) -> str:
    """Say where a condition stops being one."""
    first = next(iter(getattr(error, "errors", ())), None)
    if not first:
        return "there is nothing in it that can be read"
    near, after = str(first["highlight"]), str(first["end_context"]).strip()
    return f"something is wrong near {near!r}" if after else f"something is missing at its end, near {near!r}"


def _condition(tree: sql.Expr, signals: Types) -> Condition:
    """Translate one boolean node."""
    match tree:
        case sql.Paren():
            return _condition(tree.this, signals)
        case sql.And():
            return And(tuple(_condition(part, signals) for part in tree.flatten()))
        case sql.Or():
            return Or(tuple(_condition(part, signals) for part in tree.flatten()))
        case sql.Not():
            return Not(_condition(tree.this, signals))
        case sql.Boolean():
            return Constant(bool(tree.this))
        case sql.Column():
            name = _name(tree, signals)
            if signals[name] is ValueType.NUMBER:
                raise ConditionError(f"{name} is a number, not a boolean", f"write {name} > 0")
            return Flag(name)
        case sql.Between() if not tree.args.get("symmetric"):
            value = _operand(tree.this, signals)
            low, high = _operand(tree.args["low"], signals), _operand(tree.args["high"], signals)
            return And((Compare(value, Comparison.AT_LEAST, low), Compare(value, Comparison.AT_MOST, high)))
        case sql.In() if tree.args.get("expressions"):
            value = _operand(tree.this, signals)
            members = [_operand(member, signals) for member in tree.expressions]
            tests = tuple(Compare(value, Comparison.EQUAL, member) for member in members)
            return Or(tests) if len(tests) > 1 else tests[0]
        case _ if type(tree) in _COMPARISONS:
            left, right = _operand(tree.this, signals), _operand(tree.expression, signals)
            if isinstance(left, Number) and isinstance(right, Number):
                raise ConditionError(f"{tree.sql()!r} reads no signal", "compare a signal with a number")
            return Compare(left, _COMPARISONS[type(tree)], right)
        case sql.Literal() | sql.Neg():
            raise ConditionError(f"{tree.sql()} is not boolean", "compare it with a signal")
    raise ConditionError(f"{tree.sql()!r} is not allowed here ({tree.key.upper()})", _ALLOWED)


def _operand(tree: sql.Expr, signals: Types) -> Operand:
    """Translate one side of a comparison."""
    match tree:
        case sql.Paren():
            return _operand(tree.this, signals)
        case sql.Literal() if not tree.is_string and tree.this.isascii() and tree.this.isdigit():
            if len(tree.this) > MAX_DIGITS:
                raise ConditionError(f"a number has more than {MAX_DIGITS} digits", "no signal is that large")
            return Number(int(tree.this))
        case sql.Neg() if isinstance(tree.this, sql.Literal):
            inner = _operand(tree.this, signals)
            if isinstance(inner, Number):
                return Number(-inner.value)
        case sql.Literal():
            raise ConditionError(
                f"{tree.sql()} is not a whole number", "signals are whole numbers or booleans"
            )
        case sql.Column():
            name = _name(tree, signals)
            if signals[name] is ValueType.BOOLEAN:
                raise ConditionError(f"{name} is a boolean, not a number", f"write {name} or NOT {name}")
            return Name(name)
    raise ConditionError(f"{tree.sql()!r} cannot be compared ({tree.key.upper()})", _ALLOWED)


def _name(tree: sql.Column, signals: Types) -> str:
    """Return the signal a column names."""
    if tree.table or not isinstance(tree.this, sql.Identifier):
        raise ConditionError(f"{tree.sql()!r} is not the name of a signal", _ALLOWED)
    name = str(tree.this.this)
    if name not in signals:
        raise UnknownSignalError(name, signals)
    return name
