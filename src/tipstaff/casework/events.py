"""What has happened to cases: events, in the past tense, and never altered. Those of orders are with these.

Some are statements as well: those that the table of registration rules has a kind for. What is personal in
them is not here: texts are kept in the vault, and events name them by their commitments.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from tipstaff.casework.orders.events import Amended, Change, Entered, OrderConfirmed, Reported
from tipstaff.casework.words import Direction, Event, MeasureKind, Planned, Signed, Subject, Trace, TraceKind


class Source(StrEnum):
    """Why a case was opened."""

    FINDING = "finding"
    COMPLAINT = "complaint"
    ORDER = "order"
    SUSPECT = "suspect"


class Hearing(StrEnum):
    """Whether the subject was heard before a decision."""

    HELD = "held"
    WAIVED = "waived"
    NOT_DUE = "not_due"


class Waiver(StrEnum):
    """Why the subject is not heard first: what the table of registration rules has for it."""

    ORDER = "order"
    GRAVE_HARM = "grave_harm"


class Reason(StrEnum):
    """What a complainant says is wrong."""

    FRAUD = "fraud"
    PROMOTION = "promotion"
    HIDDEN_ADVERTISING = "hidden_advertising"
    IMPERSONATION = "impersonation"
    OTHER = "other"


class Outcome(StrEnum):
    """What comes of a complaint; one that was made in bad faith is abusive."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    ABUSIVE = "abusive"


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


class Opened(Event, frozen=True):
    """A case about a subject was opened."""

    subject: Subject
    source: Source


class Found(Event, frozen=True):
    """A rule of a policy was found to be broken by a post, of which a snapshot is kept, with the evidence.

    `followers` are those of its account by then, `language` is that of the post, as far as they are known.
    """

    post: str
    policy: str
    rule: str
    provision: str
    severity: int
    snapshot: bytes
    evidence: bytes | None = None
    followers: int | None = None
    language: str | None = None


class Complained(Event, frozen=True):
    """Somebody, the actor, complains of a post or, where `post` is None, of the subject.

    `followers` and `language` are as in what is found.
    """

    number: int
    reason: Reason
    post: str | None
    text: bytes
    snapshot: bytes | None = None
    followers: int | None = None
    language: str | None = None


class Answered(Event, frozen=True):
    """A complainant was told what came of the complaint; `text` is kept as it was told.

    `decision` is the number of the one that the answer follows from, if it follows from one.
    """

    complaint: int
    outcome: Outcome
    text: bytes
    decision: int | None = None


class Ordered(Event, frozen=True):
    """An order that is in force is about this subject: about these posts of it, None for the whole of it.

    `snapshots` are those of the posts, but for what was `gone` from the host by then.
    """

    order: int
    entry: bytes
    authority: str
    reference: str
    territory: str
    deadline: int
    targets: tuple[str | None, ...]
    snapshots: tuple[bytes, ...] = ()
    gone: tuple[str, ...] = ()


class OrderChanged(Event, frozen=True):
    """An order was changed, and of this subject it is now about these posts; about none once it has ended.

    `snapshots` are those of posts that it has not named before, but for what was `gone` by then.
    """

    order: int
    entry: bytes
    change: Change
    territory: str
    deadline: int
    targets: tuple[str | None, ...]
    snapshots: tuple[bytes, ...] = ()
    gone: tuple[str, ...] = ()


class Claimed(Event, frozen=True):
    """A person works on the case, alone, until a time."""

    until: int


class Released(Event, frozen=True):
    """Who had claimed the case works on it no longer."""


class Noted(Event, frozen=True):
    """A person has left a note for the others; the subject does not see it."""

    text: bytes


class Traced(Event, frozen=True):
    """The account was closed, and this is what it is recognised by when it registers again."""

    traces: tuple[Trace, ...]


class Suspected(Event, frozen=True):
    """The account has so much in common with one that was closed that somebody must look at it."""

    case: int
    shared: tuple[TraceKind, ...]


class Escalated(Event, frozen=True):
    """Who worked on the case hands it on: it comes before the others."""

    text: bytes


