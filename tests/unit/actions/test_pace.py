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


def test_what_goes_on_by_itself_begins_anew_however_little_time_has_passed() -> None:
    """Nothing has been dropped meanwhile, and all the same it is tried soon again."""
    pace = Pace()
    for _ in range(3):
        pace.put_off(7, "seen", 0)
    later = 4 * FIRST_WAIT + LONGEST_WAIT + 1
    pace.put_off(8, "seen", later - 1)
    pace.put_off(7, "seen", later)
    assert not pace.waits(7, "seen", later + FIRST_WAIT)


def test_nothing_waits_beyond_what_is_to_come() -> None:
    """Where it is known when it stands otherwise, it is tried then."""
    pace = Pace()
    for _ in range(9):
        pace.put_off(7, "seen", 0, latest=42)
    assert pace.waits(7, "seen", 41)
    assert not pace.waits(7, "seen", 42)


def test_what_is_kept_is_bounded() -> None:
    """A worker that runs for weeks keeps no more than what it has put off and told within the hour."""
    pace = Pace()
    for now in range(0, 1_000 * REMINDED, REMINDED):
        pace.reminds(7, f"{now} statements wait", now)
        pace.put_off(("case", now), "seen", now)
    assert len(pace._off) <= 2
    assert sum(map(len, pace._told.values())) <= 2


def test_a_thousand_things_are_put_off_without_looking_at_all_of_them() -> None:
    """What is put off together is kept in one mapping, which is not made again for each."""
    pace = Pace()
    pace.put_off(0, "seen", LONGEST_WAIT)
    kept = pace._off
    for key in range(1_000):
        pace.put_off(key, "seen", LONGEST_WAIT + 1)
    assert pace._off is kept
    assert len(kept) == 1_000
