"""Orders as they are shown: by the API and by pages, their texts opened, times in ISO 8601."""

from __future__ import annotations

import msgspec

from tipstaff.actions.desk import Desk
from tipstaff.actions.documents import digest_of
from tipstaff.actions.holdings import time_of
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import overdue
from tipstaff.casework.orders.standing import standing, standing_of


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


def line_of(desk: Desk, order: Order) -> OrderLine:
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


def view_of(desk: Desk, order: Order, cases: dict[str, int | None]) -> OrderView:
    """Return an order in full, with its cases."""
    said = order.said
    return OrderView(
        **msgspec.structs.asdict(line_of(desk, order)),
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
