"""Complaints of readers: made in two clicks, and what became of them."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from litestar import Controller, Response, get, post
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.complained import Complained
from tipstaff.actions.desk import Desk
from tipstaff.actions.paging import PATTERN, place_of
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target, target_of
from tipstaff.policy.model import Language
from tipstaff.web.forms import Filled
from tipstaff.web.language import translations
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking
from tipstaff.web.words import LABELS

_PAGE: Final = 20
_PATH: Final = "/square/complaints"

PlaceName = Annotated[str, PathParameter(pattern=PATTERN)]
Following = Annotated[str | None, QueryParameter(name="after", pattern=PATTERN)]


class ShownComplaint(NamedTuple):
    """A complaint, for who made it; `told` is what they heard after appeals, the oldest first."""

    id: str
    about: Target
    at: int
    reason: Reason
    text: str
    outcome: str | None
    answer: str
    answered_at: int | None
    told: list[str]

    @property
    def path(self) -> str | None:
        """Where on square what it is about is seen; None where it is elsewhere."""
        subject = self.about.subject
        if subject.host != "square":
            return None
        if self.about.post:
            return f"/square/posts/{self.about.post}"
        return {"account": f"/square/accounts/{subject.id}", "app": f"/square/apps/{subject.id}"}.get(
            subject.kind
        )


class ComplaintPages(Controller):
    """Complaints."""

    path = _PATH

    @post(sync_to_thread=True, operation_id="complainOnPage")
    def make(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Complain: by the button of a reason. Where nothing was written, its words are what is said."""
        reason = form.one_of("reason", Reason)
        text = form.words("text") or words_of(reason, view.language)
        made = front.complaints.make(target_of(form.text("about")), reason, text)
        return view.go(f"{_PATH}/{made.place}", "complained")

    @get(sync_to_thread=True, operation_id="showComplaints")
    def own(self, view: Looking, front: Asking, after: Following = None) -> Response[str]:
        """Show what one has complained of oneself."""
        found = front.complaints.own(_PAGE, place_of(after) if after else None, last_first=True)
        return view.show(
            "square/complaints.html",
            # they are kept by their cases: on a page, the newest comes first
            complaints=sorted((shown(front.desk, one) for one in found.items), key=lambda one: -one.at),
            next=str(found.items[-1].place) if found.more else None,
        )

    @get("/{place:str}", sync_to_thread=True, operation_id="showComplaint")
    def read(self, view: Looking, front: Asking, place: PlaceName) -> Response[str]:
        """Show a complaint: its receipt, and what became of it."""
        found = front.complaints.read(place_of(place))
        return view.show("square/complaint.html", one=shown(front.desk, found))


def words_of(reason: Reason, language: Language) -> str:
    """Return what a reason is called on pages."""
    return translations(language).gettext(LABELS["reason"][reason])


def shown(desk: Desk, found: Complained) -> ShownComplaint:
    """Return a complaint, for who made it."""
    one = found.complaint
    return ShownComplaint(
        id=str(found.place),
        about=Target(found.case.subject, one.said.post),
        at=one.at,
        reason=one.said.reason,
        text=desk.text(one.said.text),
        outcome=one.answered.outcome if one.answered else None,
        answer=desk.text(one.answered.text) if one.answered else "",
        answered_at=one.answered_at,
        told=[desk.text(text) for text in found.told],
    )
