"""Orders in a few words: what somebody wants entered or changed, with its texts kept."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from tipstaff.actions.correcting import reference_in_place_of
from tipstaff.actions.desk import Desk
from tipstaff.actions.texts import order_key
from tipstaff.casework.orders.commands import Amend, EnterOrder
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import TARGET_PATTERN, target_of

_Name = Annotated[str, Meta(min_length=1, max_length=200)]
_Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
_Target = Annotated[
    str,
    Meta(
        max_length=600,
        examples=["square/account/moonharbor/p2"],
        extra_json_schema={"extra": {"pattern": TARGET_PATTERN}},  # who errs is told in words
    ),
]
Document = Annotated[
    str, Meta(pattern="^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", examples=["JVBERi0="])
]
"""A document, in Base64."""
_Time = Annotated[
    datetime, Meta(tz=True, description="with its offset", examples=["2099-01-01T00:00:00+08:00"])
]


class WantedOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order that has come in. `attachment` is the document, in Base64.

    `corrects` is the number of one that was entered wrongly: this one takes its place, and it is withdrawn.
    """

    authority: Annotated[_Name, Meta(description="who has given it", examples=["bureau"])]
    reference: Annotated[_Name, Meta(description="its own reference: it comes in once", examples=["2026/41"])]
    basis: Annotated[_Name, Meta(description="the law that it rests on", examples=["im-2014"])]
    scope: Scope
    targets: Annotated[tuple[_Target, ...], Meta(min_length=1, max_length=1000)]
    territory: Annotated[_Name, Meta(description="where it holds", examples=["CN"])]
    deadline: _Time
    text: Annotated[_Text, Meta(description="what it says", examples=["关闭该帐号。"])]
    attachment: Document | None = None
    corrects: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None


class WantedAmendment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to become of an order, and why; what is not said stays as it is."""

    change: Change
    reasons: Annotated[_Text, Meta(examples=["超出法律依据"])]
    targets: Annotated[tuple[_Target, ...], Meta(min_length=1, max_length=1000)] | None = None
    territory: _Name | None = None
    deadline: _Time | None = None


def document_of(written: str | None) -> bytes | None:
    """Return a document that came in Base64, if one did."""
    return None if written is None else b64decode(written)


def to_enter(desk: Desk, wanted: WantedOrder) -> EnterOrder:
    """Return the command, with what the order says kept. Raises `CaseError`, `InputError`."""
    targets = tuple(map(target_of, wanted.targets))
    reference = wanted.reference
    if wanted.corrects is not None:
        reference = reference_in_place_of(desk, wanted.corrects, wanted.authority, reference)
    whose = order_key(wanted.authority, reference)
    document = document_of(wanted.attachment)
    return EnterOrder(
        authority=wanted.authority,
        reference=reference,
        basis=wanted.basis,
        scope=wanted.scope,
        targets=targets,
        territory=wanted.territory,
        deadline=int(wanted.deadline.timestamp()),
        text=desk.say(whose, "order", "text", wanted.text),
        attachment=None if document is None else desk.keep(whose, "order", "attachment", document),
        corrects=wanted.corrects,
    )


def to_amend(desk: Desk, order: Order, wanted: WantedAmendment) -> Amend:
    """Return the command, with the reasons kept. Raises `CaseError`, `InputError`."""
    targets = None if wanted.targets is None else tuple(map(target_of, wanted.targets))
    deadline = None if wanted.deadline is None else int(wanted.deadline.timestamp())
    whose = order_key(order.said.authority, order.said.reference)
    reasons = desk.say(whose, "amendment", "reasons", wanted.reasons)
    return Amend(wanted.change, reasons, targets, wanted.territory, deadline)
