"""What a measure was on does not exist any more: it is said once, and its end is done."""

from __future__ import annotations

import json
import logging

import pytest
from casebook import ACCOUNT, ALICE, MACHINE, POSTS, READER, blocking
from desks import (
    BLOCKED,
    Office,
    TroubledForgetfulHost,
    TroubledHost,
    assert_settled,
    confirm_order,
    decide,
    decide_under,
    enter_order,
    finish,
    reverse,
    states,
    turn,
)
from turns import HOUR, Worker

from tipstaff.actions.ask import ask
from tipstaff.actions.complain import complain
from tipstaff.actions.drift import Checked, check
from tipstaff.actions.host import Snapshot
from tipstaff.base.logs import LOGGER, JsonLines
from tipstaff.casework.commands import Asked
from tipstaff.casework.erasure import DAY
from tipstaff.casework.events import EffectState, Outcome, Reason
from tipstaff.casework.outline import Standing, standing
from tipstaff.casework.words import MeasureKind, Target

APPLIED, FAILED, DRIFTED, LIFTED = EffectState
GONE = "there is nothing any more that it could be in force on: there is no post m1 of memory/account/news"


@pytest.fixture(params=[TroubledHost, TroubledForgetfulHost])
def office(request: pytest.FixtureRequest) -> Office:
    """Return a desk with both posts decided on, whose host knows acts again, or does not."""
    made = Office(host=request.param)
    decide(made)
    return made


def delete(office: Office) -> Snapshot:
    """Have the author delete the first post; returns it."""
    return office.host._snapshots.pop("m1")


def test_what_is_gone_is_said_once_and_read_back_once_a_day(office: Office) -> None:
    """It is an effect with the reason, on the ledger as what it was; nobody is told of trouble."""
    turn(office)
    delete(office)
    worker = Worker(office)
    office.now = office.case.opened_at + DAY
    office.faults.calls.clear()
    worker.goes_on(HOUR)
    assert worker.told == []
    assert office.faults.calls.count("read back") == 2
    assert states(office) == [[APPLIED, APPLIED], [APPLIED]]
    assert [one.effects[-1].detail for one in office.case.carryings] == [GONE, ""]
    assert office.cases.due(office.now) == []
    office.now += DAY
    version = office.case.version
    worker.goes_on(HOUR)
    assert (office.case.version, office.faults.calls.count("read back")) == (version, 4)


def test_the_end_of_what_is_gone_is_done(office: Office) -> None:
    """Nobody is asked to lift it; the account is told all the same, and nothing is left to do."""
    turn(office)
    delete(office)
    asked = len(office.host.asked)
    reverse(office)
    turn(office)
    assert states(office)[2:] == [[LIFTED], [LIFTED]]
    assert [one.effects[-1].detail for one in office.case.carryings[2:]] == [GONE, ""]
    assert len(office.host.asked) == asked + 1
    assert_settled(office)
    assert check(office.desk) == Checked(2, 0, ())
    assert office.cases.waiting() == [], "it was said already"


def test_what_was_gone_before_it_was_done_is_not_waited_for(office: Office) -> None:
    """It has failed, and is not tried again; the case is carried out as far as it can be."""
    post = delete(office)
    turn(office)
    assert states(office) == [[FAILED], [APPLIED]]
    assert office.case.carryings[0].effects[0].detail == GONE
    assert office.cases.owed(office.now + 10 * DAY) == []
    assert standing(office.case) is Standing.CARRIED_OUT
    office.host.publish(post)
    office.now += DAY
    turn(office)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED], "it came back, and is blocked"
    assert states(office)[0] == [FAILED, DRIFTED, APPLIED]


def test_what_was_held_and_is_gone_is_held_no_more() -> None:
    """A person blocks what was held; it is gone, so nothing has to be hidden before the hold ends."""
    office = Office()
    asked = Asked(MeasureKind.HOLD_CONTENT, ("m1",), until=office.now + DAY)
    ask(office.desk, 1, MACHINE, blocking((asked,), policy=office.policy))
    turn(office)
    delete(office)
    ask(office.desk, 1, ALICE, blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),), policy=office.policy))
    turn(office)
    assert states(office) == [[APPLIED], [FAILED], [LIFTED]]


def test_the_end_of_what_was_never_there_is_not_looked_for_again(office: Office) -> None:
    """No host shows late what has nothing to be on: it is looked for at the daily check alone."""
    office.set(check_hours=0)
    delete(office)
    turn(office)
    reverse(office)
    turn(office)
    assert states(office)[2] == [LIFTED]
    assert office.cases.due(office.now + 10 * HOUR) == []


def test_without_checks_what_comes_back_is_as_it_was_until_somebody_checks(office: Office) -> None:
    """Its measure has ended while it was gone: the host shows it blocked till then, and then no longer."""
    office.set(check_hours=0)
    turn(office)
    post = delete(office)
    reverse(office)
    turn(office)
    office.host.publish(post)
    office.now += 10 * DAY
    turn(office)
    assert office.in_force("m1") == [BLOCKED], "nobody reads it back"
    assert check(office.desk) == Checked(2, 1, ())
    turn(office)
    assert office.in_force(*POSTS) == [[], []]
    assert states(office)[2] == [LIFTED, DRIFTED, LIFTED]
    assert_settled(office)


def test_what_comes_back_is_as_it_was_decided(office: Office) -> None:
    """A post that is there again, and blocked as before, is said to be so; nobody is asked for anything."""
    turn(office)
    post = delete(office)
    check(office.desk)
    office.host.publish(post)
    asked = list(office.host.asked)
    assert check(office.desk) == Checked(2, 0, ())
    assert [(one.state, one.detail, one.gone) for one in office.case.carryings[0].effects[1:]] == [
        (APPLIED, GONE, True),
        (APPLIED, "", False),
    ]
    assert office.host.asked == asked


def test_an_order_about_what_is_gone_is_reported_on(office: Office) -> None:
    """Nothing more can be done about it."""
    enter_order(office, Target(ACCOUNT, "m1"))
    confirm_order(office)
    turn(office)
    decide_under(office, "m1")
    delete(office)
    turn(office)
    assert office.order.reports


def test_a_host_that_is_away_has_lost_nothing(office: Office) -> None:
    """It is asked again, and what it is owed is done once it is back."""
    office.host.down = True
    turn(office)
    assert states(office) == [[], []]
    office.host.down = False
    finish(office)
    assert states(office) == [[APPLIED], [APPLIED]]


def test_it_is_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """As `gone`, with the reason."""
    caplog.set_level(logging.INFO, logger=LOGGER.name)
    turn(office)
    delete(office)
    check(office.desk)
    told = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert [one["reason"] for one in told if one["event"] == "gone"] == [GONE]


def test_a_complaint_about_what_is_gone_is_answered() -> None:
    """It was decided on, and nobody sees it any more: who complained is told, and waits for nothing."""
    office = Office(host=TroubledHost)
    complain(office.desk, READER.name, Target(ACCOUNT, "m1"), Reason.FRAUD, "招揽买币")
    delete(office)
    decide(office)
    turn(office)
    (complaint,) = office.case.complaints
    assert complaint.answered
    assert complaint.answered.outcome is Outcome.UPHELD
