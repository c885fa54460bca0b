"""Orders: entered, confirmed, amended and read, by clerks and by the authority that gives them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from tipstaff.actions.access.front import Front
from tipstaff.actions.desk import Desk
from tipstaff.actions.documents import digest_of
from tipstaff.actions.holdings import time_of
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.api.commands import command
from tipstaff.api.parameters import GREATEST, After, Asking, IfMatch, IfNoneMatch, Most
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import overdue
from tipstaff.casework.orders.standing import standing, standing_of
from tipstaff.server.conditions import ANY, UNSEEN, VERSIONED, etag, has_already, version_asked
from tipstaff.server.problems import ASKING, CHANGING
from tipstaff.server.unchanged import unchanged

Number = Annotated[int, PathParameter(ge=1, le=GREATEST, description="the number of the order")]
AmendmentNumber = Annotated[
    int, PathParameter(ge=1, le=GREATEST, description="the number of an amendment of it")
]


class OrderLine(msgspec.Struct, frozen=True):
    """An order in one line. `targets` are what is left of it; `waits`, that something in it needs another."""

    number: int
    authority: str
    reference: str
    scope: str
    targets: list[str]
    territory: str
    deadline: str
    standing: str
    waits: bool
    overdue: bool


class AmendmentView(msgspec.Struct, frozen=True):
    """An amendment: what it leaves, and how it stands."""

    number: int
    by: str
    change: str
    reasons: str
    targets: list[str]
    territory: str
    deadline: str
    standing: str
    confirmed_by: list[str]


class ReportView(msgspec.Struct, frozen=True):
    """What the authority was told, and when."""

    at: str
    text: str


class OrderView(OrderLine, frozen=True):
    """An order in full, as it stands at a version. `attachment` is the SHA-256 of the document.

    `cases` are those of what it was about at first, by their subjects: None where there is none yet, or none
    in a queue of who asks.
    `corrects` is the number of an order that was entered wrongly, and in whose place this one was entered;
    `corrected_by`, of the one in place of this.
    `reports` are what the authority was told: once it was carried out, and of what came after that.
    """

    version: int
    basis: str
    text: str
    attachment: str | None
    entered_by: str
    entered_at: str
    confirmed_by: list[str]
    amendments: list[AmendmentView]
    cases: dict[str, int | None]
    reports: list[ReportView]
    refusals: list[str]
    corrects: int | None
    corrected_by: int | None


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
        lines = [_line(front.desk, one) for one in found.items]
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
    view = _view(front.desk, order, front.orders.cases_of(order))
    return Response(view, headers={"ETag": etag(order.version)})


def _may_tell_more(front: Front, order: Order) -> bool:
    """Say whether an order may be told otherwise than it was at the same version.

    It gets overdue by its time, cases are opened by others, and texts go before it is an event.
    """
    late = overdue(order, front.desk.clock())
    return late or order.erasing is not None or None in front.orders.cases_of(order).values()


def _line(desk: Desk, order: Order) -> OrderLine:
    """Return an order in one line."""
    late = overdue(order, desk.clock())
    return OrderLine(
        order.number,
        order.said.authority,
        order.said.reference,
        order.said.scope.value,
        list(map(str, order.terms.targets)),
        order.terms.territory,
        time_of(order.terms.deadline),
        standing(order, overdue=late),
        order.waits,
        late,
    )


def _view(desk: Desk, order: Order, cases: dict[str, int | None]) -> OrderView:
    """Return an order in full, with its cases."""
    said = order.said
    return OrderView(
        **msgspec.structs.asdict(_line(desk, order)),
        version=order.version,
        basis=said.basis,
        text=desk.text(said.text),
        attachment=digest_of(desk, said.attachment),
        entered_by=order.by,
        entered_at=time_of(order.entered_at),
        confirmed_by=[one.by for one in order.confirmations],
        amendments=[
            AmendmentView(
                one.said.number,
                one.by,
                one.said.change.value,
                desk.text(one.said.reasons),
                list(map(str, one.said.targets)),
                one.said.territory,
                time_of(one.said.deadline),
                standing_of(order, one),
                [each.by for each in one.confirmations],
            )
            for one in order.amendments
        ],
        cases=cases,
        reports=[ReportView(time_of(one.at), desk.text(one.text)) for one in order.reports],
        refusals=list(order.refused.values()),
        corrects=said.corrects,
        corrected_by=order.corrected_by,
    )
