"""Filters of the queue, as they are written and what they mean."""

from __future__ import annotations

import pytest

from tipstaff.actions.filters import Claimed, Due, Filter, Show, filter_of, words_of
from tipstaff.base.errors import InputError
from tipstaff.casework.which import Which
from tipstaff.casework.words import Subject, SubjectKind

NOW = 1_790_000_000


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(),
        Filter(show=Show.ALL, severity=5, followers=1_000, escalated=True),
        Filter(policy="house", language="zh", territory="CN", due=Due.WEEK, kind=SubjectKind.SITE),
        Filter(claim=Claimed.NOBODY, complaints=True, about="square/account/news"),
    ],
)
def test_a_filter_is_read_as_it_is_written(chosen: Filter) -> None:
    """In words, as a query has them; empty ones say nothing."""
    assert filter_of(words_of(chosen)) == chosen
    assert filter_of({**words_of(chosen), "language": chosen.language}) == chosen


@pytest.mark.parametrize(
    "written",
    [
        {"severity": "6"},
        {"severity": "x"},
        {"followers": "7"},
        {"due": "25"},
        {"claim": "bob"},
        {"sow": "all"},
        {"policy": "ho\0use"},
        {"about": "square/account/n\0"},
    ],
)
def test_what_is_no_filter_is_refused(written: dict[str, str]) -> None:
    """Nobody is shown everything for a typo."""
    with pytest.raises(InputError, match="no filter"):
        filter_of(written)


def test_what_a_filter_means() -> None:
    """For who asks, at a time."""
    assert Filter().which("alice", NOW, None) == Which(pending=NOW, claimed_at=NOW)
    hosts = {"square"}
    meant = Filter(show=Show.WAITING, claim=Claimed.MINE, due=Due.DAY).which("alice", NOW, hosts)
    assert meant == Which(
        waiting=True, hosts=hosts, claimed_by="alice", claimed_at=NOW, due=True, due_by=NOW + 86_400
    )
    overdue = Filter(show=Show.ALL, due=Due.OVERDUE, claim=Claimed.NOBODY).which("alice", NOW, None)
    assert overdue == Which(due=True, due_by=NOW, claimed_at=NOW, free_at=NOW)
    about = Filter(show=Show.ALL, due=Due.ANY, about="square/account/news").which("alice", NOW, None)
    news = Subject("square", SubjectKind.ACCOUNT, "news")
    assert about == Which(due=True, claimed_at=NOW, about=news)
