"""Complaints: made, listed and read by those who made them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody
from msgspec import Meta

from tipstaff.actions.complained import Complained
from tipstaff.actions.desk import Desk
from tipstaff.actions.holdings import time_of
from tipstaff.actions.paging import place_of
from tipstaff.api.parameters import AfterPlace, Asking, Most, PlacePath, Said, TargetName
from tipstaff.casework.events import Reason
from tipstaff.casework.words import target_of
from tipstaff.server.problems import ASKING, CHANGING


class NewComplaint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is complained of: an account, an app, a site, or a post; why; and in one's own words."""

    about: TargetName
    reason: Annotated[Reason, Meta(examples=["fraud"])]
    text: Said


class OwnComplaint(msgspec.Struct, frozen=True):
    """A complaint, for who made it: what came of it, and what they were `told` after an appeal."""

    id: str
    about: str
    at: str
    reason: str
    text: str
    outcome: str | None
    answer: str | None
    told: list[str]


class OwnComplaints(msgspec.Struct, frozen=True):
    """A page of complaints. `next` is what the next page begins after; None on the last."""

    complaints: list[OwnComplaint]
    next: str | None


class ComplaintController(Controller):
    """Complaints."""

    path = "/v1/complaints"
    tags = ("complaints",)

    @post(sync_to_thread=True, operation_id="makeComplaint", responses=CHANGING)
    def make(self, front: Asking, data: JSONBody[NewComplaint]) -> OwnComplaint:
        """Complain. What comes back is the receipt: under its `id` it is told what came of it."""
        made = front.complaints.make(target_of(data.about), data.reason, data.text)
        return view_of(front.desk, made)

    @get(sync_to_thread=True, operation_id="listComplaints", responses=ASKING)
    def list_own(self, front: Asking, most: Most = 50, after: AfterPlace = None) -> OwnComplaints:
        """List what one has complained of oneself."""
        found = front.complaints.own(most, place_of(after) if after else None)
        last = str(found.items[-1].place) if found.more else None
        return OwnComplaints([view_of(front.desk, one) for one in found.items], last)

    @get("/{place:str}", sync_to_thread=True, operation_id="readComplaint", responses=ASKING)
    def read(self, front: Asking, place: PlacePath) -> OwnComplaint:
        """Read a complaint, and what came of it; that of somebody else is not there."""
        return view_of(front.desk, front.complaints.read(place_of(place)))


def view_of(desk: Desk, found: Complained) -> OwnComplaint:
    """Return a complaint, for who made it."""
    one = found.complaint
    return OwnComplaint(
        id=str(found.place),
        about=str(found.case.subject) if one.said.post is None else f"{found.case.subject}/{one.said.post}",
        at=time_of(one.at),
        reason=one.said.reason.value,
        text=desk.text(one.said.text),
        outcome=one.answered.outcome.value if one.answered else None,
        answer=desk.text(one.answered.text) if one.answered else None,
        told=[desk.text(text) for text in found.told],
    )
