"""What a plan asks of each post beyond what is looked for, as arrays that compiled kernels can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tipstaff.policy.condition import And, Compare, Condition, Constant, Flag, Name, Not, Or, names
from tipstaff.policy.model import (
    ApartSignal,
    BlockedSignal,
    DomainsSignal,
    EntitySignal,
    FactSignal,
    LearnedSignal,
    NearSignal,
    Outcome,
    QuotedSignal,
    Rule,
    Signal,
    UnionSignal,
    parts,
)
from tipstaff.screening.bounds import Conditions
from tipstaff.screening.kernels.derive import APART, NEAR, QUOTED, UNION
from tipstaff.screening.kernels.exhibit import Shown
from tipstaff.screening.plan import Plan, PolicyPlan

ENTITIES: Final = EntitySignal | DomainsSignal | BlockedSignal


class Clause(NamedTuple):
    """A signal that a rule names: whether it asks for it, and what must hold for it to have mattered."""

    name: str
    positive: bool
    guards: tuple[Condition, ...]


def clauses(condition: Condition, *, positive: bool = True) -> Iterator[Clause]:
    """Yield the signals of a condition in its order; of an `OR`, only the sides that hold matter."""
    match condition:
        case Flag(name):
            yield Clause(name, positive, ())
        case Compare(left, _, right):
            yield from (Clause(side.name, positive, ()) for side in (left, right) if isinstance(side, Name))
        case And(several):
            for part in several:
                yield from clauses(part, positive=positive)
        case Or(several):
            for part in several:
                for clause in clauses(part, positive=positive):
                    yield clause._replace(guards=(part, *clause.guards)) if positive else clause
        case Not(part):
            yield from clauses(part, positive=not positive)
        case Constant():
            return


class Part(NamedTuple):
    """What one run of `kernels.derive.derive` computes: its steps, and the rows whose places it lays out."""

    steps: npt.NDArray[np.int64]
    shown: npt.NDArray[np.int64]


class Program:
    """The derived signals and the rules of a plan; rules are numbered through all policies in turn."""

    def __init__(self, plan: Plan) -> None:
        self.rules: list[tuple[PolicyPlan, Rule]] = [
            (policy, rule) for policy in plan.policies for rule in policy.policy.rules
        ]
        self.signals: list[tuple[int, Signal]] = [
            (policy.rows[signal.name], signal) for policy in plan.policies for signal in policy.signals
        ]
        """Signals and their rows."""
        self.signal_at = dict(self.signals)
        behind = _behind(plan)
        self.early_rows = frozenset(
            row
            for row, _ in self.signals
            if not any(isinstance(part, ENTITIES) for part in behind[row].values())
        )
        """The rows that need no entity."""
        self.needs = np.zeros((len(self.rules), plan.row_count), dtype=np.bool_)
        """The rows that lie behind each rule: shape (rules, rows)."""
        for number, (policy, rule) in enumerate(self.rules):
            for name in names(rule.when):
                self.needs[number, list(behind[policy.rows[name]])] = True
        steps, self.member_starts, self.members = self._derived(plan)
        self.clause_starts, self.clauses, guards = self._clauses()
        self.guards = Conditions(guards)
        """Sides of `OR` that must hold for a clause to matter."""
        self.facts = {row: signal.field for row, signal in self.signals if isinstance(signal, FactSignal)}
        self.learned = {row: signal for row, signal in self.signals if isinstance(signal, LearnedSignal)}
        self.shown_as = np.full(plan.row_count, Shown.SPANS, dtype=np.int64)
        self.shown_as[list(self.facts)] = Shown.FACT
        self.shown_as[list(self.learned)] = Shown.LEARNED
        self.early = Part(steps[np.isin(steps[:, 1], list(self.early_rows))], np.empty(0, dtype=np.int64))
        self.late = Part(steps, self._shown())
        self.severities = np.array([rule.severity for _, rule in self.rules], dtype=np.int64)
        self.exempting = [
            tuple(
                number
                for number, (theirs, other) in enumerate(self.rules)
                if theirs is policy and other.outcome is Outcome.PERMITTED and rule.name in other.exempts
            )
            for policy, rule in self.rules
        ]
        """For each rule, the numbers of the rules that take it out of the verdict."""

    def _derived(
        self, plan: Plan
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the steps of `kernels.derive.derive`, and by row where the members of a union begin."""
        steps: list[tuple[int, int, int, int, int]] = []
        unions: dict[int, list[int]] = {}
        for policy in plan.policies:
            rows = policy.rows
            for signal in policy.signals:
                if isinstance(signal, UnionSignal):
                    unions[rows[signal.name]] = [rows[name] for name in signal.of]
        sizes = [len(unions.get(row, ())) for row in range(plan.row_count)]
        starts = np.cumsum([0, *sizes], dtype=np.int64)
        for policy in plan.policies:
            rows = policy.rows
            for signal in policy.signals:
                row = rows[signal.name]
                match signal:
                    case UnionSignal():
                        steps.append((UNION, row, int(starts[row]), int(starts[row + 1]), 0))
                    case NearSignal(of=of, to=to, within=within):
                        steps.append((NEAR, row, rows[of], rows[to], within))
                    case ApartSignal(of=of, to=to, within=within):
                        steps.append((APART, row, rows[of], rows[to], within))
                    case QuotedSignal(of=of):
                        steps.append((QUOTED, row, rows[of], rows[of], 0))
        members = [member for row in sorted(unions) for member in unions[row]]
        return (
            np.array(steps, dtype=np.int64).reshape(len(steps), 5),
            starts,
            np.array(members, dtype=np.int64),
        )

    def _shown(self) -> npt.NDArray[np.int64]:
        """Return the rows whose places evidence may show, sorted: for a union, those of its members."""
        asked = {int(row) for row, positive, _ in self.clauses if positive}
        shown: set[int] = set()
        while asked:
            row = asked.pop()
            members = self.members[self.member_starts[row] : self.member_starts[row + 1]].tolist()
            asked.update(members)
            if not members:
                shown.add(row)
        return np.array(sorted(shown), dtype=np.int64)

    def _clauses(
        self,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], list[tuple[Condition, Mapping[str, int]]]]:
        """Return where the clauses of each rule begin, the clauses (row, positive, guard), and the guards."""
        guards: list[tuple[Condition, Mapping[str, int]]] = []
        starts = [0]
        lines: list[tuple[int, int, int]] = []
        for policy, rule in self.rules:
            for clause in clauses(rule.when):
                guard = -1
                if clause.guards:
                    guard = len(guards)
                    guards.append((And(clause.guards), policy.rows))
                lines.append((policy.rows[clause.name], int(clause.positive), guard))
            starts.append(len(lines))
        return (
            np.array(starts, dtype=np.int64),
            np.array(lines, dtype=np.int64).reshape(len(lines), 3),
            guards,
        )


def _behind(plan: Plan) -> dict[int, dict[int, Signal]]:
    """Return for each row the rows and signals that it is made of, itself among them."""
    behind: dict[int, dict[int, Signal]] = {}
    for policy in plan.policies:
        for signal in policy.signals:
            row = policy.rows[signal.name]
            behind[row] = {row: signal}
            for name in parts(signal):
                behind[row] |= behind[policy.rows[name]]
    return behind
