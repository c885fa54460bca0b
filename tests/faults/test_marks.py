"""Two workers on one order: what one has seen of its cases is not taken for what the other has."""

from __future__ import annotations

from casebook import ACCOUNT
from desks import Office, confirm_order, decide_under, enter_order, turn

from tipstaff.actions.attend import attend_to_order, begin_order
from tipstaff.casework.words import Target


def test_what_changes_between_two_who_look_in_one_second_is_not_lost() -> None:
    """The first has seen less; the second has begun, and cannot go on: the order stays due for it."""
    office = Office()
    enter_order(office, Target(ACCOUNT, "m1"))
    confirm_order(office)
    turn(office)
    number = office.order.number
    office.cases.rest(office.order, 0)
    first = begin_order(office.desk, office.order, office.cases.marks([number])[number])
    seconds = []

    def meanwhile() -> None:
        decide_under(office, "m1")
        seconds.append(begin_order(office.desk, office.order, office.cases.marks([number])[number]))

    office.cases.before = meanwhile
    attend_to_order(office.desk, office.order, first.attend_at, [], lambda: None)
    assert seconds
    assert office.cases.due(office.now) == [number]
    turn(office)
    assert office.order.reports
    assert office.cases.due(office.now) == []


def test_an_order_is_due_as_it_comes_in() -> None:
    """What is kept of it is what its events say, before a worker was there and afterwards."""
    office = Office()
    order = enter_order(office)
    assert office.cases.due(office.now) == [order.number]
    turn(office)
    assert office.cases.due(office.now) == []
    assert office.cases.due(order.terms.deadline) == [order.number]
