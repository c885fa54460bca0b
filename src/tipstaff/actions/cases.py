"""The port to where cases and orders are kept: events, statements that wait for the ledger, deliveries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import Told
from tipstaff.casework.counts import Asked, Hits, Tally, Times, Total
from tipstaff.casework.events import Recorded
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import Outline
from tipstaff.casework.which import EVERY, Which
from tipstaff.casework.words import Subject, Trace

Dossier: TypeAlias = Case | Order
"""What events are about. Cases and orders are numbered together."""

AnyDossier = TypeVar("AnyDossier", bound=Case | Order)


class MovedError(InputError):
    """A case or an order has moved on since it was read, by somebody or a worker; nothing was done.

    `seconds` is when to ask again.
    """

    seconds: Final = 0


class Waiting(msgspec.Struct, frozen=True):
    """A signed statement that is to be appended, not before `due`. `number` is its place in the queue."""

    dossier: int
    entry: bytes
    encoded: bytes
    due: int
    number: int = 0


class Delivery(msgspec.Struct, frozen=True):
    """A measure that a host is owed: its statement, the round, and how often it was tried.

    One that is `late` does not wait for the ledger. `trouble` is why it failed when it was tried last.
    """

    case: int
    measure: bytes
    round: int
    due: int
    tries: int = 0
    late: bool = False
    trouble: str = ""

    @property
    def key(self) -> str:
        """What keeps the host from doing it twice."""
        return f"{self.measure.hex()}/{self.round}"


class Mark(NamedTuple):
    """How a case or an order that is due stands: another one says that something has happened to it since.

    An order is due at 0 as soon as a case that it is about has changed, and below 0 once somebody looks.
    """

    version: int
    attend_at: int


class Change(msgspec.Struct, frozen=True):
    """What is committed together: events, statements that the ledger is owed, deliveries to a host.

    `attend_at` is when it is to be attended to, if nothing happens to it till then; `attend` are the numbers
    of others that are to be attended to at once. With `waits`, something in a case waits for a second person.
    """

    events: Sequence[Recorded]
    statements: Sequence[Waiting] = ()
    taken_back: Sequence[bytes] = ()
    deliveries: Sequence[Delivery] = ()
    delivered: Sequence[Delivery] = ()
    attend_at: int | None = None
    attend: Sequence[int] = ()
    waits: bool = False


class Backlog(NamedTuple):
    """What is left to be done: how much, and the first of it.

    `deliveries` are those that hosts are owed, whenever they are due: what was tried most often comes first.
    `statements` wait for the ledger since `since`, where any is due.
    """

    deliveries: Sequence[Delivery]
    owed: int
    tried: int
    statements: int
    since: int | None


class Cases(Protocol):
    """Where cases and orders are kept."""

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Return the case about a subject, which is opened if there is none."""

    def find(self, subject: Subject) -> Case | None:
        """Return the case about a subject, if there is one."""

    def load(self, number: int) -> Case:
        """Build a case from its events. Raises `InputError` where there is none of that number."""

    def numbers(self) -> list[int]:
        """Return the numbers of all cases, the oldest first."""

    def events(self, number: int) -> list[Recorded]:
        """Return what has happened to a case or an order, the oldest first. Raises as `dossier` does."""

    def outlines_of(self, subjects: Collection[Subject]) -> list[Outline]:
        """Return the cases about some subjects in a line each, the oldest first; few are asked for."""

    def settled(self, severities: Collection[int], most: int) -> list[Outline]:
        """Return cases of some severities that somebody has decided, in a line each, the newest first.

        They are looked for among the newest cases alone: there may be others.
        """

    def measured(self, after: int = 0, most: int | None = None) -> list[int]:
        """Return the numbers of the cases of which a measure was ever stated, the oldest first.

        Of those behind `after`, and no more than `most`, where they are given.
        """

    def complained_in(self, complainant: str) -> list[int]:
        """Return the numbers of the cases in which somebody has complained, the oldest first."""

    def reserve(self, authority: str, reference: str) -> int:
        """Return the number of the order of an authority under a reference; a new one has no events yet."""

    def enter(self, number: int, change: Change, wrong: tuple[Order, Change] | None = None) -> Order:
        """Commit the first change of an order. Raises `MovedError` where it was entered meanwhile."""

    def load_all(self, numbers: Collection[int]) -> list[Case]:
        """Build the cases of some numbers, in that order; what is none is left out."""

    def load_order(self, number: int) -> Order:
        """Build an order from its events. Raises `InputError` where there is none of that number."""

    def order_numbers(self) -> list[int]:
        """Return the numbers of all orders that were entered, the oldest first."""

    def dossier(self, number: int) -> Dossier:
        """Build the case or the order of a number. Raises `InputError` where there is none."""

    def dossiers(self, numbers: Collection[int]) -> list[Dossier]:
        """Build the cases and orders of some numbers, in that order; what is none is left out."""

    def numbers_of(self, subjects: Collection[Subject]) -> Mapping[Subject, int]:
        """Return the numbers of the cases about some subjects, in few queries; nothing of what has none."""

    def named(self, beginning: str, most: int, hosts: Collection[str]) -> list[Subject]:
        """Return the first subjects of cases on some hosts whose names begin so, by their names."""

    def backlog(self, now: int, most: int, hosts: Collection[str] | None) -> Backlog:
        """Return what is left to be done of cases on some hosts; of orders as well where it is all."""

    def complaints_of(self, complainant: str) -> list[Told]:
        """Return when somebody has complained, and what came of it, the oldest first."""

    def sharing(self, traces: Sequence[Trace]) -> dict[int, list[Trace]]:
        """Return the cases of closed accounts that have some of these traces, and which each has."""

    def due(self, now: int) -> list[int]:
        """Return the numbers of the cases and orders that are to be attended to by now, in that order."""

    def marks(self, numbers: Collection[int]) -> Mapping[int, Mark]:
        """Return how some cases and orders stand, in that order; nothing of what is due no more."""

    def rest(self, order: Order, attend_at: int | None, due: int | None = None) -> None:
        """Keep when an order is next to be attended to, unless it has changed since it was read.

        Where `due` is given, only if it is due then still.
        """

    def outlines(self, most: int, after: int | None = None, which: Which = EVERY) -> list[Outline]:
        """Return cases in a line each, by their rank, of equals the oldest; from behind `after` on.

        Where what is to be decided is listed, that is where `after` was listed, though it is decided now.
        Cases of other hosts than those of `which` are not there. Raises `MissingError` where there is no case
        `after`.
        """

    def first_due(self, which: Which = EVERY) -> Outline | None:
        """Return the case that has the first deadline that is to be kept, of the hosts of `which`."""

    def count(self, most: int, every: Sequence[Which]) -> list[int]:
        """Return how many cases there are of each, `most` where there are more."""

    def change(self, dossier: AnyDossier, change: Change) -> AnyDossier:
        """Commit a change of a case or an order, whole or not at all; returns it as it is afterwards.

        Raises `MovedError` where it was changed by somebody else since it was read, or where a statement that
        is taken back has been sent.
        """

    def tallies(self, asked: Asked) -> list[Tally]:
        """Return how often things were counted, by day and word: what never was is not there."""

    def totals(self, asked: Asked, *, once: bool = False) -> list[Total]:
        """Return how often things were counted in all, by word: what never was is not there.

        With `once`, in how many cases and orders they were.
        """

    def times(self, asked: Asked, size: int) -> list[Times]:
        """Return how long things took, by spans of `size` seconds: of those in which nothing did, nothing."""

    def hits(self, under: str, since: int, hosts: Collection[str] | None = None) -> Mapping[str, Hits]:
        """Return what came of each rule of NAME@VERSION; what was found from `since` on is recent.

        Of rules that nothing was ever found by there is nothing; `hosts` are those whose cases are there.
        """

    def waiting(self, dossiers: Collection[int] | None = None) -> list[Waiting]:
        """Return the statements that are not on the ledger yet, in the order in which they were signed.

        Only those of some cases and orders, where `dossiers` are given.
        """

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return the first `most` statements that are due, and keep that they are sent: none is taken back.

        They wait until it is known what became of them: a worker that dies leaves them to be sent again.
        """

    def owed(self, now: int) -> list[Delivery]:
        """Return the deliveries that are due, and whose measure is on the ledger or late."""

    def owed_in(self, case: int) -> list[Delivery]:
        """Return the deliveries that a case waits for, whenever they are due."""

    def put_off(self, delivery: Delivery, due: int, trouble: str) -> None:
        """Keep that a delivery has failed, why, and when it is tried again."""
