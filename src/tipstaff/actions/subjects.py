"""Accounts, apps and sites, for those who work on cases: what a host has of one, and what is kept of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.host import HostError
from tipstaff.actions.sighting import Posts, first_posts
from tipstaff.actions.standing import Standing, standing_in
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import Subject, SubjectKind, target_of

MOST: Final = 50
"""Names that are shown of those that begin as what is sought."""


class SubjectSeen(NamedTuple):
    """All that a page shows of a subject.

    `away` is why its host could not be asked; `gone` says that the host has no such thing. `posts` is None
    where they were not read.
    """

    standing: Standing
    case: Case | None
    posts: Posts | None
    away: str = ""
    gone: str = ""


class SubjectFound(NamedTuple):
    """Something under a name that was sought; `case` is the number of its case, if it has one."""

    subject: Subject
    case: int | None


class Found(NamedTuple):
    """What there is under a name, whether there is more of it, and which hosts could not be asked."""

    subjects: list[SubjectFound]
    more: bool
    away: list[str]


def look_at(desk: Desk, subject: Subject) -> SubjectSeen:
    """Return what is to be seen of a subject. Raises `MissingError` where there is nothing at all."""
    case = desk.cases.find(subject)
    profile: Mapping[str, str] = {}
    posts, away, gone = None, "", ""
    try:
        profile = desk.host(subject).profile(subject)
        posts = first_posts(desk, subject)
    except (HostError, CaseError) as error:
        away = str(error)
    except InputError as error:
        gone = str(error)
    if case is None and not profile:
        raise MissingError(away or gone)
    return SubjectSeen(standing_in(desk, subject, profile, case), case, posts, away, gone)


def find_subjects(desk: Desk, sought: str, hosts: Collection[str] | None) -> Found:
    """Return what is called so on a host, and the subjects of cases whose names begin so."""
    names = [name for name in desk.hosts if hosts is None or name in hosts]
    exact = _written(sought, names)
    away: list[str] = []
    there: list[Subject] = []
    for subject in exact or (
        Subject(host, kind, sought) for host in names for kind in (SubjectKind.ACCOUNT, SubjectKind.APP)
    ):
        try:
            desk.host(subject).profile(subject)
        except HostError as error:
            away.append(str(error))
        except InputError:  # there is none of that name
            continue
        else:
            there.append(subject)
    named = exact or desk.cases.named(sought, MOST + 1, names)
    every = dict.fromkeys((*there, *named[:MOST]))
    numbers = desk.cases.numbers_of(every)
    found = [SubjectFound(one, numbers.get(one)) for one in every if one in there or one in numbers]
    return Found(found, len(named) > MOST, list(dict.fromkeys(away)))


def _written(sought: str, hosts: Collection[str]) -> list[Subject]:
    """Return the subject that is written out in full, on one of some hosts; a post of it says whose it is."""
    try:
        subject = target_of(sought).subject
    except InputError:
        return []
    return [subject] if subject.host in hosts else []
