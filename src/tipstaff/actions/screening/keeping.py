"""Keeping what was found on posts that were sent: in the cases of their accounts, as `take_up` does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tipstaff.actions.desk import Desk, leaving_nothing
from tipstaff.actions.host import Snapshot
from tipstaff.actions.take_up import hold_of, take_up_of
from tipstaff.base.errors import InputError, TipstaffError
from tipstaff.casework.case import Case
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post, without_surrogates


class Found(NamedTuple):
    """A post that was sent, and what was found on it."""

    post: Post
    findings: Sequence[Finding]


class Kept(NamedTuple):
    """The case that a post is in; or why it was refused, or what went wrong, so that it is sent again."""

    case: Case | None = None
    refused: str = ""
    error: TipstaffError | None = None


def keep_found(desk: Desk, found: Sequence[Found]) -> list[Kept]:
    """Bring what was found before reviewers; returns what became of each post, in order.

    A case is changed once, whatever was found on its account. Once this returns, it is kept for good. An
    account of which it cannot be kept keeps nobody else's from being so.
    """
    by_subject: dict[Subject, list[int]] = {}
    for place, (post, _) in enumerate(found):
        by_subject.setdefault(_subject_of(post), []).append(place)
    kept: dict[int, Kept] = {}
    for subject, places in by_subject.items():
        try:
            kept |= _keep_of(desk, subject, {place: found[place] for place in places})
        except TipstaffError as error:
            kept |= dict.fromkeys(places, Kept(error=error))
    return [kept[place] for place in range(len(found))]


def _keep_of(desk: Desk, subject: Subject, found: Mapping[int, Found]) -> dict[int, Kept]:
    """Keep what was found on posts of one account. Raises `HostError`, `CaseError`, `MovedError`."""
    shown, refused = dict[str, Snapshot](), dict[int, str]()
    for place, (post, _) in found.items():
        try:
            snapshot = shown.get(post.id) or desk.host(subject).snapshot(subject, post.id)
        except InputError as error:
            refused[place] = f"{subject.host} has published no such post: {error}"
        else:
            # A case is about what the public was shown, so the host is asked: nobody's account has one
            # because of words that somebody else put into it.
            if _words(snapshot.post) != _words(post):
                refused[place] = (
                    f"{subject.host} shows another text under this id: send it as it is published"
                )
            shown[post.id] = snapshot
    left = {place: one for place, one in found.items() if place not in refused}
    case = _take_up(desk, subject, left.values(), shown) if left else None
    return {place: Kept(case) for place in left} | {place: Kept(None, why) for place, why in refused.items()}


def _subject_of(post: Post) -> Subject:
    """Return the account of a post."""
    return Subject(post.host or "", SubjectKind.ACCOUNT, post.account)


def _words(post: Post) -> tuple[str, str]:
    """Return what a post says."""
    return without_surrogates(post.title or ""), without_surrogates(post.text)


def _take_up(desk: Desk, subject: Subject, found: Collection[Found], shown: Mapping[str, Snapshot]) -> Case:
    """Take up what was found on posts of one account; returns its case.

    What was sent twice is taken up once. Raises `HostError`, `CaseError`, `MovedError`.
    """
    findings = {(one.post, one.policy, one.rule): one for _, some in found for one in some}
    hold = hold_of(desk.settings.hold_severity, desk.settings.hold_hours)
    own = replace(desk, kept=[])  # others keep texts meanwhile, which are none of this one's
    with leaving_nothing(own):
        return take_up_of(own, subject, findings.values(), shown.__getitem__, hold).case
