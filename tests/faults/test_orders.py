"""Orders while workers, hosts and the ledger fail: each is passed on, carried out and reported once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from casebook import ACCOUNT, ALICE, BOB, CLERK, CLERK_2, POSTS, blocking, entering
from desks import (
    AFTER,
    APPLY,
    BEFORE,
    BLOCKED,
    DEADLINE,
    EVERYTHING,
    LIFT,
    InjectedError,
    Office,
    When,
    amend_order,
    assert_settled,
    beside,
    confirm_order,
    decide_under,
    die,
    enter_order,
    finish,
    states,
    turn,
)
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.attend import attend_to_order, begin_order
from tipstaff.actions.cases import Cases, MovedError
from tipstaff.actions.deliver import deliver
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.texts import order_key
from tipstaff.base.errors import InputError
from tipstaff.casework.commands import Actor, Appeal, Confirm
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import EffectState, MeasureStated
from tipstaff.casework.orders.commands import Amend, ConfirmOrder
from tipstaff.casework.orders.events import Change
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.memory import MemoryHost

NARROWED, REFUSED, WITHDRAWN = Change
M1 = Target(ACCOUNT, "m1")
ELSEWHERE = Target(Subject("elsewhere", SubjectKind.ACCOUNT, "news"))
REPORTED = 5
"""The version of an order that has come in, was confirmed and reported, and has both its receipts."""


def in_force(office: Office, *targets: Target) -> None:
    """Let an order come into force, and be passed on."""
    enter_order(office, *targets)
    confirm_order(office)
    turn(office)


def carried_out(office: Office) -> None:
    """Let an order be carried out, and reported."""
    in_force(office)
    decide_under(office)
    turn(office)
    assert office.order.reports


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_an_order_is_passed_on(fresh: Callable[[], Cases], when: When) -> None:
    """Wherever it dies, the case is told once, with a snapshot of each post."""
    for number in count(1):
        office = Office(fresh())
        enter_order(office)
        confirm_order(office)
        died = die(office, number, when)
        (on,) = office.case.orders
        assert (on.said.entry, on.targets, len(on.said.snapshots)) == (office.order.entry, POSTS, 2)
        assert office.case.version == 4
        assert office.kinds() == {"order": 1, "confirmation": 1}
        assert_settled(office)
        if not died:
            break
    assert number > 8


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_an_order_is_carried_out(fresh: Callable[[], Cases], when: When) -> None:
    """Wherever it dies, each post is blocked once, and the authority told once."""
    for number in count(1):
        office = Office(fresh())
        in_force(office)
        decide_under(office)
        died = die(office, number, when)
        assert sorted(office.host.changed) == sorted((BLOCKED[0], APPLY, post) for post in POSTS)
        assert office.order.reports
        assert office.order.version == REPORTED
        assert office.kinds() == {"order": 1, "confirmation": 1, "decision": 1, "measure": 2, "effect": 2}
        assert_settled(office)
        if not died:
            break
    assert number > 15


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_what_is_decided_later_is_reported(when: When) -> None:
    """Wherever it dies, the authority is told once of what was decided under an order after its report."""
    for number in count(1):
        office = Office()
        carried_out(office)
        decide_under(office, "m1", kind=MeasureKind.WARN)
        died = die(office, number, when)
        first, further = office.order.reports
        (decision,) = {*further.about} - {*first.about}
        assert decision == office.case.decisions[-1].entry
        told = office.desk.text(further.text)
        assert isinstance(told, str)
        assert "新决定 2" in told
        assert_settled(office)
        if not died:
            break
    assert number > 8


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize(("change", "left"), [(WITHDRAWN, ()), (NARROWED, ("m1",))])
def test_a_worker_dies_while_an_amendment_is_carried_out(
    change: Change, left: tuple[str, ...], when: When
) -> None:
    """Wherever it dies, what is not ordered any more is shown again, by that cause, and nothing else."""
    for number in count(1):
        office = Office()
        carried_out(office)
        office.host.changed.clear()
        amend_order(office, change, *(Target(ACCOUNT, post) for post in left))
        died = die(office, number, when)
        lifted = [post for post in POSTS if post not in left]
        assert sorted(office.host.changed) == sorted((BLOCKED[0], LIFT, post) for post in lifted)
        (on,) = office.case.orders
        assert (on.targets, len(on.changes)) == (left, 1)
        causes = {one.said.cause for one in office.case.carryings if one.said.direction is LIFT}
        assert causes == {office.order.amendments[0].entry}
        further = change is WITHDRAWN
        assert len(office.order.reports) == 1 + further, "that it has ended is reported as well"
        assert office.order.version == REPORTED + 4 + further
        assert_settled(office)
        if not died:
            break
    assert number > 12


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_clerk_dies_while_an_order_comes_in(fresh: Callable[[], Cases], when: When) -> None:
    """Before it was kept it can be entered again, and afterwards it is there; there is never half of one."""
    for number in count(1):
        office = Office(fresh())
        office.faults.calls.clear()
        office.faults.number, office.faults.when = number, when
        died = True
        try:
            enter_order(office)
            died = False
        except InjectedError:
            office.faults.number = 0
            if office.cases.order_numbers():
                with pytest.raises(CaseError, match=r"court 2026/7 has come in before: it is order 2"):
                    enter_order(office)
            else:
                enter_order(office)
        assert office.order.number == 2
        assert len(office.cases.waiting()) == 1
        if not died:
            break
    assert number > 2


def test_an_order_comes_in_once(office: Office) -> None:
    """Whoever enters it, and however it differs."""
    enter_order(office)
    for clerk in (CLERK, CLERK_2):
        with pytest.raises(CaseError, match=r"court 2026/7 has come in before: it is order 2"):
            enter(office.desk, clerk, replace(entering(), basis="Art. 2"))
    assert office.order.by == "clerk"
    assert office.order.version == 1


def test_two_clerks_enter_an_order_at_once(fresh: Callable[[], Cases]) -> None:
    """One of them is told so, and nothing of theirs is kept."""
    office = Office(fresh())
    office.cases.before = lambda: enter(office.desk, CLERK_2, entering())
    with pytest.raises(CaseError, match=r"court 2026/7 has come in before: order 2"):
        enter(office.desk, CLERK, entering())
    assert office.order.by == "clerk-2"
    assert office.order.version == 1
    assert len(office.cases.waiting()) == 1


def test_an_order_that_the_ledger_refused_comes_in_again(office: Office) -> None:
    """Under its number, and goes its way."""
    office.refusing = {"order"}
    enter_order(office)
    turn(office)
    office.refusing = set()
    first = office.order
    assert list(first.refused) == [first.entry]
    with pytest.raises(CaseError, match="the ledger has refused order 2: enter it again"):
        confirm_order(office)
    again = enter_order(office)
    assert (again.number, again.version) == (first.number, 3)
    confirm_order(office)
    finish(office)
    assert office.order.confirmed
    assert office.case.order(again.number)


def test_a_confirmation_that_the_ledger_refused_is_given_again(office: Office) -> None:
    """Until then the order is passed on to nobody."""
    enter_order(office)
    office.refusing = {"confirmation"}
    confirm_order(office)
    turn(office)
    office.refusing = set()
    assert not office.order.confirmed
    assert office.case.orders == ()
    confirm_order(office)
    turn(office)
    assert office.case.orders


def test_an_amendment_that_the_ledger_refused_changes_nothing(office: Office) -> None:
    """What was done stays done; said again, it is undone."""
    carried_out(office)
    office.refusing = {"amendment"}
    ask_of_order(office.desk, 2, CLERK, Amend(WITHDRAWN, digest("reasons")))
    turn(office)
    office.refusing = set()
    finish(office)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    amend_order(office, WITHDRAWN)
    turn(office)
    assert office.in_force(*EVERYTHING) == [[], [], []]


def test_a_host_that_is_down_keeps_an_order_waiting(office: Office) -> None:
    """It is told of at every turn, and passed on as soon as the host is back, and not a turn later."""
    enter_order(office)
    confirm_order(office)
    office.host.down = True
    for _ in range(3):
        assert turn(office).trouble == ("order 2: the host is down",)
        assert office.case.orders == ()
    office.host.down = False
    assert turn(office).trouble == ()
    assert office.case.orders


def test_an_order_about_a_post_that_is_gone_is_carried_out_as_far_as_it_can_be(office: Office) -> None:
    """The case is told of all, the other post is kept and blocked, and the report says what was gone."""
    enter_order(office)
    confirm_order(office)
    gone = office.host._snapshots.pop("m2")
    assert turn(office).trouble == ()
    (on,) = office.case.orders
    assert (on.targets, len(on.snapshots), on.gone) == (POSTS, 1, ("m2",))
    decide_under(office)
    assert turn(office).trouble == ()
    assert office.in_force("m1") == [BLOCKED]
    assert office.order.reports
    report = office.desk.text(office.order.reports[-1].text)
    assert report.split("\n")[-1] == "  平台上已不存在：m2 / not there any more: m2"
    office.host.publish(gone)
    office.now += 2 * DAY
    turn(office)
    assert office.in_force("m2") == [BLOCKED], "it came back, and was decided on"


def test_an_order_about_nothing_that_is_left_is_passed_on(office: Office) -> None:
    """A person decides what comes of it; what is there when it is reported on was not gone."""
    enter_order(office)
    confirm_order(office)
    posts = [office.host._snapshots.pop(post) for post in POSTS]
    assert turn(office).trouble == ()
    assert office.case.orders[0].gone == POSTS
    for post in posts:
        office.host.publish(post)
    decide_under(office)
    turn(office)
    assert office.order.reports
    assert "not there any more" not in office.desk.text(office.order.reports[-1].text)


def test_what_is_gone_when_a_host_is_away_keeps_nothing(office: Office) -> None:
    """Nobody knows of the other post: all of it is passed on once the host answers again."""
    enter_order(office)
    confirm_order(office)
    office.host._snapshots.pop("m1")
    kept = len(office.vault.kept)
    office.host.down = True
    for _ in range(3):
        assert turn(office).trouble == ("order 2: the host is down",)
    assert len(office.vault.kept) == kept
    office.host.down = False
    turn(office)
    assert office.case.orders[0].gone == ("m1",)


def test_an_amendment_names_what_is_gone(office: Office) -> None:
    """A post that it comes to name, of an account that the order was about as a whole."""
    in_force(office, Target(ACCOUNT))
    amend_order(office, NARROWED, M1)
    office.host._snapshots.pop("m1")
    assert turn(office).trouble == ()
    (on,) = office.case.orders
    assert (on.targets, on.gone) == (("m1",), ("m1",))


def test_an_order_is_narrowed_to_what_is_gone_since(office: Office) -> None:
    """It names it already; what it comes to name must be there."""
    in_force(office)
    office.host._snapshots.pop("m1")
    amend_order(office, NARROWED, M1)
    turn(office)
    assert office.case.orders[0].targets == ("m1",)
    other = Office()
    in_force(other, Target(ACCOUNT))
    other.host._snapshots.pop("m1")
    with pytest.raises(InputError, match="there is no post m1"):
        amend_order(other, NARROWED, M1)


def test_one_host_keeps_no_other_waiting(office: Office) -> None:
    """An order about subjects on two hosts, of which one is not there any more: the other case is told."""
    elsewhere = MemoryHost("elsewhere")
    elsewhere.register(SubjectKind.ACCOUNT, "news")
    office.hosts["elsewhere"] = elsewhere
    enter_order(office, M1, ELSEWHERE)
    confirm_order(office)
    office.host.down = True
    done = turn(office)
    assert done.trouble == ("order 2: the host is down",)
    other = office.cases.find(ELSEWHERE.subject)
    assert other
    assert other.order(2)
    assert office.case.orders == ()
    office.host.down = False
    turn(office)
    assert office.case.orders


def test_the_case_of_a_host_that_is_gone_is_told_all_the_same(office: Office) -> None:
    """An order about a whole account needs no snapshot; what is decided about it waits for the host."""
    elsewhere = MemoryHost("elsewhere")
    elsewhere.register(SubjectKind.ACCOUNT, "news")
    office.hosts["elsewhere"] = elsewhere
    enter_order(office, ELSEWHERE, M1)
    confirm_order(office)
    del office.hosts["elsewhere"]
    assert turn(office).trouble == ()
    assert office.case.orders
    assert office.cases.find(ELSEWHERE.subject)


def test_an_order_is_about_what_there_is(office: Office) -> None:
    """What no host has is not entered, and neither is what it would be narrowed to; nothing is left of it."""
    with pytest.raises(CaseError, match="there is no host 'elsewhere': known are memory"):
        enter_order(office, ELSEWHERE)
    for target in (Target(ACCOUNT, "m9"), Target(Subject("memory", SubjectKind.ACCOUNT, "nobody"))):
        with pytest.raises(Exception, match="there is no"):
            enter_order(office, target)
    assert office.cases.order_numbers() == []
    enter_order(office, Target(ACCOUNT))
    confirm_order(office)
    with pytest.raises(Exception, match="there is no post m9"):
        amend_order(office, NARROWED, Target(ACCOUNT, "m9"))
    assert office.order.amendments == ()


def test_a_deadline_that_has_passed_is_told_of_until_there_is_a_report(office: Office) -> None:
    """At every turn, whatever else is done in it; a withdrawn order has none."""
    enter_order(office)
    office.now = DEADLINE - 1
    assert turn(office).trouble == ()
    office.now = DEADLINE
    told = ("order 2: the deadline of court 2026/7 has passed",)
    acts = (
        lambda: None,
        lambda: confirm_order(office),
        lambda: decide_under(office, "m1"),
        lambda: decide_under(office, "m2"),
    )
    for act in acts:
        act()
        assert turn(office).trouble == (() if office.order.reports else told)
    assert office.order.reports
    assert office.cases.due(office.now) == []


def test_a_withdrawn_order_is_not_overdue(office: Office) -> None:
    """It is reported once, as what it is."""
    in_force(office)
    amend_order(office, WITHDRAWN)
    turn(office)
    office.now = DEADLINE + 1
    assert turn(office).trouble == ()
    (report,) = [kept.value for kept in office.vault.kept.values() if "执行情况报告" in str(kept.value)]
    assert "The order has ended: withdrawn" in str(report)
    assert office.order.version == REPORTED + 4


def test_an_order_withdrawn_before_anybody_decided_opens_nothing(office: Office) -> None:
    """A case that there was is told that it has ended; none is opened for it."""
    other = Target(Subject("memory", SubjectKind.ACCOUNT, "other"))
    office.host.register(SubjectKind.ACCOUNT, "other")
    enter_order(office, M1, other)
    confirm_order(office)
    amend_order(office, WITHDRAWN)
    turn(office)
    assert office.cases.find(other.subject) is None
    assert office.case.orders[0].targets == ()


def test_a_report_is_kept_under_the_key_of_its_order(office: Office) -> None:
    """And says nothing of anybody but its subjects."""
    carried_out(office)
    (kept,) = [kept for kept in office.vault.kept.values() if "执行情况报告" in str(kept.value)]
    assert kept.whose == order_key("court", "2026/7")
    assert office.order.reports


def test_a_measure_waits_until_a_case_knows_that_its_order_has_ended(office: Office) -> None:
    """The ledger knows it first: nothing is signed against its rules, and nothing is left to do."""
    in_force(office)
    decide_under(office)
    amend_order(office, WITHDRAWN)
    finish(office)
    assert office.host.changed == []
    assert office.case.refused == {}
    assert not [one for one in office.case.decisions if one.said.measures and office.case.carryings]


def test_a_clock_that_jumps_back_loses_no_order(office: Office) -> None:
    """What was signed later is waited for."""
    enter_order(office)
    office.now += 60
    confirm_order(office)
    office.now -= 60
    turn(office)
    office.now += 60
    turn(office)
    assert office.case.orders
    decide_under(office)
    turn(office)
    office.now -= 3_000
    turn(office)
    office.now += 3_000
    finish(office)
    assert_settled(office)
    assert office.order.version == REPORTED


@pytest.mark.parametrize("changes", range(12))
def test_two_workers_on_an_order(office: Office, changes: int) -> None:
    """A second worker that does everything while the first records leaves it nothing to do."""
    enter_order(office)
    confirm_order(office)
    beside(office, changes, lambda: turn(office))
    assert office.case.version == 4
    decide_under(office)
    beside(office, changes, lambda: turn(office))
    assert office.order.version == REPORTED
    assert sorted(office.host.changed) == sorted((BLOCKED[0], APPLY, post) for post in POSTS)
    assert states(office) == [[EffectState.APPLIED]] * 2
    assert_settled(office)


@pytest.mark.parametrize("changes", range(12))
def test_a_clerk_beside_the_worker(office: Office, changes: int) -> None:
    """An order that is withdrawn while it is carried out leaves nothing in force, whenever that is."""
    in_force(office)
    decide_under(office)
    acted: list[int] = []

    def withdraw() -> None:
        acted.append(changes)
        amend_order(office, WITHDRAWN)

    beside(office, changes, withdraw)
    if not acted:
        amend_order(office, WITHDRAWN)
    finish(office)
    finish(office)
    assert office.in_force(*EVERYTHING) == [[], [], []]
    assert office.order.refused == {}
    stated = {one.entry for one in office.case.carryings}
    assert set(office.case.refused) <= stated, "what was stated just before may come to the ledger too late"
    assert office.cases.owed(office.now + 10_000) == []
    assert office.cases.due(office.now) == []
    assert office.order.reports


@pytest.mark.parametrize(
    ("changes", "first"), [*((one, ("m1",)) for one in range(8)), *((one, POSTS) for one in range(14))]
)
def test_a_case_that_changes_while_its_order_is_looked_at(
    office: Office, changes: int, first: tuple[str, ...]
) -> None:
    """The order is reported all the same: that a case has changed is not forgotten."""
    in_force(office)
    decide_under(office, *first)
    kind = MeasureKind.BLOCK_CONTENT if first == ("m1",) else MeasureKind.WARN
    beside(office, changes, lambda: decide_under(office, "m2", kind=kind))
    turn(office)
    assert office.order.reports
    assert office.cases.due(office.now) == []


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_posts_are_named_first_by_an_amendment(when: When) -> None:
    """Wherever it dies, the case has the posts as they were when the order was narrowed to them, once."""
    for number in count(1):
        office = Office()
        in_force(office, Target(ACCOUNT))
        assert office.case.orders[0].snapshots == ()
        amend_order(office, NARROWED, M1)
        died = die(office, number, when)
        (on,) = office.case.orders
        (snapshot,) = on.snapshots
        kept = office.vault.kept[snapshot].value
        assert isinstance(kept, dict)
        assert (on.targets, kept["id"]) == (("m1",), "m1")
        assert_settled(office)
        if not died:
            break
    assert number > 8


@pytest.mark.parametrize("looked", [False, True])
def test_what_happens_while_an_order_is_looked_at_is_seen(office: Office, *, looked: bool) -> None:
    """The last measure is carried out by a worker that dies then: who looks reports it, or who comes next."""
    in_force(office, M1)
    office.host.down = True
    decide_under(office, "m1")
    turn(office)
    office.host.down = False
    office.now += 10
    office.cases.rest(office.order, 0)
    acted = lambda: [deliver(office.desk, one) for one in office.cases.owed(office.now)]  # noqa: E731
    if not looked:
        office.cases.before = acted
    seen = begin_order(office.desk, office.order, office.cases.marks([2])[2])
    if looked:
        office.cases.before = acted
    assert attend_to_order(office.desk, office.order, seen.attend_at, [], lambda: None) == int(not looked)
    turn(office)
    assert office.order.reports


def test_the_second_of_two_who_amend_is_told(office: Office) -> None:
    """Nothing of theirs is signed."""
    in_force(office)
    amended = Amend(WITHDRAWN, digest("reasons"))
    office.cases.before = lambda: ask_of_order(office.desk, 2, CLERK_2, amended)
    with pytest.raises(MovedError, match="order 2 has moved on"):
        ask_of_order(office.desk, 2, CLERK, amended)
    assert [one.by for one in office.order.amendments] == ["clerk-2"]
    with pytest.raises(CaseError, match="clerk-2 signed amendment 1"):
        ask_of_order(office.desk, 2, CLERK_2, ConfirmOrder(1))


def test_what_rests_on_a_policy_as_well_ends_with_the_order(office: Office) -> None:
    """And another decision under the policy alone stays."""
    in_force(office, M1)
    ask(office.desk, 1, ALICE, replace(blocking(policy=office.policy), order=2))
    ask(office.desk, 1, BOB, blocking(policy=office.policy))
    turn(office)
    amend_order(office, WITHDRAWN)
    turn(office)
    assert {one.said.decision for one in office.case.carryings if one.said.direction is LIFT} == {1}
    assert [len(kinds) for kinds in office.in_force(*POSTS)] == [1, 1]
    assert office.case.refused == {}


def test_an_appeal_and_an_amendment_lift_once(office: Office) -> None:
    """Whichever comes first is the cause."""
    carried_out(office)
    ask(office.desk, 1, Actor("platform", "platform"), Appeal(1, digest("appeal")))
    amend_order(office, WITHDRAWN)
    turn(office)
    lifts = [one.said for one in office.case.carryings if one.said.direction is LIFT]
    assert [type(one) for one in lifts] == [MeasureStated, MeasureStated]
    assert office.in_force(*POSTS) == [[], []]


def test_all_content_under_an_order_waits_for_a_second_person(office: Office) -> None:
    """It is confirmed on the ledger first, and reported after that."""
    in_force(office, Target(ACCOUNT))
    command = blocking((replace(blocking().measures[0], posts=(), territory="CN"),))
    ask(office.desk, 1, ALICE, replace(command, policy=None, policy_digest=None, order=2))
    turn(office)
    assert office.in_force(None) == [[]]
    assert not office.order.reports
    ask(office.desk, 1, BOB, Confirm(1))
    turn(office)
    assert office.in_force(None) == [[MeasureKind.BLOCK_CONTENT]]
    assert office.order.reports
