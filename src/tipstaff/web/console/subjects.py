"""Accounts, apps and sites on pages: found by name, and looked at in full."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.subjects import MOST
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking
from tipstaff.web.words import LABELS

_LONGEST: Final = 200
_POSTS: Final = 20
"""Posts that are shown; what is said of all is said of those that were read."""

Sought = Annotated[str, QueryParameter(max_length=600)]
HostName = Annotated[str, PathParameter(max_length=_LONGEST)]
KindName = Annotated[str, PathParameter(pattern="^(account|app|site)$")]
Name = Annotated[str, PathParameter(max_length=_LONGEST)]


class SubjectFilePages(Controller):
    """Accounts, apps and sites."""

    path = "/console/subjects"

    @get(sync_to_thread=True, operation_id="findSubjects")
    def find(self, view: Looking, front: Asking, name: Sought = "") -> Response[str]:
        """Show what is called so, or where to look for it; what is alone there is gone to."""
        sought = name.strip()
        found = front.subjects.find(sought)
        if sought and len(found.subjects) == 1 and str(found.subjects[0].subject) == sought:
            return view.go(f"/console/subjects/{quote(sought)}")
        return view.show("console/subjects.html", sought=sought, found=found, most=MOST)

    @get("/{host:str}/{kind:str}/{name:str}", sync_to_thread=True, operation_id="showSubject")
    def read(self, view: Looking, front: Asking, host: HostName, kind: KindName, name: Name) -> Response[str]:
        """Show an account, an app or a site: what its host has of it, and what was done about it."""
        subject = Subject(host, SubjectKind(kind), name)
        seen = front.subjects.read(subject)
        return view.show(
            "console/subject.html", subject=subject, seen=seen, most=_POSTS, profile_names=LABELS["profile"]
        )
