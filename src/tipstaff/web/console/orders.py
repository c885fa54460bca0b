"""Orders on pages: listed, read, entered, confirmed and amended, by clerks and by the authority itself."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, NamedTuple

from litestar import Controller, Response, get, post
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.order_views import OrderLine, line_of, view_of
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.base.errors import InputError
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.report import attention
from tipstaff.casework.words import target_of
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import GREATEST, After, Asking, Number
from tipstaff.web.view import Looking, View

_PAGE: Final = 50
_SOONEST: Final = 200
_SHOWN: Final = 100
"""Targets that are looked at before an order is entered, and those of which a page shows what is left."""

_NAMES: Final = ("authority", "reference", "basis", "territory", "text")
_FIELDS: Final = (*_NAMES, "scope", "targets", "deadline", "offset", "corrects")
"""What an order is entered with, by the names of the fields; a document comes beside."""

OFFSETS: Final = (
    "-12:00", "-11:00", "-10:00", "-09:30", "-09:00", "-08:00", "-07:00", "-06:00", "-05:00", "-04:00",
    "-03:30", "-03:00", "-02:00", "-01:00", "+00:00", "+01:00", "+02:00", "+03:00", "+03:30", "+04:00",
    "+04:30", "+05:00", "+05:30", "+05:45", "+06:00", "+06:30", "+07:00", "+08:00", "+08:45", "+09:00",
    "+09:30", "+10:00", "+10:30", "+11:00", "+12:00", "+12:45", "+13:00", "+14:00",
)  # fmt: skip
"""How far from UTC clocks are set somewhere."""

Show = Annotated[str, QueryParameter(pattern="^(due|waiting|all)$")]
"""Which orders: those of which something is still to come, those that wait for a second person, or all."""

Corrects = Annotated[int | None, QueryParameter(ge=1, le=GREATEST)]
AmendmentNumber = Annotated[int, PathParameter(ge=0, le=GREATEST)]


class Row(NamedTuple):
    """An order in a list; it is `due` while something is still to come of it."""

    line: OrderLine
    due: bool


class Piece(NamedTuple):
    """A part of how an order stands: the words, with `N` for a number, and that number."""

    words: str
    number: str


def pieces(standing: str) -> list[Piece]:
    """Return the parts of how an order or an amendment stands: each has words in every language."""
    parts = re.split(r"[;,] ", standing)
    return [Piece(re.sub(r"\d+", "N", one), "".join(re.findall(r"\d+", one))) for one in parts]


class OrderPages(Controller):
    """Orders."""

    path = "/console/orders"

    @get(sync_to_thread=True, operation_id="showOrders")
    def index(self, view: Looking, front: Asking, show: Show = "due", after: After = None) -> Response[str]:
        """Show orders: those that are due by their deadlines, all others by their numbers."""
        if show == "due":
            found = front.orders.soonest(_SOONEST)
        else:
            found = front.orders.page(_PAGE, after or 0, waiting=show == "waiting", due=False)
        rows = [Row(line_of(front.desk, one), attention(one) is not None) for one in found.items]
        last = found.items[-1].number if found.more and show != "due" else None
        more = found.more and show == "due"
        return view.show("console/orders.html", rows=rows, next=last, more=more, show=show, pieces=pieces)

    @get("/new", sync_to_thread=True, operation_id="showNewOrder")
    def new(self, view: Looking, front: Asking, corrects: Corrects = None) -> Response[str]:
        """Show the form in which an order is entered; one that was entered wrongly fills it in."""
        front.orders.require_entering()
        filled = dict.fromkeys(_FIELDS, "")
        if corrects is not None:
            filled |= _filled_as(front, front.orders.read(corrects))
        return _form(view, filled, None)

    @post("/preview", sync_to_thread=True, operation_id="previewOrderOnPage")
    def preview(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Show what there is of the targets on their hosts, and keep the form filled in."""
        written = form.lines("targets")
        seen = front.orders.sight([target_of(one) for one in written[:_SHOWN]])
        if view.in_part:
            return view.show("console/sighted.html", seen=seen, count=len(written))
        return _form(view, {name: form.text(name) for name in _FIELDS}, seen)

    @post("/new", sync_to_thread=True, operation_id="enterOrderOnPage")
    def enter(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Enter an order: it is signed with the key of who does, and in force once another confirms it."""
        order = front.orders.enter(_wanted(view, form))
        return view.go(_path(order.number), "entered")

    @get("/{number:int}", sync_to_thread=True, operation_id="showOrder")
    def read(self, view: Looking, front: Asking, number: Number) -> Response[str]:
        """Show an order in full: what it says, what became of it, and what is left to be done."""
        order = front.orders.read(number)
        shown = view_of(front.desk, order, front.orders.cases_of(order))
        left = front.orders.to_do(order)
        return view.show(
            "console/order.html",
            order=shown,
            due=attention(order) is not None,
            confirmed=order.confirmed,
            ended=order.ended is not None,
            statement=(order.entry.hex(), order.logged.get(order.entry)),
            left=left[:_SHOWN],
            further=max(0, len(left) - _SHOWN),
            changes=tuple(Change),
            offsets=OFFSETS,
            pieces=pieces,
        )

    @get("/{number:int}/document", sync_to_thread=True, operation_id="saveOrderDocument")
    def document(self, front: Asking, number: Number) -> Response[bytes]:
        """Give the document that came with an order out, to be saved: it comes from outside."""
        headers = {"Content-Disposition": f'attachment; filename="order-{number}"'}
        return Response(front.orders.document(number), media_type="application/octet-stream", headers=headers)

    @post(
        "/{number:int}/confirmations/{amendment:int}",
        sync_to_thread=True,
        operation_id="confirmOrderOnPage",
    )
    def confirm(
        self, view: Looking, front: Asking, form: Filled, number: Number, amendment: AmendmentNumber
    ) -> Response[str]:
        """Confirm an amendment that another person has signed, or the order itself: amendment 0."""
        front.orders.confirm(number, amendment, form.number("version"))
        return view.go(_path(number), "confirmed")

    @post("/{number:int}/amendments", sync_to_thread=True, operation_id="amendOrderOnPage")
    def amend(self, view: Looking, front: Asking, form: Filled, number: Number) -> Response[str]:
        """Narrow an order, refuse or withdraw it; another person confirms that."""
        fields = {
            "change": form.one_of("change", Change),
            "reasons": _written(form, "reasons"),
            "targets": form.lines("targets") or None,
            "territory": form.given("territory"),
            "deadline": _deadline(form),
        }
        wanted = form.read(WantedAmendment, fields)
        front.orders.amend(number, wanted, form.number("version"))
        return view.go(_path(number), "amended")


def _path(number: int) -> str:
    """Return where an order is."""
    return f"/console/orders/{number}"


def _form(view: View, filled: Mapping[str, str], seen: Sequence[object] | None) -> Response[str]:
    """Return the form in which an order is entered, as it is filled in."""
    return view.show(
        "console/order_new.html",
        filled=filled,
        scopes=tuple(Scope),
        offsets=OFFSETS,
        seen=seen,
        count=len(seen or ()),
    )


def _filled_as(front: Front, order: Order) -> dict[str, str]:
    """Return the fields of an order that was entered wrongly, to be mended."""
    shown = view_of(front.desk, order, {})
    return {
        "authority": shown.authority,
        "reference": shown.reference,
        "basis": shown.basis,
        "territory": shown.territory,
        "text": shown.text,
        "scope": shown.scope,
        "targets": "\n".join(map(str, order.said.targets)),
        "deadline": shown.deadline[:16],
        "offset": "+00:00",
        "corrects": str(shown.number),
    }


def _wanted(view: View, form: Form) -> WantedOrder:
    """Return the order as it was filled in. Raises `InputError`, which says what is missing."""
    own = not view.may(Permission.ENTER_ORDERS)
    document = form.file("document")
    fields = {name: _written(form, name) for name in _NAMES if not (own and name == "authority")}
    deadline = _deadline(form)
    if deadline is None:
        raise InputError("deadline: say when it is to be carried out")
    wanted: Mapping[str, object] = {
        **fields,
        **({"authority": view.name} if own else {}),
        "scope": form.one_of("scope", Scope),
        "targets": form.lines("targets"),
        "deadline": deadline,
        "attachment": None if document is None else b64encode(document).decode(),
        "corrects": form.number("corrects"),
    }
    if not wanted["targets"]:
        raise InputError("targets: name what it is about, one in each line")
    return form.read(WantedOrder, wanted)


def _written(form: Form, name: str) -> str:
    """Return what was written in a field. Raises `InputError` where nothing was."""
    if written := form.text(name):
        return written
    raise InputError(f"{name}: write something")


def _deadline(form: Form) -> datetime | None:
    """Return the deadline that was chosen, with its offset; None where none was. Raises `InputError`."""
    written, offset = form.text("deadline"), form.text("offset")
    if not written:
        return None
    if offset not in OFFSETS:
        raise InputError("offset: choose how far from UTC the clock of the deadline is set")
    try:
        return datetime.fromisoformat(f"{written}{offset}")
    except ValueError as error:
        raise InputError(f"deadline: {written[:40]!r} is no time: write it like 2026-12-31T18:00") from error
