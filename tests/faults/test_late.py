"""While the ledger is down, machines go on holding, and what is over ends, marked late; all else waits."""

from __future__ import annotations

import pytest
from casebook import ACCOUNT, ALICE, MACHINE, PLATFORM, POSTS, blocking
from desks import (
    AFTER,
    InjectedError,
    Office,
    amend_order,
    confirm_order,
    decide,
    decide_under,
    enter_order,
)
from turns import HOUR, TRIES, Worker
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.attend import attend_to_order
from tipstaff.actions.drift import check
from tipstaff.actions.work import work
from tipstaff.casework.commands import Asked, Decide
from tipstaff.casework.erasure import DAY, needed
from tipstaff.casework.events import EffectState, ErasureBegun, ErasureCause
from tipstaff.casework.orders.events import Change as OrderChange
from tipstaff.casework.words import Direction, MeasureKind, Target
from tipstaff.config.settings import Settings
from tipstaff.ledger.errors import AnotherWriterError, LogError
from tipstaff.ledger.statement import parse

LATE_FOR = Settings().late_hours * 3600
DOWN_AFTER = Settings().down_after
HELD = [MeasureKind.HOLD_CONTENT]
BLOCKED = [MeasureKind.BLOCK_CONTENT]
HOURS = 8 * 3600


@pytest.fixture
def office() -> Office:
    """Return a desk in memory, whose ledger is down."""
    office = Office()
    office.down = LogError("the disk is full")
    return office


def hold(office: Office) -> None:
    """Have a machine hold the first post."""
    asked = Asked(MeasureKind.HOLD_CONTENT, POSTS[:1], until=office.now + HOURS)
    command = Decide("house-1", office.policy, digest("house 1.0"), (asked,), digest("reasons"))
    ask(office.desk, 1, MACHINE, command)


def turn(office: Office, seconds: int = 1) -> None:
    """Work after some time."""
    office.now += seconds
    work(office.desk, office)


def late(office: Office) -> list[tuple[Direction, bool]]:
    """Return what was stated of measures, and whether that was late, as the ledger has it."""
    measures = [one for one in map(parse, office.world.statements) if one.kind == "measure"]
    return [(Direction(str(one.claims["direction"])), bool(one.claims["late"])) for one in measures]


def test_what_a_machine_holds_is_held(office: Office) -> None:
    """It is carried out without a receipt, and on the ledger, marked late, once that is up again."""
    hold(office)
    turn(office)
    assert office.in_force("m1") == [HELD]
    assert office.kinds() == {}
    office.down = None
    turn(office)
    assert office.kinds() == {"decision": 1, "measure": 1, "effect": 1}
    assert late(office) == [(Direction.APPLY, True)]
    assert office.case.refused == {}
    assert len(office.host.asked) == 1


def test_what_a_person_decides_waits(office: Office) -> None:
    """Nothing is done without a receipt but what is marked late."""
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    turn(office, LATE_FOR - 1)
    assert office.in_force(*POSTS) == [[], []]
    assert office.case.carryings == ()
    office.down = None
    turn(office)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    assert late(office) == [(Direction.APPLY, False)] * 2


def test_the_hours_are_bounded(office: Office) -> None:
    """Once the ledger is down for too long, machines hold nothing more without it."""
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    office.now += LATE_FOR
    hold(office)
    turn(office, 0)
    assert office.in_force("m1") == [[]]


def test_a_late_hold_ends_by_itself(office: Office) -> None:
    """Its hours pass while the ledger is down: it is lifted, and both are logged in order afterwards."""
    hold(office)
    turn(office)
    assert office.in_force("m1") == [HELD]
    turn(office, HOURS)
    assert office.in_force("m1") == [[]]
    office.down = None
    turn(office)
    assert late(office) == [(Direction.APPLY, True), (Direction.LIFT, True)]
    assert office.kinds() == {"decision": 1, "measure": 2, "effect": 2}
    assert office.case.refused == {}


