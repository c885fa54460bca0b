"""The port to a host: a platform on which measures take effect, and which is read back afterwards.

Every host passes tests/contracts/test_hosts.py; `tipstaff.hosts.square` is the reference,
`tipstaff.hosts.memory` a second one, for tests and trials, and `tipstaff.hosts.forgetful` one that does not
know an act that comes again.
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

    `key` is that of the delivery: what an idempotent host has carried out under it, it does not do again.
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

    `sentence` is what they see instead of the content; None where they see the content. `repeated` says how
    often what is in force more than once is so: there is none on an idempotent host.
    """

    measures: Mapping[str, MeasureKind]
    sentence: Sentence | None
    repeated: Mapping[str, int] = msgspec.field(default_factory=dict)

    def times(self, measure: str) -> int:
        """Return how often a measure is in force."""
        return self.repeated.get(measure, 1) if measure in self.measures else 0


class Image(msgspec.Struct, frozen=True):
    """An image that a host holds: its name is the SHA-256 of its bytes, in hexadecimal."""

    name: str
    media_type: str
    content: bytes


class Snapshot(msgspec.Struct, frozen=True):
    """A post as it is: all that evidence is kept of. `profile` are the fields of its account, by name.

    `images` are the addresses of those that stand outside: nobody fetches them, for that would tell who looks
    to whoever is there, and be a way in. `files` are those that the host holds itself.
    """

    post: Post
    images: tuple[str, ...]
    profile: Mapping[str, str]
    files: tuple[Image, ...] = ()


class Host(Protocol):
    """A platform."""

    @property
    def name(self) -> str:
        """Its name in subjects and statements."""

    @property
    def abilities(self) -> Mapping[MeasureKind, Ability]:
        """What it can do; a kind that is missing it cannot do at all."""

    @property
    def idempotent(self) -> bool:
        """Whether an act that was carried out is known by its key, and not carried out again.

        Where it is not, each time it is asked is one more: what is applied twice is in force twice, and one
        lift takes one of them away. Such a host is looked at before it is asked, and acts are done at least
        once instead of exactly once.
        """

    def carry_out(self, act: Act) -> None:
        """Do what is asked; what an idempotent host has done under that key is not done again.

        Raises `HostError`, by which it may have been done all the same, where no answer came.
        """

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
        """Return the fields of an account, an app or a site, by name. Raises `HostError`, `InputError`.

        A site is outside: whatever can be one has a name at least, and is never missing.
        """

    def snapshot(self, subject: Subject, post: str) -> Snapshot:
        """Return a post as it is, whatever measure is in force on it. Raises `HostError`, `InputError`."""
