"""Policies made ready to run: what to look for, and which signal each thing found belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tipstaff.policy.model import (
    LexiconSignal,
    PatternSignal,
    Policy,
    Signal,
    Spelling,
    parts,
)
from tipstaff.policy.patterns import compile_pattern
from tipstaff.policy.spelling import Spelled, homophone_target, spell
from tipstaff.screening.relax import is_weak, relax


@dataclass(frozen=True, slots=True)
class Owner:
    """A term that a spelling belongs to: the row of its signal, its number there, its weight."""

    row: int
    term: int
    weight: int


@dataclass(frozen=True, slots=True)
class Target:
    """One spelling to look for, and the terms it stands for. `by_sound`: looked for by its syllables."""

    spelled: Spelled
    by_sound: bool
    owners: tuple[Owner, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """One regular expression: exact, and relaxed for Hyperscan; `row` is that of its signal.

    `weak`: relaxed, it asks for nothing but digits, and is not worth looking for.
    """

    row: int
    exact: re.Pattern[str]
    relaxed: str
    weak: bool


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """One policy and the rows of its signals, in an order in which every signal follows what it needs."""

    policy: Policy
    rows: Mapping[str, int]
    signals: Sequence[Signal]
    by_name: Mapping[str, Signal]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one pass looks for, for all its policies."""

    policies: tuple[PolicyPlan, ...]
    targets: tuple[Target, ...]
    expressions: tuple[Expression, ...]
    row_count: int


_Key: TypeAlias = tuple[str, frozenset[int], bool]
"""Terms share a target only if their letters, their word breaks and the way of looking are the same."""


@dataclass(slots=True)
class _Gathered:
    spelled: dict[_Key, Spelled] = field(default_factory=dict)
    owners: dict[_Key, dict[tuple[int, int], Owner]] = field(default_factory=dict)

    def add(self, spelled: Spelled, owner: Owner, *, by_sound: bool = False) -> None:
        key = (spelled.letters, spelled.breaks, by_sound)
        self.spelled.setdefault(key, spelled)
        self.owners.setdefault(key, {}).setdefault((owner.row, owner.term), owner)


def make_plan(policies: Iterable[Policy]) -> Plan:
    """Lay out policies that have been read and checked."""
    gathered = _Gathered()
    expressions: list[Expression] = []
    plans = []
    first = 0
    for policy in policies:
        rows = {signal.name: first + i for i, signal in enumerate(policy.signals)}
        first += len(rows)
        by_name = {signal.name: signal for signal in policy.signals}
        plans.append(PolicyPlan(policy, rows, in_order(policy.signals), by_name))
        for signal in policy.signals:
            if isinstance(signal, LexiconSignal):
                _add_terms(gathered, signal, rows[signal.name])
            elif isinstance(signal, PatternSignal):
                expressions += [
                    _expression(rows[signal.name], expression) for expression in signal.expressions
                ]
    targets = tuple(
        Target(spelled, key[2], tuple(gathered.owners[key].values()))
        for key, spelled in gathered.spelled.items()
    )
    return Plan(tuple(plans), targets, tuple(expressions), first)


def _expression(row: int, expression: str) -> Expression:
    """Prepare one expression."""
    relaxed = relax(expression)
    return Expression(row, compile_pattern(expression), relaxed, is_weak(relaxed))


def _add_terms(gathered: _Gathered, signal: LexiconSignal, row: int) -> None:
    """Add every spelling of the terms of a lexicon group; plain ones come before disguised ones."""
    for number, term in enumerate(signal.terms):
        owner = Owner(row, number, term.weight)
        for spelled in spell(term.text, signal.spellings):
            gathered.add(spelled, owner)
        target = homophone_target(term.text) if Spelling.HOMOPHONE in signal.spellings else None
        if target is not None:
            gathered.add(Spelled(target, frozenset(), Spelling.HOMOPHONE), owner, by_sound=True)


def in_order(signals: Sequence[Signal]) -> list[Signal]:
    """Return signals so that each follows what it is made of. They are known to have no cycle."""
    by_name = {signal.name: signal for signal in signals}
    done: dict[str, Signal] = {}

    def visit(signal: Signal) -> None:
        for name in parts(signal):
            visit(by_name[name])
        done.setdefault(signal.name, signal)

    for signal in signals:
        visit(signal)
    return list(done.values())
