"""The file of a case: all that lies before who decides it, read once, whatever there is of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import opened_item
from tipstaff.actions.grounds import grounds
from tipstaff.actions.host import HostError
from tipstaff.actions.policies import State, versions
from tipstaff.actions.preview import Reach, preview
from tipstaff.actions.standing import InForce, in_force_of, live_strikes
from tipstaff.actions.views import CaseView, view_of
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Asked
from tipstaff.casework.decide import appealable
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.due import deadline
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Result
from tipstaff.casework.outline import Outline
from tipstaff.casework.strikes import Strike, next_measures
from tipstaff.casework.templates import reasons
from tipstaff.casework.words import MeasureKind, Planned, Subject, SubjectKind
from tipstaff.policy.model import Language

# Finders are imported where they are called, as by `casework.traces`.

ABLE: Final[Mapping[SubjectKind, tuple[MeasureKind, ...]]] = {
    SubjectKind.ACCOUNT: (
        MeasureKind.WARN,
        MeasureKind.BLOCK_CONTENT,
        MeasureKind.RESTRICT_POSTING,
        MeasureKind.SUSPEND_UPDATES,
        MeasureKind.CLOSE_ACCOUNT,
    ),
    SubjectKind.APP: (MeasureKind.WARN, MeasureKind.SUSPEND_APP),
    SubjectKind.SITE: (MeasureKind.BLOCK_LINKS,),
}
"""The measures that a person may take on each kind of subject, the milder ones first."""

_SITES: Final = 8
"""Outside sites that are looked up at the most."""


class Beside(NamedTuple):
    """An app or a site that posts of a subject came through or lead to, and the case about it, if any."""

    subject: Subject
    line: Outline | None


class Ahead(NamedTuple):
    """What a decision would hit and what is next; no `reach` where the host is away or has it no more."""

    reach: Reach | None
    strikes: Sequence[Strike]
    next: Sequence[Asked]


class CaseFile(NamedTuple):
    """A case, as `view` shows it with some of its posts, and what lies beside it.

    `posts` are all of its items, the gravest first. `able` are the measures that can be decided on, `second`
    those of them that a second person confirms where they are on the whole subject. `templates` are reasons
    to begin with, `appealable` the numbers of the decisions that can be objected to, `varied` of those in
    whose place another is to be taken. `policies` are the versions in force, `provision` is what a decision
    rests on that names none. `deadline` is that of the first order of which something is left to be done.
    """

    case: Case
    view: CaseView
    posts: tuple[str, ...]
    ahead: Ahead
    profile: Mapping[str, str]
    profile_then: Mapping[str, str]
    in_force: tuple[InForce, ...]
    beside: tuple[Beside, ...]
    able: tuple[MeasureKind, ...]
    second: frozenset[MeasureKind]
    templates: Mapping[Language, str]
    appealable: frozenset[int]
    varied: tuple[int, ...]
    policies: tuple[str, ...]
    provision: str | None
    deadline: int | None


def read_file(desk: Desk, case: Case, first: int) -> CaseFile:
    """Return the file of a case, with so many of its posts."""
    posts = by_gravity(case)
    profile = _profile(desk, case.subject)
    kept = opened_item(desk, case.found[-1].snapshot) if case.found else None
    view = view_of(desk, case, posts[:first])
    there = case.subject.host in desk.hosts  # or its cases are read still, and what is in force is
    abilities = desk.host(case.subject).abilities if there else ()
    able = tuple(kind for kind in ABLE[case.subject.kind] if kind in abilities)
    reach, provision = _reach(desk, case.subject), _provision(desk, case)
    texts = [text for post in view.posts for text in (post.title, post.text) if text]
    return CaseFile(
        case=case,
        view=view,
        posts=posts,
        ahead=_ahead(desk, case, reach),
        profile=profile,
        profile_then=kept.profile if kept else {},
        in_force=tuple(in_force_of(case, one) for one in case.in_force),
        beside=tuple(_beside(desk, case.subject, reach.apps if reach else (), texts)),
        able=able,
        second=frozenset(kind for kind in able if _confirmed(desk, kind)),
        templates={} if provision is None else _templates(case, provision),
        appealable=frozenset(_appealable(desk, case)),
        varied=tuple(_varied(case)),
        policies=tuple(
            one.reference for one in versions(desk.policies.stated()) if one.state is State.IN_FORCE
        ),
        provision=provision,
        deadline=deadline(case),
    )


def by_gravity(case: Case) -> tuple[str, ...]:
    """Return the posts of a case, those first on which the gravest was found."""
    gravest: dict[str, int] = {}
    for one in case.found:
        gravest[one.post] = max(gravest.get(one.post, 0), one.severity)
    return tuple(sorted(case.posts, key=lambda post: -gravest.get(post, 0)))


def _profile(desk: Desk, subject: Subject) -> Mapping[str, str]:
    """Return the profile that a host has of a subject; nothing where it is away, or has it no more."""
    try:
        return desk.host(subject).profile(subject)
    except (HostError, InputError):
        return {}


def _reach(desk: Desk, subject: Subject) -> Reach | None:
    """Return what a decision on all of a subject would hit; None where its host cannot say."""
    try:
        return preview(desk, subject)
    except (HostError, InputError):
        return None


def _ahead(desk: Desk, case: Case, reach: Reach | None) -> Ahead:
    """Return what a decision would hit, the strikes that are alive, and what the ladder has next."""
    strikes = live_strikes(desk, case)
    rungs = next_measures(case, strikes.ladder, case.posts, desk.clock(), desk.table)
    return Ahead(reach, strikes.alive, rungs)


def _beside(desk: Desk, subject: Subject, apps: Collection[str], texts: Iterable[str]) -> list[Beside]:
    """Return the apps and sites of a subject's posts, and the cases about them."""
    from tipstaff.screening.entities import FINDERS  # noqa: PLC0415

    sites = dict.fromkeys(one.value for text in texts for one in FINDERS["domain"](text))
    subjects = [Subject(subject.host, SubjectKind.APP, app) for app in apps]
    subjects += [Subject(subject.host, SubjectKind.SITE, site) for site in [*sites][:_SITES]]
    others = [one for one in subjects if one != subject]
    lines = {one.subject: one for one in desk.cases.outlines_of(others)}
    return [Beside(one, lines.get(one)) for one in others]


