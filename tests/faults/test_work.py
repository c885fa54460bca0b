"""The worker when hosts and the ledger fail: nothing is lost, nothing is done twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from casebook import ALICE, BOB, CLOSE, PLATFORM, POSTS, blocking
from desks import (
    AFTER,
    APPLY,
    BLOCKED,
    EVERYTHING,
    InjectedError,
    Office,
    decide,
    finish,
    reverse,
    states,
    turn,
)
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.work import work
from tipstaff.casework.commands import Appeal, Asked, Confirm, TakeBack
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Appealed, EffectState, Opened, Recorded, Source
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.ledger.errors import AnotherWriterError
from tipstaff.ledger.log import Outcome


class TakenLedger:
    """A ledger that another process writes to."""

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append nothing."""
        raise AnotherWriterError(f"another process writes to this log: {len(statements)} statements wait")


def test_a_host_that_is_down_for_a_day_is_asked_ever_more_rarely(office: Office) -> None:
    """Each wait is twice the one before, up to an hour; once it is back, all is done, and done once."""
    office.host.down = True
    decide(office, CLOSE)
    ask(office.desk, 1, BOB, Confirm(1))
    asked: list[int] = []
    turn(office)
    for _ in range(24 * 3_600):
        before = len(office.host.asked)
        office.now += 1
        turn(office)
        if len(office.host.asked) > before:
            asked.append(office.now)
            (owed,) = office.cases.owed_in(1)
            assert owed.trouble == "the host is down"
            assert owed.tries == len(office.host.asked), "what case show and doctor tell meanwhile"
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert waits[:10] == [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]
    assert waits[10:] == [3600] * 22
    assert len(set(office.host.asked)) == 1, "another key is another act"
    assert states(office) == [[]]
    office.host.down = False
    finish(office)
    assert office.host.changed == [(MeasureKind.CLOSE_ACCOUNT, APPLY, None)]
    assert states(office) == [[EffectState.APPLIED]]
    assert office.kinds() == {"decision": 1, "confirmation": 1, "measure": 1, "effect": 1}
    assert office.cases.owed_in(1) == []


def test_other_measures_go_on_while_one_is_put_off(office: Office) -> None:
    """What one host cannot do now holds up nothing else: statements are appended all the same."""
    office.host.down = True
    decide(office)
    turn(office)
    reverse(office)
    turn(office)
    assert office.kinds() == {"decision": 1, "measure": 4, "appeal": 1, "result": 1}


def test_a_host_that_does_nothing_is_found_out(office: Office) -> None:
    """The effect has failed, with a reason, and the next round has a key of its own."""
    office.host.deaf = True
    decide(office, (Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),))
    turn(office)
    (carrying,) = office.case.carryings
    assert states(office) == [[EffectState.FAILED]]
    assert "nothing has changed" in carrying.effects[0].detail
    assert not carrying.done
    assert office.case.notices == (), "nobody is told of what was not done"
    turn(office)
    assert len(office.host.asked) == 1, "it is not asked again at once"
    office.now += 2
    turn(office)
    office.host.deaf = False
    office.now += 4
    turn(office)
    assert states(office) == [[EffectState.FAILED, EffectState.FAILED, EffectState.APPLIED]]
    assert office.host.asked == [f"{carrying.entry.hex()}/{number}" for number in (1, 2, 3)]
    assert office.kinds() == {"decision": 1, "measure": 1, "effect": 3}
    assert [notice.audience for notice in office.case.notices] == ["account", "readers"]
    finish(office)
    assert len(office.host.asked) == 3


@pytest.mark.parametrize("trouble", ["down", "deaf"])
def test_what_was_reversed_meanwhile_is_not_begun(office: Office, trouble: str) -> None:
    """A host that comes back after the reversal shows the content throughout: nothing is applied late."""
    setattr(office.host, trouble, True)
    decide(office)
    turn(office)
    reverse(office)
    turn(office)
    setattr(office.host, trouble, False)
    for _ in range(4):
        finish(office)
    assert office.host.changed == []
    assert office.in_force(*POSTS) == [[], []]
    assert states(office)[2:] == [[EffectState.LIFTED] * 2] * 2, "it was looked for once more"
    assert office.cases.owed(office.now + 10_000) == []


