"""What the evidence of each finding is made of, and the score of the finding."""

from __future__ import annotations

from enum import IntEnum

import numba as nb
import numpy as np
import numpy.typing as npt


class Shown(IntEnum):
    """What evidence shows of a signal: its places, that it is absent, its value, or both value and places."""

    SPANS = 0
    ABSENT = 1
    FACT = 2
    LEARNED = 3


KINDS = len(Shown)
"""An *exhibit* is the row of a signal times this, and what is shown of it."""

_SPANS = int(Shown.SPANS)
_ABSENT = int(Shown.ABSENT)
_FACT = int(Shown.FACT)


@nb.njit(nogil=True, cache=True)
def exhibit(
    posts: npt.NDArray[np.int64],
    rules: npt.NDArray[np.int64],
    clause_starts: npt.NDArray[np.int64],
    clauses: npt.NDArray[np.int64],
    guards: npt.NDArray[np.bool_],
    member_starts: npt.NDArray[np.int64],
    members: npt.NDArray[np.int64],
    shown_as: npt.NDArray[np.int64],
    severities: npt.NDArray[np.int64],
    values: npt.NDArray[np.int64],
    segment_of: npt.NDArray[np.int32],
    distinct: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    scores: npt.NDArray[np.int64],
) -> npt.NDArray[np.int32]:
    """Return the exhibits of findings: finding i is that rule `rules[i]` fired on post `posts[i]`.

    Rule r names the signals of `clauses[clause_starts[r]:clause_starts[r + 1]]` (row, whether it asks for
    the signal or for its absence, and the row of `guards` that must hold for the post, or -1). A union of
    row u stands for its `members[member_starts[u]:member_starts[u + 1]]` that are there; other rows have
    none. `shown_as[row]` is how a row is shown when it is there. `segment_of[p, row]` is its segment, or
    -1, with `distinct[segment]` different texts.

    Fills `starts` (one more than findings: where the exhibits of each begin) and `scores`: 12 for each
    step of severity and 4 for each different text of a signal, at most 100.
    """
    rows = values.shape[1]
    exhibits = np.empty(16 * posts.size + 16, dtype=np.int32)
    count = 0
    asked = np.full(2 * rows, -1, dtype=np.int64)
    counted = np.full(rows, -1, dtype=np.int64)
    waiting = np.empty(members.size + 1, dtype=np.int64)
    starts[0] = 0
    for i in range(posts.size):
        post = posts[i]
        texts = 0
        for c in range(clause_starts[rules[i]], clause_starts[rules[i] + 1]):
            row, positive, guard = clauses[c, 0], clauses[c, 1], clauses[c, 2]
            if (guard >= 0 and not guards[guard, post]) or asked[2 * row + positive] == i:
                continue
            asked[2 * row + positive] = i
            absent = shown_as[row] == _SPANS and values[post, row] == 0
            if not (positive or absent or shown_as[row] == _FACT):
                continue
            waiting[0] = row
            left = 1
            while left:
                left -= 1
                part = waiting[left]
                if member_starts[part] < member_starts[part + 1] and not absent:
                    for m in range(member_starts[part + 1] - 1, member_starts[part] - 1, -1):
                        if values[post, members[m]] != 0:
                            waiting[left] = members[m]
                            left += 1
                    continue
                if count == exhibits.size:
                    larger = np.empty(2 * count, dtype=np.int32)
                    larger[:count] = exhibits
                    exhibits = larger
                exhibits[count] = part * KINDS + (_ABSENT if absent else shown_as[part])
                count += 1
                segment = segment_of[post, part]
                if segment >= 0 and counted[part] != i:
                    counted[part] = i
                    texts += distinct[segment]
        starts[i + 1] = count
        scores[i] = min(100, 12 * severities[rules[i]] + 4 * texts)
    return exhibits[:count]
