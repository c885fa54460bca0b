"""The accounts and apps that are one's own: what is in force on them and why, answering and appealing."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.params import PathParameter

from tipstaff.actions.access.front import Front
from tipstaff.base.errors import InputError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.measures import NAME
from tipstaff.web.forms import DOCUMENT_BYTES, Filled
from tipstaff.web.parameters import Asking, Digest
from tipstaff.web.square.matters import shown_matter
from tipstaff.web.square.passages import Reader
from tipstaff.web.view import Looking, View

Kind = Annotated[str, PathParameter(pattern="^(account|app)$")]
Name = Annotated[str, PathParameter(max_length=200)]


class MinePages(Controller):
    """What is one's own."""

    path = "/square/mine"

    @get(sync_to_thread=True, operation_id="showOwnAccounts")
    def own(self, view: Looking, front: Asking) -> Response[str]:
        """Show the accounts and apps that are one's own; where it is one alone, that."""
        found = front.accounts.own()
        here = [one for one in found if one.subject.startswith(f"{NAME}/")]
        if len(found) == len(here) == 1:
            return view.go(_path(here[0].subject))
        return view.show("square/own.html", accounts=[(one, _path(one.subject)) for one in here])

    @get("/{kind:str}/{name:str}", sync_to_thread=True, operation_id="showOwnAccount")
    def read(self, view: Looking, front: Asking, kind: Kind, name: Name) -> Response[str]:
        """Show how an account or an app stands, and why."""
        return _show(view, front, Subject(NAME, SubjectKind(kind), name))

    @get("/{kind:str}/{name:str}/images/{digest:str}", sync_to_thread=True, operation_id="showOwnImage")
    def image(self, front: Asking, kind: Kind, name: Name, digest: Digest) -> Response[bytes]:
        """Show an image of a post, as it was."""
        found = front.accounts.image(Subject(NAME, SubjectKind(kind), name), digest)
        return Response(found.content, media_type=found.media_type)

    @post("/{kind:str}/{name:str}/answer", sync_to_thread=True, operation_id="answerHearingOnPage")
    def answer(self, view: Looking, front: Asking, form: Filled, kind: Kind, name: Name) -> Response[str]:
        """Answer what is proposed."""
        subject = Subject(NAME, SubjectKind(kind), name)
        front.accounts.answer(subject, form.text("hearing"), form.said("text"))
        return view.go(_path(str(subject)), "heard")

    @post(
        "/{kind:str}/{name:str}/appeal",
        sync_to_thread=True,
        operation_id="appealOnPage",
        request_max_body_size=DOCUMENT_BYTES,
    )
    def appeal(self, view: Looking, front: Asking, form: Filled, kind: Kind, name: Name) -> Response[str]:
        """Appeal against a decision, with a document if there is one."""
        subject, decision = Subject(NAME, SubjectKind(kind), name), form.number("decision")
        if decision is None:
            raise InputError("decision: say which one the appeal is against")
        front.accounts.appeal(subject, decision, form.said("text"), form.file("attachment"))
        return view.go(_path(str(subject)), "appealed")


def _show(view: View, front: Front, subject: Subject) -> Response[str]:
    """Show how something of one's own stands."""
    found = front.accounts.file(subject)
    reader, shown = Reader(front.accounts.policy, view.language), found.standing
    rulings = {one.number: shown_matter(reader, one, found.decided[one.number]) for one in shown.decisions}
    hearing = (
        shown_matter(reader, shown.hearing, found.proposed) if shown.hearing and found.proposed else None
    )
    return view.show(
        "square/mine.html",
        subject=subject,
        path=_path(str(subject)),
        shown=shown,
        hearing=hearing,
        rulings=rulings,
        ladder=found.next,
    )


def _path(subject: str) -> str:
    """Return where a subject of square is shown to who holds it."""
    return f"/square/mine/{subject.partition('/')[2]}"