def test_what_failed_to_lift_is_lifted(office: Office) -> None:
    """A host that did not lift is asked again until it has."""
    decide(office)
    turn(office)
    office.host.deaf = True
    reverse(office)
    turn(office)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    office.host.deaf = False
    finish(office)
    assert office.in_force(*POSTS) == [[], []]
    assert states(office)[2:] == [[EffectState.FAILED, EffectState.LIFTED]] * 2


def test_a_refused_decision_is_known_and_not_carried_out(office: Office) -> None:
    """The case knows the reason; nothing is stated by it, and nothing waits."""
    office.refusing = {"decision"}
    decide(office)
    entry = office.case.decisions[0].entry
    turn(office)
    assert office.case.refused == {entry: "out of order"}
    assert office.host.asked == []
    assert office.cases.waiting() == []
    assert office.kinds() == {}


def test_a_refused_measure_is_known_and_not_carried_out(office: Office) -> None:
    """No host is asked; and after a reversal there is no end of it to state."""
    office.refusing = {"measure"}
    decide(office)
    turn(office)
    office.refusing = set()
    assert set(office.case.refused) == {one.entry for one in office.case.carryings}
    reverse(office)
    finish(office)
    assert office.host.asked == []
    assert len(office.case.carryings) == 2
    assert office.kinds() == {"decision": 1, "appeal": 1, "result": 1}


def test_a_refused_end_is_stated_anew_once_a_person_has_decided(office: Office) -> None:
    """Nothing else would ever end the measure; until somebody has looked it is not stated again."""
    decide(office)
    turn(office)
    reverse(office)
    office.refusing = {"measure"}
    finish(office)
    office.refusing = set()
    finish(office)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    assert len(office.case.refused) == 2
    decide(office, ())
    finish(office)
    assert office.in_force(*POSTS) == [[], []]
    assert office.kinds()["measure"] == 4
    finish(office)
    assert len(office.case.carryings) == 6


def test_a_refused_effect_is_known(office: Office) -> None:
    """What was done stays done, and the case says that its effect is not on the ledger."""
    office.refusing = {"effect"}
    decide(office)
    turn(office)
    assert len(office.case.refused) == 2
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    finish(office)
    assert len(office.host.asked) == 2


def test_a_confirmation_waits_for_its_decision(office: Office) -> None:
    """Confirmed while it is delayed, a decision reaches the ledger first, and both are taken."""
    decide(office, CLOSE, delay=60)
    ask(office.desk, 1, BOB, Confirm(1))
    turn(office)
    assert office.kinds() == {}
    finish(office, 60)
    assert office.case.refused == {}
    assert office.kinds() == {"decision": 1, "confirmation": 1, "measure": 1, "effect": 1}


def test_with_a_decision_its_confirmation_is_taken_back(office: Office) -> None:
    """Nothing of what was taken back is left in the queue."""
    decide(office, CLOSE, delay=60)
    ask(office.desk, 1, BOB, Confirm(1))
    ask(office.desk, 1, ALICE, TakeBack(1))
    assert office.cases.waiting() == []
    finish(office, 60)
    assert office.kinds() == {}
    assert office.case.refused == {}


def test_a_clock_that_jumps_back_is_told_of_and_waited_for(office: Office) -> None:
    """What would be dated before its cause is not stated until that time has come again."""
    office.now += 60
    decide(office)
    turn(office)
    reverse(office)
    office.faults.calls.clear()
    office.faults.number, office.faults.when = 4, AFTER  # sent, appended, and both are known
    with pytest.raises(InjectedError):
        turn(office)
    office.now -= 30
    done = work(office.desk, office)
    assert not done
    assert [told.partition(": ")[0] for told in done.trouble] == ["case 1"]
    assert "iat lies before" in done.trouble[0]
    office.now += 30
    assert work(office.desk, office).trouble == ()
    assert office.in_force(*EVERYTHING) == [[], [], []]


