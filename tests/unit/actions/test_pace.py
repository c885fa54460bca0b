"""How often a worker tries what cannot go on, and how often it tells of it."""

from __future__ import annotations

import pytest

from tipstaff.actions.pace import FIRST_WAIT, LONGEST_WAIT, REMINDED, Pace


def test_what_fails_again_is_tried_ever_more_rarely() -> None:
    """Each wait is twice the one before, up to the longest."""
    pace, now, waits = Pace(), 0, []
    for _ in range(10):
        pace.put_off(7, "seen", now)
        begun = now
        while pace.waits(7, "seen", now):
            now += 1
        waits.append(now - begun)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]
    assert (waits[0], waits[-1]) == (FIRST_WAIT, LONGEST_WAIT)


def test_what_stands_otherwise_waits_no_longer() -> None:
    """Something has happened to it: it is tried at once, and soon again where that is in vain."""
    pace = Pace()
    for _ in range(5):
        pace.put_off(7, "seen", 0)
    assert not pace.waits(7, "otherwise", 1)
    pace.put_off(7, "otherwise", 1)
    assert pace.waits(7, "otherwise", FIRST_WAIT)
    assert not pace.waits(7, "otherwise", FIRST_WAIT + 1)
    assert not pace.waits(8, "otherwise", 1), "another waits for nothing"


def test_a_clock_that_jumps_back_keeps_nothing_waiting() -> None:
    """What was put off until a time that is far off now is tried at once."""
    pace = Pace()
    pace.put_off(7, "seen", 10_000)
    assert not pace.waits(7, "seen", 9_999)


def test_what_goes_on_is_forgotten() -> None:
    """What fails later begins anew, and is told of."""
    pace = Pace()
    for key in (7, 8):
        pace.put_off(key, "seen", 0)
        assert pace.reminds(key, "down", 0)
    pace.forget(7)
    assert not pace.waits(7, "seen", 1)
    assert pace.reminds(7, "down", 1)
    assert pace.waits(8, "seen", 1)
    assert not pace.reminds(8, "down", 1)


@pytest.mark.parametrize("at", [REMINDED, -1])
def test_the_same_is_told_once_an_hour(at: int) -> None:
    """Something else is told at once; so is the same where the clock was put back."""
    pace = Pace()
    assert pace.reminds(7, "down", 0)
    assert not pace.reminds(7, "down", REMINDED - 1)
    assert pace.reminds(7, "late", 1)
    assert pace.reminds(7, "down", at)


def test_what_nobody_tries_any_more_is_forgotten() -> None:
    """It went on without being tried: where it fails again one day, it begins anew."""
    pace = Pace()
    for _ in range(9):
        pace.put_off(7, "seen", 0)
    assert pace.waits(7, "seen", LONGEST_WAIT - 1)
    pace.put_off(8, "seen", 2 * LONGEST_WAIT + 1)
    now = 2 * LONGEST_WAIT + 2
    pace.put_off(7, "seen", now)
    assert not pace.waits(7, "seen", now + FIRST_WAIT)
