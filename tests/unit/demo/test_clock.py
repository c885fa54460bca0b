"""The clock of the story stands still, and is moved onwards only."""

from __future__ import annotations

from datetime import datetime

import pytest

from tipstaff.base.errors import InputError
from tipstaff.demo.clock import StoryClock

BEGINS = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


def test_it_stands_still_until_it_is_moved() -> None:
    """Asked twice it says the same; days are counted from the first, in its time zone."""
    clock = StoryClock(BEGINS)
    assert clock() == clock() == 1795395600
    assert clock.go_on(1, 8, 30) == "Tue 24 Nov, 08:30"
    clock.wait(45)
    assert (str(clock), clock()) == ("Tue 24 Nov, 09:15", 1795395600 + 24 * 3600 + 15 * 60)


def test_it_does_not_go_back() -> None:
    """A story that would go back is refused: statements would be out of order."""
    clock = StoryClock(BEGINS)
    clock.go_on(0, 12)
    with pytest.raises(InputError, match="does not go back"):
        clock.go_on(0, 11, 59)