def test_a_host_that_is_not_there_any_more_is_told_of(office: Office) -> None:
    """What it is owed is owed still, and the worker goes on; once it is back, all is done once."""
    decide(office)
    done = work(replace(office.desk, hosts={}), office)
    assert (done.appended, done.attended, done.delivered) == (3, 2, 0)
    assert done.trouble == ("case 1: there is no host 'memory': known are none",) * 2
    turn(office)
    assert states(office) == [[EffectState.APPLIED]] * 2
    assert sorted(office.host.changed) == sorted((BLOCKED[0], APPLY, post) for post in POSTS)


def test_idle_cases_are_not_looked_at(office: Office) -> None:
    """A turn loads the case that owes something, and none of those that owe nothing or nothing yet."""
    for number in range(20):
        subject = Subject(office.host.name, SubjectKind.ACCOUNT, f"idle-{number}")
        office.cases.open(subject, Recorded(office.now, "machine", Opened(subject, Source.FINDING)))
    office.cases.loaded.clear()
    turn(office)
    assert office.cases.loaded == []
    decide(office, (Asked(MeasureKind.RESTRICT_POSTING, until=office.now + 60),))
    turn(office)
    assert set(office.cases.loaded) == {1}
    office.cases.loaded.clear()
    office.now += 59
    turn(office)
    assert office.cases.loaded == []
    finish(office, 1)
    assert set(office.cases.loaded) == {1}
    assert office.in_force(None) == [[]]


def test_a_case_whose_time_has_come_and_gone_is_looked_at_once(office: Office) -> None:
    """A measure that ended before it was stated is stated no more, and its case left alone."""
    decide(office, (Asked(MeasureKind.RESTRICT_POSTING, until=office.now + 60),))
    office.faults.calls.clear()
    office.faults.number, office.faults.when = 3, AFTER  # sent, appended, and the case knows it
    with pytest.raises(InjectedError):
        turn(office)
    assert office.cases.due(office.now) == [1]
    finish(office)
    assert office.kinds() == {"decision": 1}
    assert office.cases.due(office.now + 10_000) == []


def test_a_ledger_that_somebody_else_writes_to_is_waited_for(office: Office) -> None:
    """What is signed waits, it is told, and what hosts are owed goes on."""
    office.host.down = True
    decide(office)
    turn(office)
    reverse(office)
    office.host.down = False
    office.now += 4
    done = work(office.desk, TakenLedger())
    (told,) = done.trouble
    assert told.startswith("another process writes to this log")
    assert (done.appended, done.delivered) == (0, 2)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    turn(office)
    assert office.in_force(*POSTS) == [[], []]


def test_what_the_rules_are_against_is_not_signed_for(office: Office) -> None:
    """A decision that the ledger would refuse is refused at the desk, and leaves nothing."""
    before = office.case
    with pytest.raises(CaseError, match="the rules of the ledger are against it"):
        ask(office.desk, 1, ALICE, blocking(policy=digest("no policy")))
    assert office.case == before
    assert office.cases.waiting() == []


def test_what_is_asked_of_a_case_that_has_moved_on_is_told_so(office: Office) -> None:
    """Also where the ledger has what moved it: that is no rule against it, and who looks again goes on."""
    decide(office)
    turn(office)
    stale = office.case
    ask(office.desk, 1, PLATFORM, Appeal(1, digest("appeal")))
    turn(office)
    with pytest.raises(MovedError, match="case 1 has moved on: look at it again"):
        office.desk.record(stale, PLATFORM, [Appealed(1, digest("another appeal"))])
    with pytest.raises(CaseError, match="the rules of the ledger are against it"):
        office.desk.record(office.case, PLATFORM, [Appealed(1, digest("another appeal"))])
