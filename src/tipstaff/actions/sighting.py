"""What there is on a host, looked at in a bounded way: no more posts are read than a page can use."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final, NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.host import HostError
from tipstaff.base.errors import InputError
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import Subject, SubjectKind, Target
from tipstaff.screening.posts import Post

MOST: Final = 500
"""Posts that are read of a subject, the first ones."""


class Posts(NamedTuple):
    """The first posts of a subject, and whether there are more."""

    first: list[Post]
    more: bool

    @property
    def followers(self) -> int:
        """How many follow the accounts of these posts, together."""
        return sum({post.account: post.followers or 0 for post in self.first}.values())

    @property
    def apps(self) -> list[str]:
        """The apps that these posts came through."""
        return sorted({post.app for post in self.first if post.app})

    @property
    def accounts(self) -> list[str]:
        """The accounts that have published these posts."""
        return sorted({post.account for post in self.first})


class Sighted(NamedTuple):
    """What there is of a target: its profile, and its posts or the one that it is.

    `posts` is None where they were not counted: those that link to a site are found by reading all. `gone`
    says that there is no such thing, `away` why its host could not be asked.
    """

    target: Target
    profile: Mapping[str, str] = {}
    posts: Posts | None = None
    gone: str = ""
    away: str = ""


def sighted(desk: Desk, target: Target) -> Sighted:
    """Return what there is of a target now. A host that is away is told, and so is what is not there."""
    subject = target.subject
    try:
        host = desk.host(subject)
        profile = host.profile(subject)
        if target.post is not None:
            return Sighted(target, profile, Posts([host.snapshot(subject, target.post).post], more=False))
        return Sighted(target, profile, first_posts(desk, subject))
    except (HostError, CaseError) as error:
        return Sighted(target, away=str(error))
    except InputError as error:
        return Sighted(target, gone=str(error))


def first_posts(desk: Desk, subject: Subject) -> Posts | None:
    """Return the first posts of an account or an app; None of a site. Raises `HostError`, `InputError`."""
    if subject.kind is SubjectKind.SITE:
        return None
    found = list(islice(desk.host(subject).posts_of(subject), MOST + 1))
    return Posts(found[:MOST], len(found) > MOST)
