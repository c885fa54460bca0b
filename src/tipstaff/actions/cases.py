"""The port to where cases are kept: their events, the statements that wait for the ledger, the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.events import Recorded
from tipstaff.casework.outline import Outline
from tipstaff.casework.words import Subject


class MovedError(InputError):
    """A case has moved on since it was read: look at it again."""


class Waiting(msgspec.Struct, frozen=True):
    """A signed statement that is to be appended, not before `due`. `number` is its place in the queue."""

    case: int
    entry: bytes
    encoded: bytes
    due: int
    number: int = 0


class Delivery(msgspec.Struct, frozen=True):
    """A measure that a host is owed: its statement, the round, and how often it was tried."""

    case: int
    measure: bytes
    round: int
    due: int
    tries: int = 0

    @property
    def key(self) -> str:
        """What keeps the host from doing it twice."""
        return f"{self.measure.hex()}/{self.round}"


class Change(msgspec.Struct, frozen=True):
    """What is committed together: events, statements that the ledger is owed, deliveries to a host.

    `attend_at` is when the case is to be attended to, if nothing happens to it till then.
    """

    events: Sequence[Recorded]
    statements: Sequence[Waiting] = ()
    taken_back: Sequence[bytes] = ()
    deliveries: Sequence[Delivery] = ()
    delivered: Sequence[Delivery] = ()
    attend_at: int | None = None


class Cases(Protocol):
    """Where cases are kept."""

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Return the case about a subject, which is opened if there is none."""

    def load(self, number: int) -> Case:
        """Build a case from its events. Raises `InputError` where there is none of that number."""

    def numbers(self) -> list[int]:
        """Return the numbers of all cases, the oldest first."""

    def due(self, now: int) -> list[int]:
        """Return the numbers of the cases that are to be attended to by now, by when they are due."""

    def outlines(self, most: int, after: int | None = None) -> list[Outline]:
        """Return cases in a line each, the gravest first, of equals the oldest; from behind `after` on.

        Raises `InputError` where there is no such case.
        """

    def change(self, case: Case, change: Change) -> Case:
        """Commit a change of a case, whole or not at all; returns the case after it.

        Raises `MovedError` where it was changed by somebody else since it was read, or where a statement that
        is taken back has been sent.
        """

    def waiting(self) -> list[Waiting]:
        """Return the statements that are not on the ledger yet, in the order in which they were signed."""

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return the first `most` statements that are due, and keep that they are sent: none is taken back.

        They wait until it is known what became of them: a worker that dies leaves them to be sent again.
        """

    def owed(self, now: int) -> list[Delivery]:
        """Return the deliveries whose measure is on the ledger, and which are due."""

    def put_off(self, delivery: Delivery, due: int) -> None:
        """Keep that a delivery has failed, and when it is tried again."""
