"""Counting the posts of many accounts in little memory."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policies import post

from tipstaff.screening.kernels.counting import add_counts, count_of
from tipstaff.screening.postcounts import PostCounts, count_posts


def test_posts_are_counted_by_host_and_account() -> None:
    """Accounts of one name on different hosts are different accounts; no host is one too."""
    posts = [post("t", account=account, host=host) for account, host in ("ax", "ay", "ax", "bx")]
    assert count_posts([*posts, post("t", account="a")]) == {
        "x": {"a": 2, "b": 1},
        "y": {"a": 1},
        "": {"a": 1},
    }


@given(
    st.lists(st.dictionaries(st.sampled_from(["", "x", "y"]), st.dictionaries(st.text(), st.integers(1, 9))))
)
def test_numbers_add_up(parts: list[dict[str, dict[str, int]]]) -> None:
    """What is added in parts is counted by account; who was never added has no posts."""
    counts = PostCounts()
    expected: Counter[tuple[str, str]] = Counter()
    for part in parts:
        counts.add(part)
        for host, accounts in part.items():
            expected.update({(host, account): number for account, number in accounts.items()})
    assert len(counts) == len(expected)
    assert {each: counts.of(*each) for each in expected} == expected
    assert counts.of("z", "nobody") == 0


def test_many_accounts() -> None:
    """The table grows, and forgets nobody."""
    counts = PostCounts()
    names = [f"user-{number}" for number in range(30_000)]
    for start in range(0, len(names), 7_000):
        counts.add({"": dict.fromkeys(names[start : start + 7_000], 1)})
    counts.add({"": dict.fromkeys(names, 2)})
    assert len(counts) == len(names)
    assert {counts.of("", name) for name in names} == {3}


@pytest.mark.parametrize("key", [1, 7, 9, 2**62, 2**63, 2**64 - 1])
def test_a_table_with_hardly_any_room(key: int) -> None:
    """Keys that want the same slot are kept apart, past the end of the table too, and a free one is found."""
    keys, counts = np.zeros(8, dtype=np.uint64), np.zeros(8, dtype=np.uint32)
    given_keys = np.array(
        [key, key ^ 8, key ^ 16, key ^ 32, 0, key, key ^ 64, key ^ 128, key ^ 256], np.uint64
    )
    numbers = np.arange(1, 10, dtype=np.uint32)
    assert add_counts(keys, counts, given_keys, numbers) == 7
    assert [count_of(keys, counts, each) for each in given_keys if each] == [7, 2, 3, 4, 7, 7, 8, 9]
    assert count_of(keys, counts, np.uint64(key ^ 512)) == 0


def test_counts_do_not_wrap() -> None:
    """A number that does not fit stays at the highest that does."""
    keys, counts = np.zeros(8, dtype=np.uint64), np.zeros(8, dtype=np.uint32)
    one = np.array([5], dtype=np.uint64)
    for number in (2**32 - 3, 2, 2, 2**32 - 1):
        add_counts(keys, counts, one, np.array([number], dtype=np.uint32))
    assert count_of(keys, counts, np.uint64(5)) == 2**32 - 1
