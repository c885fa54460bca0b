"""Policies on pages: how versions stand, what each says, what came of its rules, and what another changes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from anyio import to_thread
from litestar import Controller, Response, get, post
from litestar.params import PathParameter

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.policies import State, Stated
from tipstaff.base.errors import MissingError
from tipstaff.screening.posts import Post
from tipstaff.web.console.comparing import read_totals
from tipstaff.web.console.policyfile import shown_policy, shown_versions, tried
from tipstaff.web.forms import Filled
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking

_MOST: Final = 200
"""Posts that are compared for one answer."""

_LONGEST: Final = 20_000
"""Characters of a text that is tried."""

Name = Annotated[str, PathParameter(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Version = Annotated[str, PathParameter(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$")]


class Turn(StrEnum):
    """What is done with a version: each has its button."""

    SHADOW = "shadow"
    ADOPT = "adopt"
    RETIRE = "retire"


class PolicyPages(Controller):
    """Policies."""

    path = "/console/policies"

    @get(sync_to_thread=True, operation_id="showPolicies")
    def show(self, view: Looking, front: Asking) -> Response[str]:
        """Show all versions that were ever stated, by policy."""
        return view.show("console/policies.html", policies=shown_versions(front, view.language))

    @get("/{name:str}/{version:str}", sync_to_thread=True, operation_id="showPolicy")
    def read(self, view: Looking, front: Asking, name: Name, version: Version) -> Response[str]:
        """Show a version in full, with what came of its rules."""
        stated = _stated(front, name, version)
        counts = view.may(Permission.READ_CASES)
        hits = front.counts.hits(f"{name}@{version}") if counts else None
        shown = shown_policy(front.policy(stated.reference), view.language, hits)
        versions = [one for one in front.policies() if one.name == name]
        return view.show(
            "console/policy.html",
            stated=stated,
            placed=front.placed(stated),
            in_force=next((one for one in versions if one.state is State.IN_FORCE), None),
            shown=shown,
            State=State,
            counts=counts,
        )

    @post("/{name:str}/{version:str}", sync_to_thread=True, operation_id="turnPolicyOnPage")
    def turn(self, view: Looking, front: Asking, form: Filled, name: Name, version: Version) -> Response[str]:
        """Put a version in shadow or in force, or retire it: by the button."""
        reference = _stated(front, name, version).reference
        way = form.one_of("as", Turn)
        match way:
            case Turn.SHADOW:
                front.owning.shadow(reference)
            case Turn.ADOPT:
                front.owning.adopt(reference)
            case Turn.RETIRE:
                front.owning.retire(reference)
        return view.go(f"/console/policies/{name}/{version}", f"policy-{way}")

    @get("/{name:str}/{version:str}/comparison", sync_to_thread=True, operation_id="showComparison")
    def comparison(self, view: Looking, front: Asking, name: Name, version: Version) -> Response[str]:
        """Show where a version in shadow can be compared with the one in force; nothing is run yet."""
        front.require(Permission.MANAGE_POLICIES)
        stated = _stated(front, name, version)
        return view.show("console/comparison.html", stated=stated, most=_MOST, page=None)

    @post("/{name:str}/{version:str}/comparison", sync_to_thread=True, operation_id="comparePolicyOnPage")
    def compare(
        self, view: Looking, front: Asking, form: Filled, name: Name, version: Version
    ) -> Response[str]:
        """Compare some more posts; what those before came to is in the form."""
        stated = _stated(front, name, version)
        before = read_totals(form.text("totals"))
        compared = front.owning.compare(stated.reference, _MOST, form.given("after"))
        page = before.with_page(compared, view.language)
        template = "console/compared.html" if view.in_part else "console/comparison.html"
        return view.show(template, stated=stated, most=_MOST, page=page)

    @get("/trial", sync_to_thread=True, operation_id="showTrial")
    def trial(self, view: Looking, front: Asking) -> Response[str]:
        """Show where a text can be tried."""
        front.require(Permission.CHECK_DRAFT)
        return view.show("console/trial.html", text="", tried=[])

    @post("/trial", operation_id="tryTextOnPage")
    async def try_text(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Tell what is found on a text, to owners in shadow as well. Nothing is kept of it."""
        text = form.text("text")[:_LONGEST]
        draft = Post(id="draft", account="draft", text=text)
        looked = [await front.check(draft)]
        if view.may(Permission.MANAGE_POLICIES):
            looked += await to_thread.run_sync(front.owning.look, draft)
        template = "console/tried.html" if view.in_part else "console/trial.html"
        return view.show(template, text=text, tried=[tried(text, one, view.language) for one in looked])


def _stated(front: Front, name: str, version: str) -> Stated:
    """Return the last statement about a version. Raises `ForbiddenError`, `MissingError`."""
    known = (one for one in front.policies() if one.name == name)
    found = next((one for one in known if one.version == f"{name} {version}"), None)
    if found is None:
        raise MissingError(f"no version {version} of {name} was ever stated here")
    return found
