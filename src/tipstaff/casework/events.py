"""What has happened to a case: events, in the past tense, and never altered.

Some are statements as well: those that the table of registration rules has a kind for. What is personal in
them is not here: texts are kept in the vault, and events name them by their commitments.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from tipstaff.casework.words import Direction, MeasureKind, Subject


class Source(StrEnum):
    """Why a case was opened."""

    FINDING = "finding"
    COMPLAINT = "complaint"
    ORDER = "order"


class Hearing(StrEnum):
    """Whether the subject was heard before a decision."""

    HELD = "held"
    WAIVED = "waived"
    NOT_DUE = "not_due"


class Result(StrEnum):
    """What comes of an appeal."""

    UPHELD = "upheld"
    REVERSED = "reversed"
    VARIED = "varied"


class EffectState(StrEnum):
    """What was read back of a measure."""

    APPLIED = "applied"
    FAILED = "failed"
    DRIFTED = "drifted"
    LIFTED = "lifted"


class Event(msgspec.Struct, frozen=True, tag_field="event", tag=str.lower):
    """Something that has happened."""


class Opened(Event, frozen=True):
    """A case about a subject was opened."""

    subject: Subject
    source: Source


class Found(Event, frozen=True):
    """A rule of a policy was found to be broken by a post, of which a snapshot is kept."""

    post: str
    policy: str
    rule: str
    provision: str
    severity: int
    snapshot: bytes


class Claimed(Event, frozen=True):
    """A person works on the case, alone, until a time."""

    until: int


class Released(Event, frozen=True):
    """Who had claimed the case works on it no longer."""


class Noted(Event, frozen=True):
    """A person has left a note for the others; the subject does not see it."""

    text: bytes


class Planned(msgspec.Struct, frozen=True):
    """A measure that a decision orders. `targets` are the numbers of what it is taken on, 0 the subject."""

    number: int
    kind: MeasureKind
    territory: str
    targets: tuple[int, ...]
    until: int | None = None


class Decided(Event, frozen=True):
    """A person has decided. Target number n is `posts[n - 1]`; `due` is when the statement is appended."""

    number: int
    provision: str
    policy: bytes
    policy_digest: bytes
    measures: tuple[Planned, ...]
    posts: tuple[str, ...]
    hearing: Hearing
    reasons: bytes
    due: int


class TakenBack(Event, frozen=True):
    """A decision was taken back before its statement was appended; its number is used again."""

    number: int


class Confirmed(Event, frozen=True):
    """Another person has confirmed a decision."""

    decision: int


class MeasureStated(Event, frozen=True):
    """The platform has stated that it carries a measure out, or ends it; `cause` is the entry of why."""

    decision: int
    measure: int
    target: int
    direction: Direction
    cause: bytes | None


class EffectStated(Event, frozen=True):
    """What was read back of a measure in one round; `detail` says why where it is not as it should be."""

    measure: bytes
    round: int
    state: EffectState
    detail: str = ""


class Appealed(Event, frozen=True):
    """The subject objects to a decision."""

    decision: int
    text: bytes


class Ruled(Event, frozen=True):
    """A person who had no part in a decision has judged the appeal; `answer` is what the subject is told."""

    decision: int
    result: Result
    answer: bytes


class Noticed(Event, frozen=True):
    """Somebody was told something, as it is kept here."""

    audience: str
    about: bytes
    text: bytes


class Logged(Event, frozen=True):
    """A statement of this case is on the ledger, under a receipt."""

    entry: bytes
    position: int


class Refused(Event, frozen=True):
    """The ledger has refused a statement of this case: somebody has to look at it."""

    entry: bytes
    reason: str


AnyEvent: TypeAlias = (
    Opened
    | Found
    | Claimed
    | Released
    | Noted
    | Decided
    | TakenBack
    | Confirmed
    | MeasureStated
    | EffectStated
    | Appealed
    | Ruled
    | Noticed
    | Logged
    | Refused
)
"""Every kind of event."""


class Recorded(msgspec.Struct, frozen=True):
    """An event as it is kept: when, by whom, and the entry of its statement, if it is one."""

    at: int
    actor: str
    event: AnyEvent
    entry: bytes | None = None
