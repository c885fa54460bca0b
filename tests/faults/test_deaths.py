"""Workers that die anywhere, and those who act beside them: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from casebook import BLOCK, BOB, CLOSE, POSTS, blocking
from desks import (
    AFTER,
    APPLY,
    BEFORE,
    BLOCKED,
    EVERYTHING,
    LIFT,
    Office,
    When,
    assert_settled,
    beside,
    decide,
    die,
    finish,
    reverse,
    states,
    turn,
)

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import Cases, MovedError
from tipstaff.casework.commands import Confirm
from tipstaff.casework.events import EffectState
from tipstaff.casework.words import MeasureKind
from tipstaff.ledger.statement import parse


def test_two_reviewers_on_one_case(office: Office) -> None:
    """Of two who decide at the same time one is told to look again, and signs nothing meanwhile."""

    def decide_first() -> None:
        ask(office.desk, 1, BOB, blocking(CLOSE, 0, office.policy))

    office.cases.before = decide_first
    with pytest.raises(MovedError, match="case 1 has moved on"):
        decide(office)
    assert [decision.by for decision in office.case.decisions] == ["bob"]
    assert [parse(one.encoded).iss for one in office.cases.waiting()] == ["bob"]
    decide(office)
    turn(office)
    assert office.case.refused == {}
    assert office.kinds()["decision"] == 2


@pytest.mark.parametrize("changes", range(8))
def test_a_reviewer_beside_the_worker(office: Office, changes: int) -> None:
    """A reviewer who acts while the worker records makes it look again, and nothing is lost or done twice."""
    decide(office)
    beside(office, changes, lambda: ask(office.desk, 1, BOB, blocking(CLOSE, 0, office.policy)))
    assert office.case.refused == {}
    kinds = office.kinds()
    assert (kinds["measure"], kinds["effect"]) == (2, 2)
    assert sorted(office.host.changed) == sorted((BLOCKED[0], APPLY, post) for post in POSTS)


@pytest.mark.parametrize("changes", range(8))
def test_two_workers(office: Office, changes: int) -> None:
    """A second worker that does everything while the first records leaves it nothing to do, and no fault."""
    decide(office)
    beside(office, changes, lambda: turn(office))
    assert office.case.refused == {}
    assert office.kinds() == {"decision": 1, "measure": 2, "effect": 2}
    assert states(office) == [[EffectState.APPLIED]] * 2
    assert sorted(office.host.changed) == sorted((BLOCKED[0], APPLY, post) for post in POSTS)
    assert len(office.case.logged) == 5
    assert office.case.version == 3 + 1 + 5 + 2 + 2 * 3, "nothing is recorded twice"


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_anywhere_on_the_way_out(fresh: Callable[[], Cases], when: When) -> None:
    """Wherever it dies, the next worker finishes: each statement and each act is there once."""
    deaths = count(1)
    for number in deaths:
        office = Office(fresh())
        decide(office, (*CLOSE, *BLOCK))
        ask(office.desk, 1, BOB, Confirm(1))
        died = die(office, number, when)
        assert office.kinds() == {"decision": 1, "confirmation": 1, "measure": 3, "effect": 3}
        assert sorted(office.host.changed, key=str) == sorted(
            [(MeasureKind.CLOSE_ACCOUNT, APPLY, None), *((BLOCKED[0], APPLY, post) for post in POSTS)],
            key=str,
        )
        assert_settled(office)
        if not died:
            break
    assert number > 15


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_anywhere_on_the_way_back(fresh: Callable[[], Cases], when: When) -> None:
    """Wherever it dies after a reversal, everything is lifted once, and read back."""
    for number in count(1):
        office = Office(fresh())
        decide(office)
        turn(office)
        office.host.changed.clear()
        reverse(office)
        died = die(office, number, when)
        assert office.kinds() == {"decision": 1, "measure": 4, "effect": 4, "appeal": 1, "result": 1}
        assert sorted(office.host.changed) == sorted((BLOCKED[0], LIFT, post) for post in POSTS)
        assert office.in_force(*EVERYTHING) == [[], [], []]
        assert_settled(office)
        if not died:
            break
    assert number > 12


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_the_host_fails(when: When) -> None:
    """Rounds that failed, and deliveries that were put off, survive a death as well."""
    for number in count(1):
        office = Office()
        decide(office)
        office.host.deaf = True
        turn(office)
        office.host.deaf, office.host.down = False, True
        office.now += 2
        died = die(office, number, when)
        office.host.down = False
        finish(office)
        assert office.kinds() == {"decision": 1, "measure": 2, "effect": 4}
        assert sorted(office.host.changed) == sorted((BLOCKED[0], APPLY, post) for post in POSTS)
        assert_settled(office)
        if not died:
            break
    assert number > 2
