"""From expressions to automata that tell where each of them may begin to match.

Expressions that are looked for together share one deterministic automaton over classes of code points that
none of them tells apart. Run from a place of a text it accepts each expression as early as a match from there
is possible, as far as `tipstaff.screening.nets` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tipstaff.base.errors import InputError
from tipstaff.screening.nets import EDGE, Net, Ranges

NUMBERS: Final = 1 << 16
"""How many states, classes or columns can be numbered."""

MOST_STATES: Final = 1 << 15
"""After so many, only states that accept something and go nowhere are added: there is room for them."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """A deterministic automaton.

    `classes` (uint16): the class of each code point and of the edge; automata that are built together share
    it. `columns` (uint16): the column of each class. `begins` (uint16): the state before the first code
    point, by the column of the one before it. `following` (uint16, states by columns): the next state; state
    0 has none. `accepted` and `open` (uint32): the expressions that a state accepts, and those it may yet;
    one bit each.
    """

    classes: npt.NDArray[np.uint16]
    columns: npt.NDArray[np.uint16]
    begins: npt.NDArray[np.uint16]
    following: npt.NDArray[np.uint16]
    accepted: npt.NDArray[np.uint32]
    open: npt.NDArray[np.uint32]


def build(groups: Iterable[Sequence[re.Pattern[str]]], most: int = MOST_STATES) -> list[Automaton]:
    """Build an automaton for each group of at most 32 expressions in ASCII mode.

    No expression may match nothing. What an automaton would need more than about `most` states for counts as
    accepted.
    """
    sets: dict[Ranges, int] = {((EDGE, EDGE),): 0}
    nets = [Net(group, sets) for group in groups]
    classes, table = _classes(sets)
    return [_Subsets(net, *_distinct(table[sorted(net.used)]), most).automaton(classes) for net in nets]


class _Subsets:
    """States: sets of places that consume something, numbered as they are reached.

    A set of places or of expressions is a number, with one bit for each of them.
    """

    def __init__(
        self, net: Net, columns: npt.NDArray[np.uint16], table: npt.NDArray[np.bool_], most: int
    ) -> None:
        self._net = net
        self._columns = columns
        self._holds = dict(zip(sorted(net.used), table.tolist(), strict=True))
        self._most = most
        self._consuming = [0] * table.shape[1]
        self._of_expression = [0] * len(net.begins)
        self._guarded = 0
        self._after: list[tuple[int, int]] = []
        for number, place in enumerate(net.places):
            after = self._reach(place.after, None) if place.step >= 0 else None
            self._after.append(after or (0, 0))
            if place.step >= 0:
                self._of_expression[place.expression] |= 1 << number
                self._guarded |= (after is None) << number
                for column, holds in enumerate(self._holds[place.step]):
                    self._consuming[column] |= holds << number
        self._states: list[tuple[int, int]] = [(0, 0)]
        self._numbers = {(0, 0): 0}
        self._targets: dict[tuple[int, int | None], int] = {}

    def automaton(self, classes: npt.NDArray[np.uint16]) -> Automaton:
        """Explore the states that can be reached from the beginnings."""
        begins = [self._begin(column) for column in range(len(self._consuming))]
        rows = []
        for places, _ in self._states:  # the list grows under way
            consumed = (places & consuming for consuming in self._consuming)
            rows.append([self._target(some, column) if some else 0 for column, some in enumerate(consumed)])
        _check_count(len(self._states), "states")
        return Automaton(
            classes,
            self._columns,
            np.array(begins, dtype=np.uint16),
            np.array(rows, dtype=np.uint16),
            np.array([accepted for _, accepted in self._states], dtype=np.uint32),
            np.array([self._expressions(places) for places, _ in self._states], dtype=np.uint32),
        )

    def _begin(self, behind: int) -> int:
        """Return the state before the first code point, after one of a column."""
        places, accepted = self._reach(self._net.begins, behind) or (0, 0)
        return self._number(places, accepted)

    def _target(self, places: int, column: int) -> int:
        """Return the state after some places have consumed a code point of a column."""
        key = places, column if places & self._guarded else None
        known = self._targets.get(key)
        if known is not None:
            return known
        reached = accepted = 0
        rest = places
        while rest:
            bit = rest & -rest
            rest ^= bit
            number = bit.bit_length() - 1
            after = self._after[number]
            if bit & self._guarded:
                after = self._reach(self._net.places[number].after, column) or after
            reached |= after[0]
            accepted |= after[1]
        for expression, its in enumerate(self._of_expression):
            if accepted >> expression & 1:
                reached &= ~its
        if (reached, accepted) not in self._numbers and len(self._states) >= self._most:
            reached, accepted = 0, accepted | self._expressions(reached)
        self._targets[key] = number = self._number(reached, accepted)
        return number

    def _number(self, places: int, accepted: int) -> int:
        """Return the number of a state."""
        key = places, accepted
        if key not in self._numbers:
            self._numbers[key] = len(self._states)
            self._states.append(key)
        return self._numbers[key]

    def _expressions(self, places: int) -> int:
        """Return the expressions that some places belong to."""
        return sum(bool(places & its) << number for number, its in enumerate(self._of_expression))

    def _reach(self, begins: Iterable[int], behind: int | None) -> tuple[int, int] | None:
        """Return the consuming places, and what is accepted, that are reached after a column `behind`.

        None if that matters and is not given.
        """
        todo = list(begins)
        seen, reached, accepted = set(todo), 0, 0
        while todo:
            number = todo.pop()
            place = self._net.places[number]
            if place.step >= 0:
                reached |= 1 << number
                continue
            if place.behind >= 0:
                if behind is None:
                    return None
                if self._holds[place.behind][behind] == place.negated:
                    continue
            if not place.after:
                accepted |= 1 << place.expression
            for after in place.after:
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return reached, accepted


def _classes(sets: Mapping[Ranges, int]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
    """Return the class of each code point and of the edge, and which sets (rows) have which classes."""
    edges = np.array(
        sorted({0, EDGE, EDGE + 1, *(e for ranges in sets for low, high in ranges for e in (low, high + 1))})
    )
    table = np.zeros((len(sets), edges.size - 1), dtype=np.bool_)
    for ranges, number in sets.items():
        for low, high in ranges:
            first, last = np.searchsorted(edges, (low, high + 1))
            table[number, first:last] = True
    numbers, distinct = _distinct(table)
    return np.repeat(numbers, np.diff(edges)), distinct


def _distinct(table: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
    """Return the number of each column among the different columns of a table, and those."""
    numbered: dict[bytes, int] = {}
    columns = np.packbits(table, axis=0).T
    numbers = np.array([numbered.setdefault(one.tobytes(), len(numbered)) for one in columns])
    _check_count(len(numbered), "classes of characters")
    return numbers.astype(np.uint16), table[:, np.unique(numbers, return_index=True)[1]]


def _check_count(count: int, what: str) -> None:
    """Refuse more states or classes than 16 bits can number."""
    if count > NUMBERS:
        raise InputError(
            f"{count} {what} in expressions: at most {NUMBERS} can be numbered; use fewer or shorter ones"
        )
