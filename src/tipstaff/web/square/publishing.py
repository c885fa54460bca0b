"""Publishing on pages: what would break a provision is shown before, and stops nobody who knows it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final, NamedTuple

from anyio import to_thread
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from tipstaff.actions.holdings import time_of
from tipstaff.actions.host import Sentence
from tipstaff.hosts.square.authoring import Authoring, OwnAccount, Published, check_draft
from tipstaff.hosts.square.images import LARGEST, MOST
from tipstaff.hosts.square.pages import Draft, RefusedError
from tipstaff.web.forms import Filled, Form
from tipstaff.web.parameters import Asking
from tipstaff.web.square.drafts import (
    BOUNDS,
    DRAFT_BYTES,
    Checked,
    Written,
    look_at,
    show_checked,
    written_in,
)
from tipstaff.web.view import Looking, View

_BYTES: Final = DRAFT_BYTES + MOST * LARGEST
"""The greatest body: the longest draft, and all images that a post may show."""

Account = Annotated[str, QueryParameter(max_length=200)]

Publishing = NamedDependency[Authoring]
"""Publishing on square, for who is logged in."""


class Writing(NamedTuple):
    """What is written, the accounts under which it can be, and what was found in it."""

    accounts: list[OwnAccount]
    written: Written
    checked: Checked | None


class PublishPages(Controller):
    """Publishing."""

    path = "/square/publish"

    @get(sync_to_thread=True, operation_id="showPublish")
    def show(self, view: Looking, authoring: Publishing, account: Account = "") -> Response[str]:
        """Show where a post is written; for an account, where one is named."""
        return _page(view, Writing(authoring.accounts(), Written(account), None))

    @post(operation_id="publishOnPage", request_max_body_size=_BYTES)
    async def publish(
        self, view: Looking, front: Asking, authoring: Publishing, form: Filled
    ) -> Response[str]:
        """Publish what was written, or look at it: by the button. What is found is told before, once more."""
        accounts = await to_thread.run_sync(authoring.accounts)
        written, draft = written_in(form), _draft(form, view.now)
        check_draft(draft)
        checked = await look_at(front, written, view.language)
        writing = Writing(accounts, written, checked)
        if form.text("as") == "check":
            return _checked(view, writing)
        if checked.problems and form.text("anyway") != checked.digest:
            return _warned(view, writing)
        try:
            published = await authoring.publish(written.account, draft)
        except RefusedError as error:
            return _refused(view, writing, error.sentence)
        return view.go(f"/square/posts/{published.post}", _done(published))


def _draft(form: Form, now: int) -> Draft:
    """Return what is to be published."""
    return Draft(
        text=form.text("text"),
        published_at=time_of(now),
        title=form.given("title"),
        url=form.given("url"),
        sponsored=bool(form.text("sponsored")),
        files=form.files("image"),
    )


def _page(
    view: View,
    writing: Writing,
    status: int = HTTPStatus.OK,
    *,
    warned: bool = False,
    refused: Sentence | None = None,
) -> Response[str]:
    """Return the page on which a post is written."""
    return view.show(
        "square/publish.html",
        status,
        **writing._asdict(),
        warned=warned,
        refused=refused,
        bounds=BOUNDS,
        most_images=MOST,
        largest_image=LARGEST // 1_000_000,
    )


def _checked(view: View, writing: Writing) -> Response[str]:
    """Show what was found."""
    if view.in_part and writing.checked:
        return show_checked(view, writing.written, writing.checked)
    return _page(view, writing)


def _warned(view: View, writing: Writing) -> Response[str]:
    """Tell what was found, and ask whether it is to be published in spite of that."""
    if not view.in_part:
        return _page(view, writing, warned=True)
    part = view.show("square/warned.html", written=writing.written, checked=writing.checked)
    part.headers["HX-Retarget"] = "#again"
    return part


def _refused(view: View, writing: Writing, sentence: Sentence) -> Response[str]:
    """Tell by which measure nothing can be published, or no such link."""
    if not view.in_part:
        return _page(view, writing, HTTPStatus.CONFLICT, refused=sentence)
    return view.show("square/refused.html", HTTPStatus.CONFLICT, sentence=sentence)


def _done(published: Published) -> str:
    """Return the word for what has come of it."""
    if not published.looked:
        return "published-unseen"
    return "published-found" if published.found else "published"
