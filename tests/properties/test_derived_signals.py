"""The kernel of derived signals against the obvious functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.screening.derive import near, quoted
from tipstaff.screening.findings import Hit
from tipstaff.screening.kernels.derive import APART, NEAR, QUOTED, UNION, derive

MOST = 8
WITHIN = 3
TEXTS = ("“abcdefgh”ijklmnop“q”rstuvw", "“a”“bcdefghijklmnopqr”stuvwx")
QUOTES = [(0, 0, 10), (0, 18, 21), (1, 0, 3), (1, 3, 22)]
"""Field, start and end of the quotations in them."""

STEPS = np.array(
    [[UNION, 3, 0, 2, 0], [NEAR, 4, 3, 2, WITHIN], [APART, 5, 3, 2, WITHIN], [QUOTED, 6, 3, 3, 0]]
)
"""Row 3 is the union of 0 and 1; 4 to 6 are made of it and of row 2."""

spans = st.tuples(st.integers(0, 22), st.integers(1, 4)).map(lambda span: (span[0], sum(span)))
hits = st.tuples(st.integers(0, 2), st.integers(0, 1), spans, st.sampled_from("xyz"))
posts = st.lists(st.lists(hits, max_size=14) | st.lists(hits, min_size=40, max_size=60), max_size=3)


def obvious(found: Sequence[Hit], other: Sequence[Hit]) -> list[list[Hit]]:
    """Return the hits of rows 3 to 6."""
    return [list(found), *near(found, other, WITHIN), quoted(found, TEXTS)]


@given(posts, st.data())
def test_the_kernel_finds_what_the_functions_find(
    several: list[list[tuple[int, int, tuple[int, int], str]]], data: st.DataObject
) -> None:
    """Values, and the first places of every signal, are those that the reference engine computes."""
    wanted = np.array([data.draw(st.booleans()) for _ in several], dtype=np.bool_)
    lines = [
        (post, row, field, start, end, ord(text))
        for post, some in enumerate(several)
        for row, field, (start, end), text in some
    ]
    columns = np.array(lines, dtype=np.int64).reshape(len(lines), 6)
    quotes = np.array([(*quote,) for _ in several for quote in QUOTES], dtype=np.int64).reshape(-1, 3)
    numbers = np.arange(len(several) + 1)
    values = np.zeros((len(several), 7), dtype=np.int64)
    for post, row, *_ in lines:
        values[post, row] += 1
    segment_of = np.empty(values.shape, dtype=np.int32)
    places, segments = derive(
        np.searchsorted(columns[:, 0], numbers), columns, STEPS, np.array([0, 1]),
        numbers * len(QUOTES), quotes, wanted, np.arange(7), MOST, values, segment_of,
    )  # fmt: skip
    for post, some in enumerate(several):
        if not wanted[post]:
            assert (segment_of[post] == -1).all()
            continue
        rows = [
            [Hit(field, *span, text) for row, field, span, text in some if row == number]
            for number in range(3)
        ]
        rows += obvious([*rows[0], *rows[1]], rows[2])
        assert values[post].tolist() == [len(row) for row in rows]
        for number, row in enumerate(rows):
            shown = sorted(set(row))
            segment = segment_of[post, number]
            if not shown:
                assert segment == -1
                continue
            first, last, different, tied = segments[segment].tolist()
            found = [
                Hit(field, start, end, chr(text)) for field, start, end, text in places[first:last].tolist()
            ]
            assert found == shown[: len(found)]
            assert len(found) >= min(MOST, len(shown))
            assert different == len({hit.matched for hit in found})
            assert tied == (len({hit[:3] for hit in found}) < len(found))
            # More than the most are given only where the last ones share a place.
            assert len(found) <= MOST or found[MOST - 1][:3] == found[-1][:3]
            assert len(found) == len(shown) or shown[len(found)][:3] != found[-1][:3]
