"""Orders: entered, confirmed, amended and read, by clerks and by the authority that gives them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from tipstaff.actions.access.front import Front
from tipstaff.actions.order_views import OrderLine, OrderView, line_of, view_of
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.api.commands import command
from tipstaff.api.parameters import GREATEST, After, Asking, IfMatch, IfNoneMatch, Most
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import overdue
from tipstaff.server.conditions import ANY, UNSEEN, VERSIONED, etag, has_already, version_asked
from tipstaff.server.problems import ASKING, CHANGING
from tipstaff.server.unchanged import unchanged

Number = Annotated[int, PathParameter(ge=1, le=GREATEST, description="the number of the order")]
AmendmentNumber = Annotated[
    int, PathParameter(ge=1, le=GREATEST, description="the number of an amendment of it")
]


class OrderPage(msgspec.Struct, frozen=True):
    """A page of orders. `next` is what the next page begins after; None on the last."""

    orders: list[OrderLine]
    next: int | None


class OrderController(Controller):
    """Orders."""

    path = "/v1/orders"
    tags = ("orders",)
    opt = {VERSIONED: True}  # noqa: RUF012  as Litestar has it

    @get(sync_to_thread=True, operation_id="listOrders", responses=ASKING)
    def list_orders(
        self,
        front: Asking,
        most: Most = 50,
        after: After = None,
        *,
        waiting: Annotated[
            bool, QueryParameter(description="those alone that wait for a second person")
        ] = False,
        due: Annotated[
            bool, QueryParameter(description="those alone that are neither reported nor over")
        ] = False,
    ) -> OrderPage:
        """List orders, the oldest first: an authority its own."""
        found = front.orders.page(most, after or 0, waiting=waiting, due=due)
        lines = [line_of(front.desk, one) for one in found.items]
        return OrderPage(lines, lines[-1].number if found.more else None)

    @post(sync_to_thread=True, operation_id="enterOrder", responses=CHANGING)
    def enter(self, front: Asking, data: JSONBody[WantedOrder]) -> Response[OrderView]:
        """Enter an order: it is signed with the key of who does, and in force once another confirms it."""
        return _shown(front, front.orders.enter(data))

    @get("/{number:int}", sync_to_thread=True, operation_id="readOrder", responses=ASKING)
    def read(self, front: Asking, number: Number, if_none_match: IfNoneMatch = UNSEEN) -> Response[OrderView]:
        """Read an order in full, or that it is as it was. Its ETag is for `If-Match` and `If-None-Match`."""
        order = front.orders.read(number)
        own = etag(order.version)
        if has_already(if_none_match, own) and not _may_tell_more(front, order):
            return unchanged({"ETag": own})
        return _shown(front, order)

    @command("/{number:int}/confirmation", operation_id="confirmOrder")
    def confirm(self, front: Asking, number: Number, if_match: IfMatch = ANY) -> Response[OrderView]:
        """Confirm an order that another person has entered."""
        return _shown(front, front.orders.confirm(number, 0, version_asked(if_match)))

    @command("/{number:int}/amendments", operation_id="amendOrder")
    def amend(
        self, front: Asking, number: Number, data: JSONBody[WantedAmendment], if_match: IfMatch = ANY
    ) -> Response[OrderView]:
        """Narrow an order, refuse or withdraw it; another person confirms that."""
        return _shown(front, front.orders.amend(number, data, version_asked(if_match)))

    @command("/{number:int}/amendments/{amendment:int}/confirmation", operation_id="confirmAmendment")
    def confirm_amendment(
        self, front: Asking, number: Number, amendment: AmendmentNumber, if_match: IfMatch = ANY
    ) -> Response[OrderView]:
        """Confirm an amendment that another person has signed."""
        return _shown(front, front.orders.confirm(number, amendment, version_asked(if_match)))


def _shown(front: Front, order: Order) -> Response[OrderView]:
    """Return an order in full, with its ETag."""
    view = view_of(front.desk, order, front.orders.cases_of(order))
    return Response(view, headers={"ETag": etag(order.version)})


def _may_tell_more(front: Front, order: Order) -> bool:
    """Say whether an order may be told otherwise than it was at the same version.

    It gets overdue by its time, cases are opened by others, and texts go before it is an event.
    """
    late = overdue(order, front.desk.clock())
    return late or order.erasing is not None or None in front.orders.cases_of(order).values()
