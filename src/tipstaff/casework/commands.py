"""What may be asked of a case: commands, in the imperative."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

import msgspec

from tipstaff.casework.events import Hearing, Outcome, Reason, Result, Waiver
from tipstaff.casework.words import MeasureKind
from tipstaff.ledger.table import Table


class Actor(msgspec.Struct, frozen=True):
    """Who acts: the name that statements are signed under, and the role that the ledger knows for it."""

    name: str
    role: str


class Asked(msgspec.Struct, frozen=True):
    """A measure that is asked for: on some posts, or on the whole subject where `posts` is empty.

    It takes effect at `start`, or as soon as it may, and ends at `until`.
    """

    kind: MeasureKind
    posts: tuple[str, ...] = ()
    territory: str = "world"
    until: int | None = None
    start: int | None = None


class Decide(msgspec.Struct, frozen=True):
    """Decide: that measures are taken, or that nothing is to be done where there are none.

    `policy` is the entry of the policy's statement, `order` the number of an order: one of them at least.
    Where an appeal has varied a decision, `instead_of` is the number of that one. `skips_for` is why rungs of
    the ladder are skipped. For `delay` seconds it may
    be taken back.
    """

    provision: str
    policy: bytes | None
    policy_digest: bytes | None
    measures: tuple[Asked, ...]
    reasons: bytes
    hearing: Hearing = Hearing.NOT_DUE
    delay: int = 0
    order: int | None = None
    instead_of: int | None = None
    waived_for: Waiver | None = None
    evidence: bytes | None = None
    skips_for: Waiver | None = None


class Claim(msgspec.Struct, frozen=True):
    """Work on the case alone until a time."""

    until: int


class Release(msgspec.Struct, frozen=True):
    """Let others work on the case again."""


class Note(msgspec.Struct, frozen=True):
    """Leave a note for the others."""

    text: bytes


class Complain(msgspec.Struct, frozen=True):
    """Complain of a post or, where `post` is None, of the subject. `snapshot` is the post as it was.

    `followers` are those of its account, `language` is that of the post, as far as they are known.
    """

    reason: Reason
    post: str | None
    text: bytes
    snapshot: bytes | None = None
    followers: int | None = None
    language: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """Tell a complainant what came of the complaint."""

    complaint: int
    outcome: Outcome
    text: bytes


class Escalate(msgspec.Struct, frozen=True):
    """Hand the case on, before the others."""

    text: bytes


class AskOpinion(msgspec.Struct, frozen=True):
    """Ask another person what they think."""

    of: str
    text: bytes


class GiveOpinion(msgspec.Struct, frozen=True):
    """Say what one thinks, after one was asked."""

    text: bytes


class Propose(msgspec.Struct, frozen=True):
    """Propose a decision, and ask the subject to answer until a time; `text` is what it is told."""

    provision: str
    measures: tuple[MeasureKind, ...]
    until: int
    text: bytes


class Hear(msgspec.Struct, frozen=True):
    """Take the subject's answer to a proposal in."""

    text: bytes


class TakeBack(msgspec.Struct, frozen=True):
    """Take a decision back, before its statement is appended."""

    decision: int


class Confirm(msgspec.Struct, frozen=True):
    """Confirm somebody else's decision."""

    decision: int


class ConfirmResult(msgspec.Struct, frozen=True):
    """Confirm what somebody else has judged of the appeal against a decision."""

    decision: int


class Appeal(msgspec.Struct, frozen=True):
    """Object to a decision, for the subject."""

    decision: int
    text: bytes
    attachment: bytes | None = None


class Rule(msgspec.Struct, frozen=True):
    """Judge the appeal against a decision."""

    decision: int
    result: Result
    answer: bytes


About: TypeAlias = TakeBack | Confirm | ConfirmResult | Appeal | Rule
"""What may be asked about one decision."""

Command: TypeAlias = (
    Claim
    | Release
    | Note
    | Complain
    | Answer
    | Escalate
    | AskOpinion
    | GiveOpinion
    | Propose
    | Hear
    | Decide
    | About
)
"""Everything that may be asked of a case."""


class Request(msgspec.Struct, frozen=True):
    """A command, with who gives it and when, in seconds; and the table of statements that it must fit.

    Where an appeal is judged, `second_person` are the measures whose reversal another person confirms, by the
    policy that the decision rests on, if it rests on one.
    """

    command: Command
    actor: Actor
    at: int
    table: Table
    second_person: Collection[MeasureKind] = ()
