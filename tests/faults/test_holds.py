"""What machines hold while workers fail: it is shown again once, by its review or when its time has come."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from casebook import ACCOUNT, ALICE, BOB, MACHINE, PLATFORM, POSTS, blocking
from desks import (
    AFTER,
    APPLY,
    BEFORE,
    EVERYTHING,
    LIFT,
    InjectedError,
    Office,
    When,
    assert_settled,
    beside,
    decide,
    die,
    finish,
    turn,
)
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import Cases
from tipstaff.actions.policies import State, Stated
from tipstaff.actions.take_up import Hold, take_up
from tipstaff.casework.commands import Asked, Confirm, Hear, Propose
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing
from tipstaff.casework.words import MeasureKind
from tipstaff.ledger.statement import parse
from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding

HELD = MeasureKind.HOLD_CONTENT
HOUR = 3600
POLICY = "house@1.0+0000"


def hold(office: Office, seconds: int = HOUR) -> None:
    """Have a machine hold both posts."""
    asked = (Asked(HELD, POSTS, until=office.now + seconds),)
    ask(office.desk, 1, MACHINE, blocking(asked, policy=office.policy))


def dismiss(office: Office) -> None:
    """Have Alice decide that nothing is to be done."""
    ask(office.desk, 1, ALICE, blocking((), policy=office.policy))


def finding(post: str, severity: int = 4, outcome: Outcome = Outcome.VIOLATION, rule: str = "new") -> Finding:
    """Return a finding on a post of the account."""
    return Finding(
        host="memory", account=ACCOUNT.id, post=post, policy=POLICY, rule=rule, provision="house-1",
        outcome=outcome, severity=severity, score=50, evidence=(), exempted_by=(),
    )  # fmt: skip


@pytest.fixture
def adopted(office: Office) -> Office:
    """Return a desk that knows the policy of the findings."""
    office.policies.keep(Stated("house", 1, POLICY, State.IN_FORCE, office.policy, digest("house 1.0")))
    return office


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_a_hold_is_lifted_by_a_dismissal(fresh: Callable[[], Cases], when: When) -> None:
    """Wherever it dies, the posts are shown again once, by that cause."""
    for number in count(1):
        office = Office(fresh())
        hold(office, 50 * HOUR)
        turn(office)
        office.host.changed.clear()
        dismiss(office)
        died = die(office, number, when)
        assert sorted(office.host.changed) == sorted((HELD, LIFT, post) for post in POSTS)
        causes = {one.said.cause for one in office.case.carryings if one.said.direction is LIFT}
        assert causes == {office.case.decisions[1].entry}
        assert office.kinds() == {"decision": 2, "measure": 4, "effect": 4}
        assert_settled(office)
        if not died:
            break
    assert number > 12


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_a_hold_comes_and_goes(when: When) -> None:
    """Nobody decides: when its time has come, nothing is held, whenever the worker died."""
    for number in count(1):
        office = Office()
        hold(office, HOUR)
        died = die(office, number, when)
        assert office.in_force(*EVERYTHING) == [[], [], []]
        assert office.kinds()["decision"] == 1
        assert office.kinds().get("measure", 0) in (0, 4)
        assert office.cases.due(office.now + 10_000) == []
        assert_settled(office)
        if not died:
            break
    assert number > 12


def test_a_hold_lifts_itself_to_the_second(office: Office) -> None:
    """And the case still waits for somebody."""
    hold(office, HOUR)
    turn(office)
    finish(office, HOUR - 1)
    assert office.in_force(*POSTS) == [[HELD], [HELD]]
    finish(office, 1)
    assert office.in_force(*POSTS) == [[], []]
    assert office.case.stage == "open"


def test_a_host_that_is_down_when_a_hold_ends(office: Office) -> None:
    """What was applied is lifted once it is back, and what was not is not begun."""
    hold(office, HOUR)
    turn(office)
    office.host.down = True
    finish(office, HOUR)
    office.host.down = False
    assert office.in_force(*POSTS) == [[HELD], [HELD]]
    finish(office)
    assert office.in_force(*POSTS) == [[], []]
    late = Office()
    late.host.down = True
    hold(late, HOUR)
    turn(late)
    finish(late, HOUR)
    late.host.down = False
    finish(late)
    assert late.host.changed == []


@pytest.mark.parametrize("changes", range(12))
def test_a_dismissal_beside_the_worker(office: Office, changes: int) -> None:
    """Whenever it comes, nothing is held in the end."""
    hold(office, 50 * HOUR)
    acted: list[int] = []

    def act() -> None:
        acted.append(changes)
        dismiss(office)

    beside(office, changes, act)
    if not acted:
        dismiss(office)
    finish(office)
    assert office.in_force(*EVERYTHING) == [[], [], []]
    assert office.case.refused == {}


def test_what_takes_the_place_of_a_hold(office: Office) -> None:
    """A person blocks what was held: it is blocked, and held no longer."""
    hold(office, 50 * HOUR)
    turn(office)
    decide(office)
    turn(office)
    assert office.in_force(*POSTS) == [[MeasureKind.BLOCK_CONTENT]] * 2
    assert_settled(office)


def test_a_hold_under_a_hearing(office: Office) -> None:
    """The hearing goes on; what was proposed and told is decided and confirmed, and the hold is over."""
    proposal = Propose("house-1", (MeasureKind.CLOSE_ACCOUNT,), office.now + HOUR, digest("proposal"))
    ask(office.desk, 1, ALICE, proposal)
    hold(office, 50 * HOUR)
    close = (Asked(MeasureKind.CLOSE_ACCOUNT),)
    command = blocking(close, policy=office.policy)
    held = type(command)(
        command.provision, command.policy, command.policy_digest, close, command.reasons, Hearing.HELD
    )
    office.now += HOUR
    with pytest.raises(CaseError, match="the subject was not told of the proposal yet"):
        ask(office.desk, 1, ALICE, held)
    turn(office)
    with pytest.raises(CaseError, match="the time to answer the proposal in case 1 is over"):
        ask(office.desk, 1, PLATFORM, Hear(digest("an answer")))
    ask(office.desk, 1, ALICE, held)
    ask(office.desk, 1, BOB, Confirm(2))
    turn(office)
    assert office.in_force(*EVERYTHING) == [[MeasureKind.CLOSE_ACCOUNT], [], []]
    proposals = [one for one in office.case.notices if one.about == digest("proposal")]
    assert [one.audience for one in proposals] == ["account"]
    assert "拟作出如下决定：帐号已被关闭" in str(office.vault.kept[proposals[0].text].value)


def test_what_is_grave_is_held_as_it_is_found(adopted: Office) -> None:
    """From that severity on, violations only, for that time, with the rules as reasons."""
    findings = [finding("m1", 4), finding("m2", 3), finding("m2", 5, Outcome.REVIEW, "other")]
    (case,) = take_up(adopted.desk, findings, Hold(4, HOUR))
    (decision,) = case.decisions
    assert (decision.by, decision.said.posts) == ("machine", ("m1",))
    (measure,) = decision.said.measures
    assert (measure.kind, measure.until) == (HELD, adopted.now + HOUR)
    assert adopted.vault.kept[decision.said.reasons].value == f"{POLICY}: new"
    turn(adopted)
    assert adopted.in_force(*POSTS) == [[HELD], []]


def test_what_was_found_before_is_not_held_again(adopted: Office) -> None:
    """Nor what somebody has decided on, nor anything where no policy is in force."""
    take_up(adopted.desk, [finding("m1")], Hold(4, HOUR))
    assert take_up(adopted.desk, [finding("m1")], Hold(4, HOUR)) == []
    (case,) = take_up(adopted.desk, [finding("m1", rule="newer")], Hold(4, HOUR))
    assert len(case.decisions) == 1
    other = Office()
    (case,) = take_up(other.desk, [finding("m1")], Hold(4, HOUR))
    assert case.decisions == ()


def test_nothing_is_held_unless_it_is_asked_for(adopted: Office) -> None:
    """Findings are brought before reviewers as they are."""
    (case,) = take_up(adopted.desk, [finding("m1", 5)])
    assert case.decisions == ()
    (case,) = take_up(adopted.desk, [finding("m2", 3)], Hold(4, HOUR))
    assert case.decisions == ()


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_find_that_dies_is_found_again(when: When) -> None:
    """What is grave is held with what was found, or neither is there."""
    for number in count(1):
        office = Office()
        office.policies.keep(Stated("house", 1, POLICY, State.IN_FORCE, office.policy, digest("house 1.0")))
        office.faults.calls.clear()
        office.faults.number, office.faults.when = number, when
        died = True
        try:
            take_up(office.desk, [finding("m1")], Hold(4, HOUR))
            died = False
        except InjectedError:
            office.faults.number = 0
            take_up(office.desk, [finding("m1")], Hold(4, HOUR))
        office.faults.number = 0
        assert [one.by for one in office.case.decisions] == ["machine"]
        turn(office)
        assert office.host.changed == [(HELD, APPLY, "m1")]
        if not died:
            break
    assert number > 3


def test_what_is_held_rests_on_what_was_just_found(adopted: Office) -> None:
    """The decision counts the findings that are recorded with it."""
    take_up(adopted.desk, [finding("m1")], Hold(4, HOUR))
    turn(adopted)
    (decision,) = [one for one in map(parse, adopted.world.statements) if one.kind == "decision"]
    assert decision.claims["grounds"] == {"hype": 2, "new": 1}
