"""By what cases are listed, and how that is told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from worlds import START

from tipstaff.casework.outline import Outline, Standing
from tipstaff.casework.priority import DAY, LEAD, PENDING_ABOVE, Why, weights
from tipstaff.casework.words import Subject, SubjectKind

ONE = Outline(1, Subject("square", SubjectKind.ACCOUNT, "news"), 1, 3, (), Standing.OPEN, since=START)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (replace(ONE, severity=4), ONE),
        (replace(ONE, followers=1_000), replace(ONE, followers=999)),
        (replace(ONE, followers=1_000_000), replace(ONE, followers=999_999)),
        (replace(ONE, complaints=1), ONE),
        (replace(ONE, since=START - 1), ONE),
        (replace(ONE, deadline=START + 9 * DAY), replace(ONE, deadline=START + 10 * DAY)),
        (replace(ONE, deadline=START + DAY), replace(ONE, severity=5, followers=2_000_000)),
        (replace(ONE, severity=5), replace(ONE, deadline=START + 20 * DAY)),
        (replace(ONE, severity=1, escalated=True), replace(ONE, severity=5, complaints=10, deadline=START)),
        (replace(ONE, severity=1), replace(ONE, severity=5, standing=Standing.CARRIED_OUT, deadline=START)),
        (replace(ONE, severity=1, since=START - 30 * DAY), replace(ONE, severity=5)),
    ],
)
def test_what_is_more_urgent_comes_first(before: Outline, after: Outline) -> None:
    """Of two cases that are alike in all else."""
    assert before.rank > after.rank


def test_no_crowd_and_no_order_far_away_moves_a_case() -> None:
    """Ten complaints are as good as a thousand; a deadline in a month moves nothing."""
    assert replace(ONE, complaints=10).rank == replace(ONE, complaints=1000).rank
    assert replace(ONE, deadline=START + 2 * LEAD).rank == ONE.rank
    assert replace(ONE, standing=Standing.DISMISSED, deadline=START).rank < PENDING_ABOVE < ONE.rank


def test_a_rank_is_explained_by_what_it_is_made_of() -> None:
    """The reasons are as many seconds as the case was moved forward; the weightiest comes first."""
    one = replace(ONE, severity=4, followers=12_000, complaints=3)
    told = weights(one.urgency, START + DAY)
    assert [(each.why, each.value) for each in told] == [
        (Why.SEVERITY, 4), (Why.FOLLOWERS, 12_000), (Why.COMPLAINTS, 3), (Why.WAITING, START),
    ]  # fmt: skip
    moved = replace(one, severity=0, followers=0, complaints=0, since=START + DAY)
    assert one.rank - moved.rank == sum(each.seconds for each in told)


def test_a_deadline_comes_first_where_it_counts() -> None:
    """And last where all the rest weighs more; what was escalated comes before both."""
    near = weights(replace(ONE, deadline=START + 3600).urgency, START)
    assert [each.why for each in near] == [Why.DEADLINE, Why.SEVERITY, Why.WAITING]
    far = weights(replace(ONE, deadline=START + 29 * DAY).urgency, START)
    assert [each.why for each in far] == [Why.SEVERITY, Why.WAITING, Why.DEADLINE]
    assert weights(replace(ONE, escalated=True).urgency, START)[0].why is Why.ESCALATED
