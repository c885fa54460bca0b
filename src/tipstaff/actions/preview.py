"""What measures would hit, before anything is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tipstaff.actions.desk import Desk
from tipstaff.actions.standing import Strikes, live_strikes
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Asked
from tipstaff.casework.deciding import check_items
from tipstaff.casework.strikes import next_measures
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.screening.posts import Post


class Reach(msgspec.Struct, frozen=True):
    """How much a measure on a subject would hit.

    `posts` are all that would be hidden, or lose a link; `sponsored` of them are paid for. `followers` are
    those of the `accounts`; these and the `apps` are the ids of all that are concerned.
    """

    posts: int
    sponsored: int
    followers: int
    accounts: tuple[str, ...]
    apps: tuple[str, ...]


class Outlook(NamedTuple):
    """What a decision on a case would hit, the strikes that count, and what the ladder has next."""

    reach: Reach
    strikes: Strikes
    next: Sequence[Asked]


def outlook(desk: Desk, case: Case, posts: tuple[str, ...] = ()) -> Outlook:
    """Return what is to be known before a case is decided. Raises as `preview` does.

    Posts that are no items of the case are none to be decided on: `CaseError`.
    """
    check_items(case, posts)
    reach, strikes = preview(desk, case.subject, posts), live_strikes(desk, case)
    rungs = next_measures(case, strikes.ladder, posts or case.posts, desk.clock(), desk.table)
    return Outlook(reach, strikes, rungs)


def preview(desk: Desk, subject: Subject, posts: tuple[str, ...] = ()) -> Reach:
    """Return what measures on a subject would hit, or on some of its posts where these are named.

    Raises `HostError`, and `InputError` for what never existed.
    """
    hit: list[Post] = [post for post in desk.host(subject).posts_of(subject) if not posts or post.id in posts]
    followers = {post.account: post.followers or 0 for post in hit}
    accounts = {subject.id} if subject.kind is SubjectKind.ACCOUNT else {*followers}
    return Reach(
        posts=len(hit),
        sponsored=sum(bool(post.sponsored) for post in hit),
        followers=sum(followers.values()),
        accounts=tuple(sorted(accounts)),
        apps=tuple(sorted({post.app for post in hit if post.app})),
    )
