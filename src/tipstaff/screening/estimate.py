"""Bounds of every signal, from what is known so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import (
    ApartSignal,
    BlockedSignal,
    DomainsSignal,
    EntitySignal,
    FactSignal,
    LearnedSignal,
    LexiconSignal,
    NearSignal,
    QuotedSignal,
    Signal,
    UnionSignal,
)
from tipstaff.screening.batches import Batch
from tipstaff.screening.bounds import UNKNOWN, Bounds, Conditions, Mask, Values
from tipstaff.screening.derive import fact_values
from tipstaff.screening.gates import GATES
from tipstaff.screening.kernels.bounds import Derived, bound_derived
from tipstaff.screening.kernels.sums import add_distinct_weights, add_weights
from tipstaff.screening.plan import Plan
from tipstaff.screening.tables import DIGIT, DOT

_Derived: TypeAlias = UnionSignal | NearSignal | ApartSignal | QuotedSignal


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known of posts at first sight: which they are (sorted), and the flags of each.

    `listed`: whether there are block lists to look links up in.
    """

    batch: Batch
    posts: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]
    listed: bool


class Estimator:
    """Bounds the signals of a plan, and tells on which posts a rule is still possible."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        owners = [target.owners for target in plan.targets]
        self._owner_starts = np.cumsum([0, *map(len, owners)], dtype=np.int64)
        flat = [owner for group in owners for owner in group]
        self._owner_rows = np.array([owner.row for owner in flat], dtype=np.int64)
        numbers: dict[tuple[int, int], int] = {}
        self._owner_terms = np.array(
            [numbers.setdefault((owner.row, owner.term), len(numbers)) for owner in flat], dtype=np.int64
        )
        self._owner_weights = np.array([owner.weight for owner in flat], dtype=np.int64)
        self._pattern_rows = np.array([expression.row for expression in plan.expressions], dtype=np.int64)
        self._scanned_rows, self._weak_rows = (
            np.array(
                sorted({expression.row for expression in plan.expressions if expression.weak is weak}),
                dtype=np.int64,
            )
            for weak in (False, True)
        )
        self._lexicon_rows = np.array(
            [p.rows[s.name] for p in plan.policies for s in p.signals if isinstance(s, LexiconSignal)],
            dtype=np.int64,
        )
        self._conditions = Conditions(
            (rule.when, policy.rows) for policy in plan.policies for rule in policy.policy.rules
        )
        self._steps, self._members = _derivation(plan)
        self._needs_terms = {listed: not self._without_terms(listed=listed) for listed in (True, False)}

    def needs_terms(self, *, listed: bool) -> bool:
        """Tell whether no rule can fire on a post in which no term was found; `listed`: with block lists."""
        return self._needs_terms[listed]

    def _without_terms(self, *, listed: bool) -> bool:
        """Tell whether some rule could fire on a post in which no term at all was found."""
        low, high = self._empty(1)
        low[:, 0], high[:, 0] = 0, 0
        for plan in self._plan.policies:
            for signal in plan.signals:
                row = plan.rows[signal.name]
                if not isinstance(signal, LexiconSignal | _Derived):
                    high[row] = UNKNOWN if listed or not isinstance(signal, BlockedSignal) else 0
                if isinstance(signal, LearnedSignal):
                    low[row] = -UNKNOWN
        bounds = Bounds(low, high)
        self._derive(bounds)
        return bool(self.possible(bounds).any())

    def _empty(self, posts: int) -> Bounds:
        """Return bounds for that many posts, all zero."""
        shape = (self._plan.row_count, posts)
        return Bounds(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))

    def first(self, glance: Glance, slots: npt.NDArray[np.int64], targets: npt.NDArray[np.int64]) -> Bounds:
        """Bound the signals of some posts: `targets[i]` was found in the post at `slots[i]`."""
        bounds = self._empty(len(glance.posts))
        add_weights(targets, slots, self._owner_starts, self._owner_rows, self._owner_weights, bounds.high)
        bounds.high[self._scanned_rows] = UNKNOWN
        self._bound_weak(glance.flags, bounds)
        for plan in self._plan.policies:
            for signal in plan.signals:
                _bound_plain(glance, signal, plan.rows[signal.name], bounds)
        self._derive(bounds)
        return bounds

    def with_expressions(
        self,
        bounds: Bounds,
        flags: npt.NDArray[np.uint8],
        slots: npt.NDArray[np.int64],
        numbers: npt.NDArray[np.int64],
    ) -> None:
        """Bound the expressions: `numbers[i]` may match in the post at `slots[i]`; `flags` of each post."""
        bounds.high[self._scanned_rows] = 0
        bounds.high[self._pattern_rows[numbers], slots] = UNKNOWN
        self._bound_weak(flags, bounds)
        self._derive(bounds)

    def _bound_weak(self, flags: npt.NDArray[np.uint8], bounds: Bounds) -> None:
        """Bound the weak expressions, which nobody looks for: without a digit they do not match."""
        bounds.high[np.ix_(self._weak_rows, np.flatnonzero(flags & DIGIT))] = UNKNOWN

    def _derive(self, bounds: Bounds, known: frozenset[int] = frozenset()) -> None:
        """Bound the signals that are made of others, but for the rows that are known."""
        rows = np.zeros(self._plan.row_count, dtype=np.bool_)
        rows[list(known)] = True
        bound_derived(bounds.low, bounds.high, self._steps, self._members, rows)

    def possible(self, bounds: Bounds) -> Mask:
        """Return on which posts some rule of some policy is possible."""
        return np.logical_or.reduce(self.possible_rules(bounds), axis=0)  # type: ignore[no-any-return]

    def possible_rules(self, bounds: Bounds) -> Mask:
        """Return where each rule is possible: shape (rules of all policies in turn, posts)."""
        return self._conditions.possible(bounds)

    def with_values(self, bounds: Bounds, rows: frozenset[int], values: Values) -> None:
        """Make some rows exact; `values`: shape (signals, posts), read in those rows only."""
        known = sorted(rows)
        bounds.low[known] = values[known]
        bounds.high[known] = values[known]
        self._derive(bounds, rows)

    def with_terms(
        self, bounds: Bounds, slots: npt.NDArray[np.int64], targets: npt.NDArray[np.int64]
    ) -> None:
        """Make the lexicon groups exact: `targets[i]` stands in the post at `slots[i]`, sorted."""
        bounds.low[self._lexicon_rows] = 0
        add_distinct_weights(
            targets, slots, self._owner_starts, self._owner_rows, self._owner_terms, self._owner_weights,
            bounds.low,
        )  # fmt: skip
        bounds.high[self._lexicon_rows] = bounds.low[self._lexicon_rows]
        self._derive(bounds)


def _derivation(plan: Plan) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the steps of `kernels.bounds.derive` and their members."""
    steps: list[tuple[int, int, int, int]] = []
    members: list[int] = []
    for policy in plan.policies:
        for signal in policy.signals:
            if isinstance(signal, _Derived):
                kind = Derived.SUM if isinstance(signal, UnionSignal) else Derived.ALL
                needed = signal.of if isinstance(signal, UnionSignal) else _needed(signal)
                first = len(members)
                members += [policy.rows[name] for name in needed]
                steps.append((kind, policy.rows[signal.name], first, len(members)))
    return np.array(steps, dtype=np.int64).reshape(len(steps), 4), np.array(members, dtype=np.int64)


