"""The port to a host: a platform on which measures take effect, and which is read back afterwards.

Every host passes tests/contracts/test_hosts.py; `tipstaff.hosts.square` is the reference, and
`tipstaff.hosts.memory` a second one, for tests and trials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import msgspec

from tipstaff.base.errors import TipstaffError
from tipstaff.casework.words import Direction, MeasureKind, Subject, Target
from tipstaff.screening.posts import Post


class HostError(TipstaffError):
    """A host cannot be reached, or will not do what it is asked; it may be asked again."""


class Ability(NamedTuple):
    """What a host can do of a kind of measure: undo it, and end it by itself when its time has come."""

    undo: bool
    expires: bool


class Sentence(msgspec.Struct, frozen=True):
    """What readers see in place of blocked content: a sentence, the provision, and the statement's entry."""

    text: str
    provision: str
    statement: str


class Act(msgspec.Struct, frozen=True):
    """What a host is asked to do.

    `key` is that of the delivery: an act with a key that was carried out before is not carried out again.
    `measure` names the measure: what is lifted is what was applied under the same name.
    """

    key: str
    measure: str
    kind: MeasureKind
    direction: Direction
    target: Target
    sentence: Sentence


class Seen(msgspec.Struct, frozen=True):
    """What is read back of a target: the measures in force on it, by name, and what its readers get.

    `sentence` is what they see instead of the content; None where they see the content.
    """

    measures: Mapping[str, MeasureKind]
    sentence: Sentence | None


class Snapshot(msgspec.Struct, frozen=True):
    """A post as it is: all that evidence is kept of. `profile` are the fields of its account, by name."""

    post: Post
    images: tuple[str, ...]
    profile: Mapping[str, str]


class Host(Protocol):
    """A platform."""

    @property
    def name(self) -> str:
        """Its name in subjects and statements."""

    @property
    def abilities(self) -> Mapping[MeasureKind, Ability]:
        """What it can do; a kind that is missing it cannot do at all."""

    def carry_out(self, act: Act) -> None:
        """Do what is asked; done already under that key, it is not done again. Raises `HostError`."""

    def read_back(self, target: Target) -> Seen:
        """Return what is in force on a target. Raises `HostError`; `InputError` for what never existed."""

    def posts(self, after: str | None = None) -> Iterator[Post]:
        """Yield what was published, oldest first, from behind the post `after` on, whatever is blocked.

        Raises `HostError`, and `InputError` for a post that never existed.
        """

    def posts_of(self, subject: Subject) -> Iterator[Post]:
        """Yield the posts of an account, those that came through an app, or those that link to a site.

        They come oldest first, whatever is blocked. Raises `HostError`, `InputError`.
        """

    def profile(self, subject: Subject) -> Mapping[str, str]:
        """Return the fields of an account or an app, by name. Raises `HostError`, `InputError`."""

    def snapshot(self, subject: Subject, post: str) -> Snapshot:
        """Return a post as it is, whatever measure is in force on it. Raises `HostError`, `InputError`."""