def test_an_end_whose_time_has_come_waits_for_no_ledger(office: Office) -> None:
    """It was applied with a receipt; nothing waits when the ledger goes down, and it is lifted as well."""
    office.down = None
    measures = (Asked(MeasureKind.BLOCK_CONTENT, POSTS[:1], until=office.now + 100),)
    ask(office.desk, 1, ALICE, blocking(measures, policy=office.policy))
    turn(office)
    assert office.in_force("m1") == [BLOCKED]
    office.down = LogError("the disk is full")
    turn(office, 100)
    assert office.in_force("m1") == [[]]
    office.down = None
    turn(office)
    assert late(office) == [(Direction.APPLY, False), (Direction.LIFT, True)]
    assert office.case.refused == {}


def test_another_writer_is_given_a_moment(office: Office) -> None:
    """While somebody else writes nothing is late, unless that takes too long."""
    office.down = AnotherWriterError("another writes")
    hold(office)
    turn(office, DOWN_AFTER - 1)
    assert office.in_force("m1") == [[]]
    turn(office, 1)
    assert office.in_force("m1") == [HELD]


def test_the_trouble_is_told(office: Office) -> None:
    """Whoever watches the worker is told why nothing is appended."""
    hold(office)
    assert work(office.desk, office).trouble == ("the disk is full",)


def carried_out(office: Office) -> None:
    """Have both posts blocked, and the ledger go down a day later."""
    office.down = None
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    turn(office)
    office.down = LogError("the disk is full")


def test_nothing_is_done_again_meanwhile(office: Office) -> None:
    """What a host has lost is stated, and in force again, once the ledger takes that."""
    carried_out(office)
    office.host.lose("m1")
    before = office.case
    turn(office, DAY)
    assert office.in_force("m1") == [[]]
    assert (office.case, office.cases.waiting()) == (before, [])
    with pytest.raises(LogError, match="the disk is full"):
        check(office.desk, ask=lambda: office.append([]) and None)
    assert office.case == before
    office.down = None
    turn(office)
    assert office.in_force("m1") == [BLOCKED]


def test_no_text_is_erased_meanwhile(office: Office) -> None:
    """Neither those of a case nor those of an order; they are once the ledger takes the statement."""
    office.set(retention_days=30)
    office.down = None
    enter_order(office, Target(ACCOUNT, "m1"))
    confirm_order(office)
    turn(office)
    decide_under(office, "m1")
    turn(office)
    assert office.order.reports
    office.vault.keep("order/court/2026/7", "order", "text", "an order")
    office.vault.keep(str(ACCOUNT), "decision", "reasons", "reasons")
    office.down = LogError("the disk is full")
    kept = dict(office.vault.kept)
    turn(office, 400 * DAY)
    assert office.vault.kept == kept
    assert (office.case.erasing, office.order.erasing) == (None, None)
    office.down = None
    turn(office)
    assert office.vault.kept == {}
    assert office.kinds()["erasure"] == 2


def test_no_text_of_an_order_is_erased_meanwhile(office: Office) -> None:
    """Neither where its time is over, nor where the erasure had begun."""
    office.down = None
    order = enter_order(office)
    confirm_order(office)
    turn(office)
    amend_order(office, OrderChange.WITHDRAWN)
    turn(office)
    office.vault.keep("order/court/2026/7", "order", "text", "an order")
    office.down = LogError("the disk is full")
    office.now += 400 * DAY
    before, kept = office.order, dict(office.vault.kept)

    def ask() -> None:
        office.append([])

    with pytest.raises(LogError, match="the disk is full"):
        attend_to_order(office.desk, before, office.now, [], ask)
    assert (office.order, office.vault.kept) == (before, kept)
    office.desk.record(before, PLATFORM, [ErasureBegun(ErasureCause.RETENTION, 1)])
    with pytest.raises(LogError, match="the disk is full"):
        attend_to_order(office.desk, office.order, office.now, [], ask)
    assert office.vault.kept == kept
    office.down = None
    assert attend_to_order(office.desk, office.order, office.now, [], ask) == 1
    assert len(office.cases.load_order(order.number).erasures) == 1


