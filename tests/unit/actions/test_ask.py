"""What is asked of a case, and what stands against it outside of the case: the host, and the ladder."""

from __future__ import annotations

import pytest
from casebook import ALICE, BOB, MACHINE, blocking
from desks import APPLY, LIFT, Office, reverse, turn
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.ask import StaleError, ask
from tipstaff.actions.policies import State, Stated
from tipstaff.casework.commands import Asked, AskOpinion, ConfirmResult, Note
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Waiver
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Measure, Reversal, Rung

SUSPEND = (Asked(MeasureKind.SUSPEND_UPDATES),)


@pytest.fixture
def office() -> Office:
    """Return a desk on which a policy is in force whose ladder begins with a warning."""
    office = Office()
    office.ladder = (Rung(1, Measure.WARN, 0, 90),)
    stated = Stated("house", 1, "house@1.0+0000", State.IN_FORCE, office.policy, digest("house 1.0"))
    office.policies.keep(stated)
    return office


def test_what_the_host_cannot_do_is_not_decided(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be owed for ever; the message says what can be done."""
    monkeypatch.setattr(type(office.host), "abilities", {MeasureKind.WARN: None})
    with pytest.raises(CaseError, match="memory cannot carry block_content out: it can warn"):
        ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    assert office.case.decisions == ()


def test_the_ladder_of_the_policy_in_force_counts(office: Office) -> None:
    """A rung is skipped with a reason alone; machines hold whatever it says, for they decide nothing."""
    decide = blocking(SUSPEND, policy=office.policy)
    with pytest.raises(CaseError, match="suspend_updates skips rungs: the ladder has warn next"):
        ask(office.desk, 1, ALICE, decide)
    ask(office.desk, 1, ALICE, replace(decide, skips_for=Waiver.GRAVE_HARM))
    hold = (Asked(MeasureKind.HOLD_CONTENT, ("m1",), until=office.now + 60),)
    ask(office.desk, 1, MACHINE, blocking(hold, policy=office.policy))
    assert [one.by for one in office.case.decisions] == ["alice", "machine"]


def test_what_cannot_be_done_to_a_subject_comes_first(office: Office) -> None:
    """Nobody is told of the ladder where the measure is for another kind of subject."""
    with pytest.raises(CaseError, match="suspend_app is for an app"):
        ask(office.desk, 1, ALICE, blocking((Asked(MeasureKind.SUSPEND_APP),), policy=office.policy))


def test_the_policy_of_a_decision_says_whether_its_reversal_needs_a_second_person(office: Office) -> None:
    """That version, whatever is in force when the appeal is judged; and none where a decision has none."""
    office.reversals = (Reversal.WARN,)
    ask(office.desk, 1, ALICE, blocking((Asked(MeasureKind.WARN),), policy=office.policy))
    assert list(office.desk.second_person(office.policy)) == [MeasureKind.WARN]
    assert list(office.desk.second_person(digest("another policy"))) == []
    assert list(office.desk.second_person(None)) == []
    turn(office)
    reverse(office)
    turn(office)
    assert [len(one.effects) for one in office.case.carryings] == [1]
    ask(office.desk, 1, BOB, ConfirmResult(1))
    turn(office)
    assert [one.said.direction for one in office.case.carryings] == [APPLY, LIFT]


def test_another_policy_has_another_ladder(office: Office) -> None:
    """One that nobody has stated has none."""
    assert office.desk.ladder(digest("another policy")) == ()
    assert office.desk.ladder(None) == ()
    assert office.desk.ladder(office.policy) == office.ladder


def test_nothing_is_asked_of_another_version_than_was_looked_at(office: Office) -> None:
    """What comes in between is found where the case is read to be changed, and nowhere before."""
    seen = office.case.version
    note = Note(digest("note"))
    ask(office.desk, 1, ALICE, note, seen)
    with pytest.raises(StaleError, match=f"case 1 is at version {seen + 1}, not {seen}: look at it again"):
        ask(office.desk, 1, ALICE, note, seen)
    assert ask(office.desk, 1, ALICE, note).version == seen + 2


def test_nobody_is_asked_who_is_not_there(office: Office) -> None:
    """An opinion that nobody can give would be waited for."""
    with pytest.raises(CaseError, match="ghost"):
        ask(office.desk, 1, ALICE, AskOpinion("ghost", digest("text")))
    with pytest.raises(CaseError, match="clerk"):
        ask(office.desk, 1, ALICE, AskOpinion("clerk", digest("text")))
    assert office.case.notes == ()
    ask(office.desk, 1, ALICE, AskOpinion("bob", digest("text")))


def test_what_is_ordered_already_is_not_decided_again(office: Office) -> None:
    """It would be a strike for nothing."""
    warn = blocking((Asked(MeasureKind.WARN, ("m1",)),), policy=office.policy)
    ask(office.desk, 1, ALICE, warn)
    with pytest.raises(CaseError, match="warn on m1 is ordered already, by decision 1"):
        ask(office.desk, 1, BOB, warn)
