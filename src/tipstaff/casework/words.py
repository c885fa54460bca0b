"""The words that cases, orders, hosts and statements share: subjects, targets, measures."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from tipstaff.base.errors import InputError

TARGET_HELP: Final = "HOST/account/NAME, or HOST/account/NAME/POST for a post; app and site likewise"
"""How a target is written."""

TARGET_PATTERN: Final = r"^[^/\x00]+/(account|app|site)/[^/\x00]+(/[^\x00]*)?$"
"""What every target matches, and nothing else."""


class SubjectKind(StrEnum):
    """What a case may be about."""

    ACCOUNT = "account"
    APP = "app"
    SITE = "site"


class Subject(msgspec.Struct, frozen=True, order=True):
    """What a case is about: an account, a third-party app, or an outside site, by its stable id on a host."""

    host: str
    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        """Return `square/account/NAME`."""
        return f"{self.host}/{self.kind}/{self.id}"


class Target(msgspec.Struct, frozen=True, order=True):
    """What a measure is taken on: one post of a subject, or all of the subject where `post` is None."""

    subject: Subject
    post: str | None = None

    def __str__(self) -> str:
        """Return `square/account/NAME`, or `square/account/NAME/POST`."""
        return str(self.subject) if self.post is None else f"{self.subject}/{self.post}"


def target_of(written: str) -> Target:
    """Read a subject, or a post of one, as `str` writes it. Raises `InputError`."""
    host, kind, name, *post = [*written.split("/", 3), "", ""][:4]
    if kind not in list(SubjectKind) or not host or not name or "\0" in written:
        raise InputError(f"{written!r} is no target: write {TARGET_HELP}")
    return Target(Subject(host, SubjectKind(kind), name), (post[0] if post else "") or None)


class MeasureKind(StrEnum):
    """What may be done."""

    WARN = "warn"
    HOLD_CONTENT = "hold_content"
    RESTRICT_POSTING = "restrict_posting"
    SUSPEND_UPDATES = "suspend_updates"
    BLOCK_CONTENT = "block_content"
    CLOSE_ACCOUNT = "close_account"
    SUSPEND_APP = "suspend_app"
    BLOCK_LINKS = "block_links"


UNSEEN: Final = (MeasureKind.WARN, MeasureKind.RESTRICT_POSTING, MeasureKind.SUSPEND_UPDATES)
"""Measures that hide nothing from readers."""


class Direction(StrEnum):
    """Whether a measure takes effect or ends."""

    APPLY = "apply"
    LIFT = "lift"


class Signed(StrEnum):
    """What about a decision another person confirms."""

    DECISION = "decision"
    RESULT = "result"


class Event(msgspec.Struct, frozen=True, tag_field="event", tag=str.lower):
    """Something that has happened, to a case or to an order."""


class TraceKind(StrEnum):
    """What two accounts may have in common."""

    HANDLE = "handle"
    NAME = "name"
    CONTACT = "contact"
    LINK = "link"
    TEXT = "text"
    APP = "app"


class Trace(msgspec.Struct, frozen=True, order=True):
    """Something by which an account is recognised, as a digest."""

    kind: TraceKind
    digest: bytes


class Planned(msgspec.Struct, frozen=True):
    """A measure that a decision orders. `targets` are the numbers of what it is taken on, 0 the subject.

    It takes effect not before `start`, and ends at `until`.
    """

    number: int
    kind: MeasureKind
    territory: str
    targets: tuple[int, ...]
    until: int | None = None
    start: int | None = None
