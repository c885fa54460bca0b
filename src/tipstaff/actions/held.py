"""What is proposed and decided about an account or an app, with what each rests on, for whom it is about.

Never who complained, nor in what words; and of decisions those alone that are on the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import as_it_was, chosen_of, image_of, opened_item
from tipstaff.actions.host import Image
from tipstaff.actions.policies import State, Stated, versions
from tipstaff.actions.standing import Standing, live_strikes, standing_of
from tipstaff.actions.views import PostView, finding_of
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case, Decision, Proposal
from tipstaff.casework.events import Found
from tipstaff.casework.strikes import rungs_reached
from tipstaff.casework.words import Subject, SubjectKind

if TYPE_CHECKING:
    from tipstaff.policy.model import Rung

MOST: Final = 20
"""Posts that are shown of what something rests on: an order may name thousands."""


class Rests(NamedTuple):
    """What something rests on: a version of a policy if it was under one, and posts as they were.

    There are `more` of these.
    """

    policy: str | None
    posts: list[PostView]
    more: int


class Held(NamedTuple):
    """How something stands that one holds; what is proposed and each decision rest on, by its number.

    `next` are the rungs that the ladder has for the next decision. What is neither in force nor can be
    objected to any more comes without the posts.
    """

    standing: Standing
    proposed: Rests | None
    decided: Mapping[int, Rests]
    next: Sequence[Rung]


def held(desk: Desk, subject: Subject) -> Held:
    """Return how something stands that one holds. Raises `HostError`, `InputError`."""
    shown, case = standing_of(desk, subject), desk.cases.find(subject)
    if case is None:
        return Held(shown, None, {}, ())
    lives = {one.decision for one in shown.in_force} | {
        one.number for one in shown.decisions if one.appeal_until or (one.appeal and not one.appeal.result)
    }
    stated = desk.policies.stated()
    return Held(
        shown,
        rests_on(desk, case, case.proposal, stated) if case.proposal else None,
        {
            one.said.number: rests_on(desk, case, one, stated)
            if one.said.number in lives
            else Rests(policy_of(desk, one, stated), [], 0)
            for one in case.decisions
            if one.entry in case.logged
        },
        _next(desk, case, len(shown.strikes)),
    )


def rests_on(desk: Desk, case: Case, about: Proposal | Decision, stated: Sequence[Stated]) -> Rests:
    """Return what a proposal or a decision rests on; `stated` is how policies stand."""
    found = _found(desk, case, about)
    if isinstance(about, Proposal):
        policy = found[-1].policy if found else None
    else:
        policy = policy_of(desk, about, stated)
    named = _named(about, found)
    shown = [_post(desk, case, post, [one for one in found if one.post == post]) for post in named[:MOST]]
    return Rests(policy, shown, len(named) - len(shown))


def told_about(case: Case) -> list[Proposal | Decision]:
    """Return what is proposed in a case, and those of its decisions that are on the ledger."""
    decided = [one for one in case.decisions if one.entry in case.logged]
    return [case.proposal, *decided] if case.proposal else [*decided]


def image_told(desk: Desk, case: Case, about: Sequence[Proposal | Decision], name: str) -> Image:
    """Return an image of the posts that something rests on. Raises `MissingError`.

    That another post is in the case, before anything was said of it, nobody outside is told.
    """
    posts = [post for one in about for post in _named(one, _found(desk, case, one))]
    try:
        return image_of(desk, case, name, dict.fromkeys(posts))
    except MissingError as error:
        raise MissingError(f"there is no image {name}") from error


def _found(desk: Desk, case: Case, about: Proposal | Decision) -> list[Found]:
    """Return the findings that something rests on."""
    if isinstance(about, Proposal):
        return [one for one in case.found if one.provision == about.said.provision]
    return chosen_of(desk, case, about.said.evidence)


def _named(about: Proposal | Decision, found: Sequence[Found]) -> list[str]:
    """Return the posts that something rests on, those first in which it was found."""
    others = () if isinstance(about, Proposal) else about.said.posts
    return list(dict.fromkeys((*(one.post for one in found), *others)))


def policy_of(desk: Desk, decision: Decision, stated: Sequence[Stated]) -> str | None:
    """Return the version of a policy that a decision is under.

    One that carries out an order alone is under none: then one in force that has its provision, to tell what
    that says; None where none has.
    """
    if decision.said.policy is not None:
        return next((one.reference for one in stated if one.entry == decision.said.policy), None)
    standing = (one.reference for one in versions(stated) if one.state is State.IN_FORCE)
    return next((one for one in standing if decision.said.provision in desk.provisions(one)), None)


def _post(desk: Desk, case: Case, post: str, found: Sequence[Found]) -> PostView:
    """Return a post as it was when that was found which is held against it."""
    item = opened_item(desk, found[0].snapshot) if found else as_it_was(desk, case, post)
    title, text = (item.title, item.text) if item else (None, None)
    return PostView(post, title, text, item.shown if item else (), [finding_of(desk, one) for one in found])


def _next(desk: Desk, case: Case, counted: int) -> Sequence[Rung]:
    """Return the rungs that the ladder has after so many strikes; it is for accounts alone."""
    if case.subject.kind is not SubjectKind.ACCOUNT:
        return ()
    return rungs_reached(live_strikes(desk, case).ladder, counted + 1)
