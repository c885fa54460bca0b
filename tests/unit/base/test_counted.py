"""Numbers agree with what they count."""

from __future__ import annotations

import pytest

from tipstaff.base.counted import agreeing, counted


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0 decisions wait"),
        (1, "1 decision waits"),
        (2, "2 decisions wait"),
        (1234, "1,234 decisions wait"),
    ],
)
def test_nouns_and_verbs_go_with_their_number(number: int, told: str) -> None:
    """One is one; none are several."""
    assert f"{counted(number, 'decision')} {agreeing(number, 'waits', 'wait')}" == told