class OpinionAsked(Event, frozen=True):
    """A person has asked another one what they think."""

    of: str
    text: bytes


class OpinionGiven(Event, frozen=True):
    """A person who was asked has said what they think."""

    text: bytes


class Proposed(Event, frozen=True):
    """A decision is proposed, and the subject is asked to answer until a time; `text` is what it is told."""

    provision: str
    measures: tuple[MeasureKind, ...]
    until: int
    text: bytes


class Heard(Event, frozen=True):
    """The subject has answered a proposal."""

    text: bytes


class Decided(Event, frozen=True):
    """Somebody has decided: under a policy, an order or both. Without measures, nothing is to be done.

    Target number n is `posts[n - 1]`; `due` is when the statement is appended. `order` and `result` are the
    entries of what it rests on.
    """

    number: int
    provision: str
    policy: bytes | None
    policy_digest: bytes | None
    measures: tuple[Planned, ...]
    posts: tuple[str, ...]
    hearing: Hearing
    reasons: bytes
    due: int
    order: bytes | None = None
    result: bytes | None = None
    waived_for: Waiver | None = None
    evidence: bytes | None = None
    skips_for: Waiver | None = None


class TakenBack(Event, frozen=True):
    """A decision was taken back before its statement was appended; its number is used again."""

    number: int


class Confirmed(Event, frozen=True):
    """Another person has confirmed a decision, or the result of the appeal against it."""

    decision: int
    what: Signed = Signed.DECISION


class MeasureStated(Event, frozen=True):
    """The platform has stated that it carries a measure out, or ends it; `cause` is the entry of why.

    One that is `late` is carried out before it is on the ledger, which was down then.
    """

    decision: int
    measure: int
    target: int
    direction: Direction
    cause: bytes | None
    late: bool = False

    @property
    def where(self) -> tuple[int, int, int]:
        """Which measure of which decision it is, and on which target."""
        return self.decision, self.measure, self.target


class EffectStated(Event, frozen=True):
    """What was read back of a measure in one round, `gone` where its target was; `detail` says why."""

    measure: bytes
    round: int
    state: EffectState
    detail: str = ""
    gone: bool = False


class Appealed(Event, frozen=True):
    """The subject objects to a decision; `attachment` is a document that goes with the text."""

    decision: int
    text: bytes
    attachment: bytes | None = None


class Ruled(Event, frozen=True):
    """A person who had no part in a decision has judged the appeal; `answer` is what the subject is told.

    With `second_person` the policy has another person confirm it first: till then it undoes nothing.
    """

    decision: int
    result: Result
    answer: bytes
    second_person: bool = False


class Noticed(Event, frozen=True):
    """Somebody was told something, as it is kept here."""

    audience: str
    about: bytes
    text: bytes


class ErasureCause(StrEnum):
    """Why texts are erased: whose they are has asked for that, or their time is over."""

    REQUEST = "request"
    RETENTION = "retention"


class ErasureBegun(Event, frozen=True):
    """So many texts, a `complainant`'s or all, are about to be erased: those under `keys`, by their names."""

    cause: ErasureCause
    count: int
    complainant: str | None = None
    keys: tuple[tuple[str, bytes], ...] = ()


class Erased(Event, frozen=True):
    """Texts of a case or an order are erased, and what is left is that they were."""

    cause: ErasureCause
    count: int
    complainant: str | None = None


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
    | Complained
    | Answered
    | Ordered
    | OrderChanged
    | Traced
    | Suspected
    | Claimed
    | Released
    | Noted
    | Escalated
    | OpinionAsked
    | OpinionGiven
    | Proposed
    | Heard
    | Decided
    | TakenBack
    | Confirmed
    | MeasureStated
    | EffectStated
    | Appealed
    | Ruled
    | Noticed
    | ErasureBegun
    | Erased
    | Logged
    | Refused
    | Entered
    | OrderConfirmed
    | Amended
    | Reported
)
"""Every kind of event, of cases and of orders."""


class Recorded(msgspec.Struct, frozen=True):
    """An event as it is kept: when, by whom, and the entry of its statement, if it is one."""

    at: int
    actor: str
    event: AnyEvent
    entry: bytes | None = None
