"""Times as people read them: each has a date, whatever was written before anybody looked."""

from __future__ import annotations

import pytest

from tipstaff.actions.holdings import time_of
from tipstaff.base.times import EARLIEST, LATEST, told_time


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (EARLIEST, "1970-01-01 00:00 UTC"),
        (1_796_115_000, "2026-12-01 08:50 UTC"),
        (LATEST, "9999-12-31 00:00 UTC"),
        (LATEST + 1_000_000, "9999-12-31 00:00 UTC"),
        (2**63 - 1, "9999-12-31 00:00 UTC"),
        (-62_135_625_600, "1970-01-01 00:00 UTC"),
    ],
)
def test_every_time_is_told(seconds: int, told: str) -> None:
    """The first date, or the last, in place of one that there is not: a ledger may have it."""
    assert told_time(seconds) == told
    assert time_of(seconds).startswith(told[:10])
