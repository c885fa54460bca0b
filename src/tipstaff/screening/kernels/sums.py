"""Adding up the weights of what was found."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt


@nb.njit(nogil=True, cache=True)
def add_weights(
    targets: npt.NDArray[np.int64],
    slots: npt.NDArray[np.int64],
    owner_starts: npt.NDArray[np.int64],
    owner_rows: npt.NDArray[np.int64],
    owner_weights: npt.NDArray[np.int64],
    sums: npt.NDArray[np.int64],
) -> None:
    """Add the weights of the owners of `targets[i]` to column `slots[i]` of `sums` (signals, posts)."""
    for i in range(targets.size):
        for owner in range(owner_starts[targets[i]], owner_starts[targets[i] + 1]):
            sums[owner_rows[owner], slots[i]] += owner_weights[owner]


@nb.njit(nogil=True, cache=True)
def add_distinct_weights(
    targets: npt.NDArray[np.int64],
    slots: npt.NDArray[np.int64],
    owner_starts: npt.NDArray[np.int64],
    owner_rows: npt.NDArray[np.int64],
    owner_terms: npt.NDArray[np.int64],
    owner_weights: npt.NDArray[np.int64],
    sums: npt.NDArray[np.int64],
) -> None:
    """Add the weights of the owners of `targets[i]` to column `slots[i]` of `sums` (signals, posts).

    Each term counts once in a post; `owner_terms` are below the number of owners. `slots` are sorted.
    """
    last = np.full(owner_terms.size, -1, dtype=np.int64)  # the post that each term was found in last
    for i in range(targets.size):
        for owner in range(owner_starts[targets[i]], owner_starts[targets[i] + 1]):
            if last[owner_terms[owner]] != slots[i]:
                last[owner_terms[owner]] = slots[i]
                sums[owner_rows[owner], slots[i]] += owner_weights[owner]
