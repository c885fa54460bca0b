"""Orders that were entered wrongly, and entered anew, whoever dies or acts meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Final

import pytest
from casebook import ACCOUNT, ALICE, CLERK, CLERK_2, blocking
from desks import AFTER, APPLY, BEFORE, BLOCKED, DEADLINE, LIFT, InjectedError, Office, When, turn
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import Cases, MovedError
from tipstaff.actions.ordering import WantedOrder, to_enter
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.casework.commands import Actor, Asked
from tipstaff.casework.errors import CaseError
from tipstaff.casework.orders.commands import Amend, ConfirmOrder
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import attention
from tipstaff.casework.orders.standing import standing, standing_of
from tipstaff.casework.words import MeasureKind, Target

WRONG: Final = WantedOrder(
    authority="court", reference="2026/7", basis="im-2014", scope=Scope.CONTENT,
    targets=(str(Target(ACCOUNT, "m2")),), territory="CN",
    deadline=datetime.fromtimestamp(DEADLINE, UTC), text="屏蔽该内容。",
)  # fmt: skip
COURT: Final = Actor("court", "authority")
RIGHT: Final = (str(Target(ACCOUNT, "m1")),)


def enter_as(office: Office, wanted: WantedOrder, actor: Actor = CLERK) -> Order:
    """Enter an order as it was written down."""
    return enter(office.desk, actor, to_enter(office.desk, wanted))


def anew(wrong: Order) -> WantedOrder:
    """Return the order as it should have been entered, in place of one."""
    return replace(WRONG, targets=RIGHT, corrects=wrong.number)


def stands(office: Office, number: int) -> str:
    """Say how an order stands."""
    return standing(office.cases.load_order(number), overdue=False)


def test_one_that_nobody_has_confirmed_is_given_up(office: Office) -> None:
    """Whoever was to confirm it confirms the other one; nothing of it is due any more, and nothing waits."""
    wrong = enter_as(office, WRONG)
    right = enter_as(office, anew(wrong))
    assert (right.said.reference, right.said.corrects) == ("2026/7 (corrected)", wrong.number)
    wrong = office.cases.load_order(wrong.number)
    assert (wrong.corrected_by, wrong.waits, attention(wrong)) == (right.number, False, None)
    (amendment,) = wrong.amendments
    assert standing_of(wrong, amendment) == "needs nobody: the order was never confirmed"
    assert office.desk.text(amendment.said.reasons) == (
        f"录入有误，由第 {right.number} 号令（2026/7 (corrected)）取代。 / "
        f"Entered wrongly: order {right.number}, 2026/7 (corrected), takes its place."
    )
    assert stands(office, wrong.number) == f"entered wrongly: order {right.number} takes its place"
    with pytest.raises(
        CaseError, match=f"order {wrong.number} is confirmed by nobody any more: entered wrongly"
    ):
        ask_of_order(office.desk, wrong.number, CLERK_2, ConfirmOrder())
    ask_of_order(office.desk, right.number, CLERK_2, ConfirmOrder())
    assert turn(office).trouble == ()
    assert office.case.orders[0].targets == ("m1",)
    assert len(office.case.orders) == 1, "the case never hears of the one that was wrong"
    office.now = DEADLINE + 1
    assert not any(f"order {wrong.number}" in one for one in turn(office).trouble), "it is not overdue"
    ask_of_order(office.desk, wrong.number, CLERK_2, ConfirmOrder(1))
    turn(office)
    assert stands(office, wrong.number) == f"entered wrongly: order {right.number} takes its place"


def test_one_in_force_goes_on_until_a_second_person_agrees(office: Office) -> None:
    """What was decided under it ends by its withdrawal; what is decided under the other stays."""
    wrong = enter_as(office, WRONG)
    ask_of_order(office.desk, wrong.number, CLERK_2, ConfirmOrder())
    turn(office)
    asked = (Asked(MeasureKind.BLOCK_CONTENT, ("m2",), "CN"),)
    decision = replace(blocking(asked), policy=None, policy_digest=None, order=wrong.number)
    ask(office.desk, 1, ALICE, decision)
    turn(office)
    assert office.host.changed == [(BLOCKED[0], APPLY, "m2")]
    right = enter_as(office, anew(wrong))
    ask_of_order(office.desk, right.number, CLERK_2, ConfirmOrder())
    turn(office)
    assert office.cases.load_order(wrong.number).waits
    assert office.host.changed == [(BLOCKED[0], APPLY, "m2")], "nobody else has agreed"
    ask_of_order(office.desk, wrong.number, CLERK_2, ConfirmOrder(1))
    turn(office)
    assert office.host.changed[1:] == [(BLOCKED[0], LIFT, "m2")]
    assert stands(office, wrong.number) == f"withdrawn, order {right.number} takes its place, reported"
    told = office.desk.text(office.cases.load_order(wrong.number).reports[-1].text).split("\n")
    assert f"由第 {right.number} 号令取代 / Order {right.number} takes its place" in told
    assert told[-1] == "    已解除：block_content (m2) / lifted, or about to be: block_content (m2)"
    assert len(office.cases.load_order(wrong.number).reports) == 2, "that it has ended is told"


def test_nothing_is_entered_twice_in_place_of_one(office: Office) -> None:
    """A correction may be wrong as well: then that is corrected, under a mark of its own."""
    wrong = enter_as(office, WRONG)
    right = enter_as(office, anew(wrong))
    with pytest.raises(
        CaseError, match=f"order {right.number} takes the place of order {wrong.number} already"
    ):
        enter_as(office, anew(wrong), CLERK_2)
    third = enter_as(office, anew(right))
    assert (third.said.reference, third.said.corrects) == ("2026/7 (corrected 2)", right.number)
    assert office.cases.load_order(right.number).corrected_by == third.number


def test_one_that_was_withdrawn_is_entered_anew(office: Office) -> None:
    """Nothing is said of it again."""
    wrong = enter_as(office, WRONG)
    ask_of_order(office.desk, wrong.number, CLERK, Amend(Change.WITHDRAWN, digest("why")))
    ask_of_order(office.desk, wrong.number, CLERK_2, ConfirmOrder(1))
    turn(office)
    assert stands(office, wrong.number) == "withdrawn"
    assert not office.cases.load_order(wrong.number).waits
    with pytest.raises(CaseError, match="confirmed by nobody any more: withdrawn"):
        ask_of_order(office.desk, wrong.number, CLERK_2, ConfirmOrder())
    right = enter_as(office, anew(wrong))
    assert right.said.reference == "2026/7 (corrected)"
    assert len(office.cases.load_order(wrong.number).amendments) == 1


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_whoever_dies_half_way_enters_it_again(fresh: Callable[[], Cases], when: When) -> None:
    """The one that was wrong is withdrawn once, and the other is entered once."""
    for number in count(1):
        office = Office(fresh())
        wrong = enter_as(office, WRONG)
        faults = office.faults
        faults.calls.clear()
        faults.number, faults.when = number, when
        with suppress(InjectedError):
            enter_as(office, anew(wrong))
        faults.number = 0
        with suppress(CaseError):
            enter_as(office, anew(wrong))
        orders = [office.cases.load_order(one) for one in office.cases.order_numbers()]
        assert [one.said.corrects for one in orders] == [None, wrong.number]
        assert [len(one.amendments) for one in orders] == [1, 0]
        assert orders[0].corrected_by == orders[1].number
        if not faults.fired:
            break
    assert number > 3


def test_of_two_who_correct_one_order_one_does(office: Office) -> None:
    """The other finds that it has moved on, whatever reference they write."""
    wrong = enter_as(office, WRONG)
    office.cases.before = lambda: enter_as(office, anew(wrong), CLERK_2)
    with pytest.raises(MovedError, match="has moved on"):
        enter_as(office, replace(anew(wrong), reference="2026/8"))
    orders = [office.cases.load_order(one) for one in office.cases.order_numbers()]
    assert [one.said.reference for one in orders] == ["2026/7", "2026/7 (corrected)"]


def test_what_an_authority_has_signed_no_clerk_corrects(office: Office) -> None:
    """The authority does; and a number that was mistyped withdraws nothing else."""
    wrong = enter_as(office, WRONG, COURT)
    with pytest.raises(CaseError, match=f"order {wrong.number} is court's own: they enter it"):
        enter_as(office, anew(wrong))
    assert enter_as(office, anew(wrong), COURT).said.corrects == wrong.number
    other = enter_as(office, replace(WRONG, reference="2026/9"))
    mistyped = replace(anew(other), authority="bureau", reference="12")
    with pytest.raises(CaseError, match=f"order {other.number} is court 2026/9: what takes"):
        enter_as(office, mistyped)
    assert office.cases.load_order(other.number).waits