def test_what_waits_is_not_looked_at_in_each_turn(office: Office) -> None:
    """Nor is its host asked; the ledger is, so that all goes on at once when it is up again."""
    carried_out(office)
    office.host.lose("m1")
    office.now += DAY
    worker = Worker(office)
    office.cases.loaded.clear()
    office.faults.calls.clear()
    worker.goes_on(HOUR)
    assert worker.told == ["the disk is full"]
    assert 1 < office.cases.loaded.count(1) <= TRIES
    assert office.faults.calls.count("read back") == 2
    assert worker.ledger.opened >= HOUR
    office.down = None
    worker.goes_on(1)
    assert office.in_force("m1") == [BLOCKED]


def test_what_is_held_or_over_meanwhile_waits_for_nothing(office: Office) -> None:
    """However long nothing went on before: a new decision is looked at, and an end whose time comes."""
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    worker = Worker(office)
    worker.goes_on(HOUR)
    hold(office)
    worker.goes_on(1)
    assert office.in_force("m1") == [HELD]
    office.now += HOURS - 2
    worker.goes_on(1)
    assert office.in_force("m1") == [HELD]
    worker.goes_on(1)
    assert office.in_force("m1") == [[]]


@pytest.mark.parametrize("kind", ["decision", "measure"])
def test_what_was_held_meanwhile_and_is_refused_is_shown_again(office: Office, kind: str) -> None:
    """There is no receipt for it, and there will be none; the host is asked until it has lifted it."""
    hold(office)
    turn(office)
    assert office.in_force("m1") == [HELD]
    office.down, office.refusing, office.host.down = None, {kind}, True
    turn(office)
    office.refusing.clear()
    assert office.case.refused
    (held,) = office.case.carryings
    assert needed(office.case, office.now, office.desk.table)
    office.host.down = False
    turn(office, 10)
    assert office.in_force("m1") == [[]]
    (held,) = office.case.carryings
    assert [effect.state for effect in held.effects] == [EffectState.APPLIED, EffectState.LIFTED]
    assert office.case.in_force == ()
    assert office.cases.owed(office.now + HOURS) == []
    assert office.cases.waiting() == []
    decide(office, ())
    turn(office)
    assert needed(office.case, office.now, office.desk.table) is None


def test_what_was_done_before_a_worker_died_is_lifted_at_once(office: Office) -> None:
    """Nobody has read it back, and the host knows that it has done it: it is asked in another round."""
    hold(office)
    office.faults.calls.clear()
    office.faults.number, office.faults.when = 3, AFTER
    with pytest.raises(InjectedError, match="carry out"):
        turn(office)
    assert office.in_force("m1") == [HELD]
    office.down, office.refusing = None, {"decision"}
    turn(office)
    (held,) = office.case.carryings
    assert [effect.state for effect in held.effects] == [EffectState.LIFTED]
    assert office.in_force("m1") == [[]]


def test_what_was_over_meanwhile_and_is_refused_is_lifted(office: Office) -> None:
    """Its end has no receipt either, and the host was away; its texts are kept until it is lifted."""
    hold(office)
    turn(office)
    office.host.down = True
    turn(office, HOURS)
    assert [one.said.direction for one in office.case.carryings] == list(Direction)
    office.down, office.refusing = None, {"decision"}
    turn(office)
    office.refusing.clear()
    decide(office, ())
    turn(office)
    assert needed(office.case, office.now, office.desk.table) == (
        "case 1 has a decision that was not carried out yet"
    )
    office.host.down = False
    turn(office, HOUR)
    assert office.in_force("m1") == [[]]
    assert needed(office.case, office.now, office.desk.table) is None


def test_an_end_that_was_late_and_is_refused_is_none(office: Office) -> None:
    """The host was away, and has the measure still: the case says so until it is lifted after all."""
    office.down = None
    decide(office, (Asked(MeasureKind.BLOCK_CONTENT, ("m1",), until=office.now + HOUR),))
    turn(office)
    office.down, office.host.down = LogError("the disk is full"), True
    turn(office, HOUR)
    assert len(office.case.carryings) == 2
    assert office.case.in_force == ()
    office.down, office.refusing, office.host.down = None, {"measure"}, False
    turn(office)
    office.refusing.clear()
    assert office.in_force("m1") == [BLOCKED]
    assert len(office.case.in_force) == 1
    decide(office, ())
    turn(office)
    assert office.in_force("m1") == [[]]
    assert office.case.in_force == ()
