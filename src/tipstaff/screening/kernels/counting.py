"""Counting under 64-bit keys, in a table with open addressing."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

_MOST = np.uint64(0xFFFFFFFF)


@nb.njit(nogil=True, cache=True)
def add_counts(
    keys: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.uint32],
    given: npt.NDArray[np.uint64],
    numbers: npt.NDArray[np.uint32],
) -> int:
    """Add `numbers` to the counts of the keys `given`; return how many of them were not in the table yet.

    Slot i of the table, whose size is a power of two, has `counts[i]` under `keys[i]`; key 0 means that it
    is free, and is passed over among those given. There must be room for all. Counts stop at 2^32 - 1.
    """
    last = np.uint64(keys.size - 1)
    added = 0
    for i in range(given.size):
        key = given[i]
        if key == np.uint64(0):
            continue
        slot = key & last
        while keys[slot] != key and keys[slot] != np.uint64(0):
            slot = (slot + np.uint64(1)) & last
        if keys[slot] != key:
            keys[slot] = key
            added += 1
        counts[slot] = np.uint32(min(np.uint64(counts[slot]) + np.uint64(numbers[i]), _MOST))
    return added


@nb.njit(nogil=True, cache=True)
def count_of(keys: npt.NDArray[np.uint64], counts: npt.NDArray[np.uint32], key: np.uint64) -> int:
    """Return the count under a key that is not 0; 0 if it is not in the table."""
    last = np.uint64(keys.size - 1)
    slot = key & last
    while keys[slot] != key:
        if keys[slot] == np.uint64(0):
            return 0
        slot = (slot + np.uint64(1)) & last
    return int(counts[slot])
