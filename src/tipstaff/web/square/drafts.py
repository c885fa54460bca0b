"""Drafts on pages: what was found in one, passage by passage; nothing is kept of it."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from litestar import Controller, Response, get, post

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.screening.drafting import draft_of, problems_in
from tipstaff.actions.screening.looking import Looked
from tipstaff.hosts.square.authoring import LONGEST_LINK, LONGEST_TEXT, LONGEST_TITLE
from tipstaff.policy.model import Language
from tipstaff.screening.problems import DraftProblem
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking, View

DRAFT_BYTES: Final = 2 << 20
"""The greatest body of a draft: the longest text, as forms write it."""

BOUNDS: Final = {"title": LONGEST_TITLE, "text": LONGEST_TEXT, "url": LONGEST_LINK}
"""How many characters may be typed into each field."""

_RETARGET: Final = "HX-Retarget"
_PLACE: Final = "#checked"


class Written(NamedTuple):
    """What was written."""

    account: str = ""
    title: str = ""
    text: str = ""
    url: str = ""
    sponsored: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.title or self.text or self.url)


class Checked(NamedTuple):
    """What was found in a draft, the gravest first, and the policies that have looked, in words."""

    problems: list[DraftProblem]
    policies: list[str]

    def spans(self, field: str) -> list[tuple[int, int, str]]:
        """Return where something was found in a field; what a model has weighed is marked more faintly."""
        return [
            (one.start, one.end, "faint" if one.learned else f"s{problem.severity}")
            for problem in self.problems
            for one in problem.passages
            if one.field == field
        ]

    @property
    def digest(self) -> str:
        """What stands for the problems: whoever goes on in spite of these has not done so for others."""
        told = sorted({f"{one.policy} {one.rule}" for one in self.problems})
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


class CheckPages(Controller):
    """Looking at a draft without publishing it."""

    path = "/check"

    @get(sync_to_thread=False, operation_id="showCheck")
    def show(self, view: Looking, front: Asking) -> Response[str]:
        """Show where a draft is written to be looked at."""
        front.require(Permission.CHECK_DRAFT)
        return view.show("square/check.html", written=Written(), checked=None, bounds=BOUNDS)

    @post(operation_id="checkDraftOnPage", request_max_body_size=DRAFT_BYTES)
    async def check(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Show what is found in a draft: in place, as one types, or on a page of its own."""
        written = written_in(form)
        checked = await look_at(front, written, view.language)
        if view.in_part:
            return show_checked(view, written, checked)
        return view.show("square/check.html", written=written, checked=checked, bounds=BOUNDS)


def written_in(form: Form) -> Written:
    """Return what was written in a form."""
    return Written(
        account=form.text("account"),
        title=form.text("title")[:LONGEST_TITLE],
        text=form.text("text"),
        url=form.text("url"),
        sponsored=bool(form.text("sponsored")),
    )


async def look_at(front: Front, written: Written, language: Language) -> Checked:
    """Return what is found in what was written. Raises as `Front.check` does."""
    draft = draft_of(written.text, written.title or None, written.url or None, sponsored=written.sponsored)
    looked = await front.check(draft)
    return Checked(problems_in(looked, language), policies_in(looked, language))


def policies_in(looked: Looked, language: Language) -> list[str]:
    """Return the policies that have looked at something, each with its version."""
    return [f"{one.title.in_language(language)} {one.version}" for one in looked.policies]


def show_checked(view: View, written: Written, checked: Checked) -> Response[str]:
    """Show what was found where its place is on a page that is there already."""
    part = view.show("square/found.html", written=written, checked=checked)
    part.headers[_RETARGET] = _PLACE
    return part
