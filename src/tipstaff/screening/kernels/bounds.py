"""Conditions and derived signals over bounds, row by row; `low` and `high` have shape (signals, posts)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

UNKNOWN: Final = 1 << 40
"""Above every value that a signal can have."""


class Node(IntEnum):
    """What holds where: a comparison of two ends, or all, any or none of other nodes."""

    AT_LEAST = 0
    ALL = 1
    ANY = 2
    NONE = 3


class Derived(IntEnum):
    """A signal that adds up others, or that is zero unless all others are there."""

    SUM = 0
    ALL = 1


_AT_LEAST = int(Node.AT_LEAST)
_ALL = int(Node.ALL)
_ANY = int(Node.ANY)
_NONE = int(Node.NONE)
_SUM = int(Derived.SUM)


@nb.njit(nogil=True, cache=True)
def _end(low, high, end, zero):  # type: ignore[no-untyped-def]
    """Return one end of a signal in all posts: its lower one if `end` is even; zeros if it is negative."""
    if end < 0:
        return zero
    return high[end >> 1] if end & 1 else low[end >> 1]


@nb.njit(nogil=True, cache=True)
def evaluate(
    low: npt.NDArray[np.int64],
    high: npt.NDArray[np.int64],
    nodes: npt.NDArray[np.int64],
    members: npt.NDArray[np.int64],
    masks: npt.NDArray[np.bool_],
) -> None:
    """Fill `masks[n]` (shape (nodes, posts)) with where node n holds.

    A node is a line `(kind, first, last, by)`. `AT_LEAST` says that the end `first` is at least the end
    `last` plus `by`, see `_end`; the other kinds are about the nodes `members[first:last]`, all before it.
    """
    zero = np.zeros(low.shape[1], dtype=np.int64)
    for n in range(nodes.shape[0]):
        kind, first, last, by = nodes[n, 0], nodes[n, 1], nodes[n, 2], nodes[n, 3]
        mask = masks[n]
        if kind == _AT_LEAST:
            left, right = _end(low, high, first, zero), _end(low, high, last, zero)
            for post in range(mask.size):
                mask[post] = left[post] >= right[post] + by
            continue
        mask[:] = kind == _ALL
        for member in members[first:last]:
            part = masks[member]
            if kind == _ALL:
                for post in range(mask.size):
                    mask[post] &= part[post]
            else:
                for post in range(mask.size):
                    mask[post] |= part[post]
        if kind == _NONE:
            for post in range(mask.size):
                mask[post] = not mask[post]


@nb.njit(nogil=True, cache=True)
def bound_derived(
    low: npt.NDArray[np.int64],
    high: npt.NDArray[np.int64],
    steps: npt.NDArray[np.int64],
    members: npt.NDArray[np.int64],
    known: npt.NDArray[np.bool_],
) -> None:
    """Bound the signals that are made of others, but for the rows that are `known`.

    A step is a line `(kind, row, first, last)`; it reads the rows `members[first:last]`, all settled before.
    """
    for step in range(steps.shape[0]):
        kind, row, first, last = steps[step, 0], steps[step, 1], steps[step, 2], steps[step, 3]
        if known[row]:
            continue
        low[row] = 0
        high[row] = 0 if kind == _SUM else UNKNOWN
        for member in members[first:last]:
            if kind == _SUM:
                for post in range(high.shape[1]):
                    low[row, post] += low[member, post]
                    high[row, post] += high[member, post]
            else:
                for post in range(high.shape[1]):
                    high[row, post] = high[row, post] if high[member, post] > 0 else 0
        for post in range(high.shape[1]):
            high[row, post] = min(high[row, post], UNKNOWN)
