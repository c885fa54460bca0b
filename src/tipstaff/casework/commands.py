"""What may be asked of a case: commands, in the imperative."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tipstaff.casework.events import Hearing, Result
from tipstaff.casework.words import MeasureKind
from tipstaff.ledger.table import Table


class Actor(msgspec.Struct, frozen=True):
    """Who acts: the name that statements are signed under, and the role that the ledger knows for it."""

    name: str
    role: str


class Asked(msgspec.Struct, frozen=True):
    """A measure that is asked for: on some posts, or on the whole subject where `posts` is empty."""

    kind: MeasureKind
    posts: tuple[str, ...] = ()
    territory: str = "world"
    until: int | None = None


class Decide(msgspec.Struct, frozen=True):
    """Decide. `policy` is the entry of the policy's statement; for `delay` seconds it may be taken back."""

    provision: str
    policy: bytes
    policy_digest: bytes
    measures: tuple[Asked, ...]
    reasons: bytes
    hearing: Hearing = Hearing.NOT_DUE
    delay: int = 0


class Claim(msgspec.Struct, frozen=True):
    """Work on the case alone until a time."""

    until: int


class Release(msgspec.Struct, frozen=True):
    """Let others work on the case again."""


class Note(msgspec.Struct, frozen=True):
    """Leave a note for the others."""

    text: bytes


class TakeBack(msgspec.Struct, frozen=True):
    """Take a decision back, before its statement is appended."""

    decision: int


class Confirm(msgspec.Struct, frozen=True):
    """Confirm somebody else's decision."""

    decision: int


class Appeal(msgspec.Struct, frozen=True):
    """Object to a decision, for the subject."""

    decision: int
    text: bytes


class Rule(msgspec.Struct, frozen=True):
    """Judge the appeal against a decision."""

    decision: int
    result: Result
    answer: bytes


Command: TypeAlias = Claim | Release | Note | Decide | TakeBack | Confirm | Appeal | Rule
"""Everything that may be asked of a case."""


class Request(msgspec.Struct, frozen=True):
    """A command, with who gives it and when, in seconds; and the table of statements that it must fit."""

    command: Command
    actor: Actor
    at: int
    table: Table
