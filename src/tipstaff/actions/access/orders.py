"""Orders, for clerks, for those who look at them, and for the authority whose own they are.

Who is limited to queues sees those that are about something in one, and changes none that is about more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import ForbiddenError
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.ask import check_version
from tipstaff.actions.cases import MovedError
from tipstaff.actions.desk import leaving_nothing
from tipstaff.actions.documents import document_of_order
from tipstaff.actions.ordering import WantedAmendment, WantedOrder, to_amend, to_enter
from tipstaff.actions.orders import ask_of_order, enter, orders_after
from tipstaff.actions.paging import Page, page_of
from tipstaff.actions.sighting import Sighted, sighted
from tipstaff.base.errors import MissingError
from tipstaff.casework.orders.commands import ConfirmOrder, OrderCommand
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import Left, ToDo, attention, to_do
from tipstaff.casework.words import Subject, Target


class Orders(Wing):
    """Orders. Who signs what is up to the key of who asks, as everywhere."""

    def page(self, most: int, after: int, *, waiting: bool, due: bool) -> Page[Order]:
        """Return a page of orders, the oldest first: all, or an authority's own. Raises `ForbiddenError`.

        With `waiting` those alone that wait for a second person, with `due` those of which something is
        still to come: a report, or that they are confirmed.
        """
        self._principal.require_one(Permission.READ_ORDERS, Permission.OWN_ORDERS)
        found = (
            one
            for one in orders_after(self._desk, after)
            if self._sees(one) and (one.waits or not waiting) and (attention(one) is not None or not due)
        )
        return page_of(found, most)

    def soonest(self, most: int) -> Page[Order]:
        """Return those of which something is still to come, the first deadline first; `most` of them.

        Raises `ForbiddenError`.
        """
        self._principal.require_one(Permission.READ_ORDERS, Permission.OWN_ORDERS)
        every = (one for one in orders_after(self._desk, 0) if self._sees(one))
        due = sorted(
            (one for one in every if attention(one) is not None),
            key=lambda one: (one.terms.deadline, one.number),
        )
        return page_of(due, most)

    def to_do(self, order: Order) -> list[ToDo]:
        """Return what is left to be done before the authority of an order is told.

        What can be taken back still, and who must sign, is told to none but those who read cases.
        """
        subjects = [one for one in order.subjects if self._principal.sees(one)]
        numbers = self._desk.cases.numbers_of(subjects)
        cases = self._desk.cases.load_all(list(numbers.values()))
        left = to_do(order, cases, self._desk.clock(), self._desk.table)
        told = [one for one in left if self._principal.sees(one.subject)]
        if self._principal.may(Permission.READ_CASES):
            return told
        inside = (Left.UNLOGGED, Left.UNCONFIRMED)
        return [one._replace(left=Left.UNDECIDED) if one.left in inside else one for one in told]

    def require_entering(self) -> None:
        """Refuse who enters no orders. Raises `ForbiddenError`."""
        self._principal.require_one(Permission.ENTER_ORDERS, Permission.OWN_ORDERS)

    def sight(self, targets: Sequence[Target]) -> list[Sighted]:
        """Return what there is of targets on their hosts, before an order about them is entered.

        What posts say, also those that are hidden, is told to those who read cases. Raises `ForbiddenError`.
        """
        self.require_entering()
        self._check_all(one.subject for one in targets)
        found = [sighted(self._desk, one) for one in targets]
        return found if self._principal.may(Permission.READ_CASES) else list(map(_unread, found))

    def read(self, number: int) -> Order:
        """Return an order; another authority's is not there. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require_one(Permission.READ_ORDERS, Permission.OWN_ORDERS)
        return self._seen(number)

    def document(self, number: int) -> bytes:
        """Return the document of an order. Raises as `read` does, and as `document_of_order`."""
        return document_of_order(self._desk, self.read(number))

    def cases_of(self, order: Order) -> dict[str, int | None]:
        """Return the numbers of the cases of an order by their subjects; None of those that are not there."""
        seen = [one for one in order.subjects if self._principal.sees(one)]
        numbers = self._desk.cases.numbers_of(seen)
        return {str(one): numbers.get(one) for one in order.subjects}

    def enter(self, wanted: WantedOrder) -> Order:
        """Enter an order: a clerk any, an authority its own. Raises `ForbiddenError`, and as `enter` does."""
        self._principal.require_one(Permission.ENTER_ORDERS, Permission.OWN_ORDERS)
        name = self._principal.name
        if not self._principal.may(Permission.ENTER_ORDERS) and wanted.authority != name:
            raise ForbiddenError(f"{name} gives orders of their own, not those of {wanted.authority}")
        if wanted.corrects is not None:
            self._may_change(wanted.corrects, None)
        while True:
            with leaving_nothing(self._desk):
                command = to_enter(self._desk, wanted)
                self._check_all(target.subject for target in command.targets)
                try:
                    return enter(self._desk, self._desk.actor(name), command)
                except MovedError:
                    if wanted.corrects is None:
                        raise
                    self._desk.let_go()  # a worker has gone on with the one that it corrects: once more

    def confirm(self, number: int, amendment: int, version: int | None) -> Order:
        """Confirm what somebody else has entered, or an amendment of it. Raises as `ask_of_order` does."""
        self._may_change(number, version)
        return self._ask(number, ConfirmOrder(amendment), version)

    def amend(self, number: int, wanted: WantedAmendment, version: int | None) -> Order:
        """Narrow an order, refuse or withdraw it. Raises as `ask_of_order` does."""
        order = self._may_change(number, version)
        with leaving_nothing(self._desk):
            command = to_amend(self._desk, order, wanted)
            self._check_all(target.subject for target in command.targets or ())
            return self._ask(number, command, version)

    def _ask(self, number: int, command: OrderCommand, version: int | None) -> Order:
        """Do what is asked of an order."""
        return ask_of_order(self._desk, number, self._desk.actor(self._principal.name), command, version)

    def _may_change(self, number: int, version: int | None) -> Order:
        """Return an order that is to be changed as it was seen. Raises `ForbiddenError`, `StaleError`."""
        self._principal.require_one(Permission.ENTER_ORDERS, Permission.OWN_ORDERS)
        order = self._seen(number)
        self._check_all(order.subjects)
        check_version(order, version)
        return order

    def _check_all(self, subjects: Iterable[Subject]) -> None:
        """Refuse what is about something of another queue. Raises `ForbiddenError`."""
        if others := [one for one in subjects if not self._principal.sees(one)]:
            raise ForbiddenError(f"{self._principal.name} may not do this: {others[0]} is of another queue")

    def _seen(self, number: int) -> Order:
        """Return an order that who asks can see. Raises `MissingError`, alike where there is none."""
        order = self._desk.cases.load_order(number)
        if not self._sees(order):
            raise MissingError(f"there is no order {number}")
        return order

    def _sees(self, order: Order) -> bool:
        """Say whether an order is there for who asks."""
        if not self._principal.may(Permission.READ_ORDERS):
            return order.said.authority == self._principal.name
        return any(map(self._principal.sees, order.subjects))


def _unread(seen: Sighted) -> Sighted:
    """Return what there is of a target without what its posts say."""
    if seen.posts is None:
        return seen
    first = [replace(one, title=None, text="") for one in seen.posts.first]
    return seen._replace(posts=seen.posts._replace(first=first))