def _confirmed(desk: Desk, kind: MeasureKind) -> bool:
    """Say whether a second person confirms a measure on a whole subject."""
    return confirmation_due(desk.table, Planned(1, kind, "world", (0,)))


def _provision(desk: Desk, case: Case) -> str | None:
    """Return the provision that a decision rests on that names none; None where it has to name one."""
    try:
        return grounds(desk, case).provision
    except CaseError:
        return None


def _templates(case: Case, provision: str) -> dict[Language, str]:
    """Return reasons to begin with; none where there is nothing to say."""
    try:
        return {language: reasons(case, (), provision, language) for language in Language}
    except CaseError:
        return {}


def _appealable(desk: Desk, case: Case) -> list[int]:
    """Return the numbers of the decisions to which the subject can object still."""
    found = list[int]()
    for decision in case.decisions:
        try:
            until = appealable(case, decision.said.number, desk.table)[1]
        except CaseError:
            continue
        if decision.appeal is None and desk.clock() < until:
            found.append(decision.said.number)
    return found


def _varied(case: Case) -> list[int]:
    """Return the numbers of the decisions that were varied, and in whose place none is taken yet."""
    replaced = {one.said.result for one in case.decisions if one.said.result}
    return [
        one.said.number
        for one in case.decisions
        if one.appeal and one.appeal.settled is Result.VARIED and one.appeal.result_entry not in replaced
    ]
