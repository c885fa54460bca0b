"""Hosts that do not know an act again: it is done at least once, and what is there twice is shown."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from casebook import ACCOUNT, POSTS
from desks import (
    AFTER,
    BEFORE,
    EVERYTHING,
    Office,
    TroubledForgetfulHost,
    When,
    assert_settled,
    decide,
    die,
    finish,
    reverse,
    states,
    turn,
)

from tipstaff.actions.cases import Cases
from tipstaff.actions.drift import Checked, check
from tipstaff.casework.commands import Asked
from tipstaff.casework.erasure import DAY
from tipstaff.casework.events import EffectState
from tipstaff.casework.rounds import SHOWN_LATE
from tipstaff.casework.words import MeasureKind, Target

APPLIED, FAILED, DRIFTED, LIFTED = EffectState
ONE = (Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),)
TWICE = "it was seen in force 2 times: its end lifts one after another"


@pytest.fixture
def office() -> Office:
    """Return a desk whose host forgets keys."""
    return Office(host=TroubledForgetfulHost)


def times(office: Office, post: str = "m1") -> list[int]:
    """Return how often each measure on a post is in force."""
    seen = office.host.read_back(Target(ACCOUNT, post))
    return [seen.times(name) for name in seen.measures]


def details(office: Office) -> list[list[str]]:
    """Return what is said of each time a measure was read back."""
    return [[effect.detail for effect in one.effects] for one in office.case.carryings]


def repeat(office: Office) -> None:
    """Have m1 blocked, which the host does when it was asked twice, for it answered neither time."""
    decide(office, ONE)
    office.host.late = True
    turn(office)
    finish(office)
    assert times(office) == []
    office.host.catch_up()
    assert times(office) == [2]


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_anywhere_on_the_way_out(fresh: Callable[[], Cases], when: When) -> None:
    """Also after the host has done it, and before that is recorded: it is looked for, and there once."""
    for number in count(1):
        office = Office(fresh(), TroubledForgetfulHost)
        decide(office)
        died = die(office, number, when)
        assert [times(office, post) for post in POSTS] == [[1], [1]]
        assert details(office) == [[""]] * 2
        assert office.kinds() == {"decision": 1, "measure": 2, "effect": 2}
        assert_settled(office)
        if not died:
            break
    assert number > 15


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_anywhere_on_the_way_back(when: When) -> None:
    """What is there twice is lifted wholly, wherever the worker dies meanwhile."""
    for number in count(1):
        office = Office(host=TroubledForgetfulHost)
        repeat(office)
        finish(office)
        reverse(office)
        died = die(office, number, when)
        assert office.in_force(*EVERYTHING) == [[], [], []]
        assert states(office) == [[APPLIED], [FAILED, LIFTED]] or died
        assert_settled(office)
        if not died:
            break
    assert number > 12


def test_what_was_done_without_an_answer_is_not_done_again(office: Office) -> None:
    """The host does it, and the answer is lost: the next try finds it done."""
    decide(office, ONE)
    office.host.late = True
    turn(office)
    assert states(office) == [[]]
    (owed,) = office.cases.owed_in(1)
    assert "it may have done it, or do it yet" in owed.trouble
    office.host.catch_up()
    finish(office)
    assert len(office.host.asked) == 1
    assert times(office) == [1]
    assert (states(office), details(office)) == ([[APPLIED]], [[""]])


def test_what_is_there_twice_is_found_and_lifted_wholly(office: Office) -> None:
    """The effect says so; the end takes a round for each, at once, and nobody is told twice."""
    repeat(office)
    finish(office)
    assert len(office.host.asked) == 2
    assert (states(office), details(office)) == ([[APPLIED]], [[TWICE]])
    reverse(office)
    turn(office)
    assert times(office) == []
    assert states(office) == [[APPLIED], [FAILED, LIFTED]]
    assert details(office)[1] == ["1 of 2 was lifted, the next one follows", ""]
    assert_settled(office)


def test_what_is_there_twice_is_told_by_a_check(office: Office) -> None:
    """Which has not drifted: it is stated once, and told each time; nobody is asked for anything."""
    decide(office, ONE)
    turn(office)
    (act,) = office.host.asked
    repeated_later(office)
    assert check(office.desk) == Checked(1, 0, (), 1)
    assert (states(office), details(office)) == ([[APPLIED, APPLIED]], [["", TWICE]])
    before = office.case
    assert check(office.desk) == Checked(1, 0, (), 1)
    assert office.case == before, "what is known is not stated again"
    turn(office)
    assert office.host.asked == [act]
    assert office.kinds()["effect"] == 2
    reverse(office)
    finish(office)
    assert times(office) == []
    assert check(office.desk) == Checked(1, 0, ())


def repeated_later(office: Office) -> None:
    """Have the host apply m1 once more: a try that it had not answered comes through."""
    (name,) = office.host.read_back(Target(ACCOUNT, "m1")).measures
    office.host._more[Target(ACCOUNT, "m1"), name] += 1


def test_what_is_there_twice_no_longer_is_seen_by_a_check(office: Office) -> None:
    """Somebody has put it right on the host: the next check says how it is now."""
    repeat(office)
    finish(office)
    office.host._more.clear()
    assert check(office.desk) == Checked(1, 0, ())
    assert details(office) == [[TWICE, ""]]


def test_what_a_late_host_does_after_the_end_is_found_and_lifted(office: Office) -> None:
    """There was nothing to lift yet when it was reversed; a check sees it, and all of it goes."""
    decide(office, ONE)
    office.host.late = True
    turn(office)
    finish(office)
    reverse(office)
    finish(office)
    assert states(office) == [[], [LIFTED]]
    office.host.catch_up()
    assert times(office) == [3]
    assert check(office.desk) == Checked(1, 1, ())
    turn(office)
    assert times(office) == []
    assert states(office) == [[], [LIFTED, DRIFTED, FAILED, FAILED, LIFTED]]


@pytest.mark.parametrize("hours", [0, 24])
def test_what_a_late_host_shows_within_the_hour_is_lifted(office: Office, hours: int) -> None:
    """Nobody has to check for that: what was never seen in force is looked for once more, and then not."""
    office.set(check_hours=hours)
    decide(office, ONE)
    office.host.late = True
    turn(office)
    reverse(office)
    turn(office)
    lifted = office.now
    office.host.catch_up()
    assert (states(office), times(office)) == ([[], [LIFTED]], [1])
    assert office.cases.due(lifted + SHOWN_LATE - 1) == []
    finish(office, SHOWN_LATE)
    assert times(office) == []
    assert states(office) == [[], [LIFTED, DRIFTED, LIFTED]]
    finish(office, SHOWN_LATE)
    assert states(office) == [[], [LIFTED, DRIFTED, LIFTED, LIFTED]]
    finish(office, 2 * SHOWN_LATE)
    assert states(office) == [[], [LIFTED, DRIFTED, LIFTED, LIFTED]], "twice is enough"
    assert (office.cases.waiting(), office.cases.owed(office.now), office.cases.due(office.now)) == (
        [],
        [],
        [],
    )


def test_what_was_seen_in_force_is_not_looked_for_again(office: Office) -> None:
    """Its end is its end."""
    office.set(check_hours=0)
    decide(office, ONE)
    turn(office)
    reverse(office)
    turn(office)
    assert office.cases.due(office.now + 10 * SHOWN_LATE) == []
    assert states(office) == [[APPLIED], [LIFTED]]


def test_what_the_clock_has_found_is_on_the_ledger_when_a_worker_ends(office: Office) -> None:
    """A worker that does what is due now appends what it has stated, also where nothing has drifted."""
    decide(office, ONE)
    turn(office)
    repeated_later(office)
    office.now += DAY
    turn(office)
    assert details(office) == [["", TWICE]]
    assert office.cases.waiting() == []


def test_a_host_that_does_nothing_is_asked_again(office: Office) -> None:
    """It is in vain, and said to be, as on any other host; then it is done once."""
    office.host.deaf = True
    decide(office, ONE)
    turn(office)
    turn(office)
    assert (states(office), len(office.host.asked)) == ([[FAILED]], 1)
    office.host.deaf = False
    finish(office)
    assert times(office) == [1]


def test_two_workers_may_do_it_twice(office: Office) -> None:
    """Both look before either has done it: there are two, which is found, and not made more."""
    decide(office, ONE)
    real, looked = office.host.carry_out, count()

    def beside(act: object) -> None:
        if next(looked) == 0:
            turn(office)
        real(act)

    office.host.carry_out = beside
    turn(office)
    assert times(office) == [2]
    assert office.kinds() == {"decision": 1, "measure": 1, "effect": 1}
    assert check(office.desk) == Checked(1, 0, (), 1)
    assert details(office) == [["", TWICE]]