def _needed(signal: NearSignal | ApartSignal | QuotedSignal) -> tuple[str, ...]:
    """Return the signals without which one finds nothing."""
    return (signal.of, signal.to) if isinstance(signal, NearSignal) else (signal.of,)


def _bound_plain(glance: Glance, signal: Signal, row: int, bounds: Bounds) -> None:
    """Bound one signal that is not made of others."""
    match signal:
        case EntitySignal(kinds=kinds):
            gates = [GATES.get(kind, 0) for kind in kinds]
            wanted = 0 if 0 in gates else int(np.bitwise_or.reduce(gates))
            bounds.high[row] = np.where(glance.flags & wanted, UNKNOWN, 0) if wanted else UNKNOWN
        case DomainsSignal():
            bounds.high[row] = np.where(glance.flags & DOT, UNKNOWN, 0)
        case BlockedSignal():
            bounds.high[row] = np.where(glance.flags & DOT, UNKNOWN, 0) if glance.listed else 0
        case FactSignal(field=fact):
            bounds.low[row] = fact_values(fact, (glance.batch.posts[post] for post in glance.posts.tolist()))
            bounds.high[row] = bounds.low[row]
        case LearnedSignal():
            bounds.low[row] = -UNKNOWN
            bounds.high[row] = UNKNOWN
