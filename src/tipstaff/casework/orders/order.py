"""An order: what its events add up to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from tipstaff.casework.case import Confirmation, Erasure
from tipstaff.casework.events import Erased, ErasureBegun, Logged, Recorded, Refused
from tipstaff.casework.orders.events import Amended, Change, Entered, OrderConfirmed, Reported, Scope
from tipstaff.casework.words import Subject, Target


class Amendment(msgspec.Struct, frozen=True):
    """A change of an order, who signed it, and who has confirmed it.

    It has `lapsed` where nobody had confirmed it when what the order says was erased: nobody can any more.
    """

    entry: bytes
    by: str
    said: Amended
    confirmations: tuple[Confirmation, ...] = ()
    lapsed: bool = False


class Report(msgspec.Struct, frozen=True):
    """What the authority was told, when, and which statements that tells of."""

    at: int
    text: bytes
    about: tuple[bytes, ...] | None

    def tells(self, entry: bytes, at: int) -> bool:
        """Say whether it tells of a statement, signed at a time; an old one does of all from before it."""
        return at <= self.at if self.about is None else entry in self.about


class Terms(msgspec.Struct, frozen=True):
    """What an order says now: after what was confirmed of its amendments, on the ledger."""

    scope: Scope
    targets: tuple[Target, ...]
    territory: str
    deadline: int

    def of(self, subject: Subject) -> tuple[str | None, ...]:
        """Return what it is about of a subject: posts, or None for the whole of it."""
        return tuple(target.post for target in self.targets if target.subject == subject)


class Order(msgspec.Struct, frozen=True):
    """An order as it stands after `version` events.

    `changed_at` is when something has last happened to it; `texts` says whether any were kept since an
    erasure, and `texts_at` when the last one was. `ended_at` is when it has ended, or was refused by the
    ledger.
    """

    number: int
    entered_at: int
    entry: bytes
    by: str
    said: Entered
    version: int = 1
    changed_at: int = 0
    confirmations: tuple[Confirmation, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    reports: tuple[Report, ...] = ()
    ended_at: int | None = None
    texts: bool = True
    texts_at: int = 0
    erasing: ErasureBegun | None = None
    erasures: tuple[Erasure, ...] = ()
    logged: dict[bytes, int] = {}
    refused: dict[bytes, str] = {}

    def __str__(self) -> str:
        """Return `order 8`."""
        return f"order {self.number}"

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The subjects that it was about at first, each once."""
        return tuple(dict.fromkeys(target.subject for target in self.said.targets))

    @property
    def confirmed(self) -> bool:
        """Whether it is on the ledger, and confirmed there."""
        return self._stands(self.entry, self.confirmations)

    @property
    def effective(self) -> tuple[Amendment, ...]:
        """The amendments that are on the ledger, and confirmed there."""
        return tuple(one for one in self.amendments if self._stands(one.entry, one.confirmations))

    @property
    def ended(self) -> Amendment | None:
        """The amendment by which it has ended."""
        return next((one for one in self.effective if one.said.change is not Change.NARROWED), None)

    @property
    def corrected_by(self) -> int | None:
        """The number of the order that takes its place: it was entered wrongly."""
        named = (one.said.corrected_by for one in reversed(self.amendments))
        return next((number for number in named if number), None)

    @property
    def given_up(self) -> bool:
        """Whether it was never confirmed, and will not be: it has ended, or was entered wrongly."""
        return not self.confirmations and bool(self.ended or self.corrected_by)

    @property
    def settled_at(self) -> int | None:
        """When all was said and done; None while somebody must act on it.

        It was reported on, has ended or was refused by the ledger, and nothing was written about it since.
        One that nobody confirms has its time from its deadline on, be that the one of an amendment. What
        nobody confirms of an amendment keeps nothing; what was confirmed does until the ledger has it.
        """
        if any(one.confirmations and one not in self.effective for one in self.amendments):
            return None
        if any(one.entry not in self.logged for one in self.amendments if self.replacing(one) is None):
            return None
        ends = [*(one.at for one in self.reports), *([] if self.ended_at is None else [self.ended_at])]
        if not self.confirmations and not ends:
            ends = [self.terms.deadline, *(one.said.deadline for one in self.amendments[-1:])]
        return max(*ends, self.texts_at) if ends else None

    @property
    def lapsed(self) -> bool:
        """Whether nobody has confirmed it while its texts were there: nobody can any more."""
        return not self.confirmations and bool(self.erasures)

    @property
    def terms(self) -> Terms:
        """What it says now; nothing is left once it has ended."""
        said: Entered | Amended = self.effective[-1].said if self.effective else self.said
        targets = () if self.ended else said.targets
        return Terms(said.scope, targets, said.territory, said.deadline)

    @property
    def waits(self) -> bool:
        """Whether it waits for a second person, or an amendment of it does."""
        if self.entry in self.refused or self.lapsed or self.given_up:
            return False
        last = self.amendments[-1:]
        return not self.confirmations or any(not (one.confirmations or one.lapsed) for one in last)

    def replacing(self, amendment: Amendment) -> Amendment | None:
        """Return the amendment in whose favour one was given up: a later one, before anybody confirmed it."""
        if amendment.confirmations:
            return None
        later = (one for one in self.amendments if one.said.number > amendment.said.number)
        return next(later, None)

    def amendment(self, number: int) -> Amendment | None:
        """Return an amendment by its number."""
        return next((one for one in self.amendments if one.said.number == number), None)

    def _stands(self, entry: bytes, confirmations: tuple[Confirmation, ...]) -> bool:
        """Say whether a statement is on the ledger, and one that confirms it."""
        return entry in self.logged and any(one.entry in self.logged for one in confirmations)


def build(number: int, events: Iterable[Recorded]) -> Order:
    """Build an order from its events, the first of which has entered it."""
    first, *rest = events
    order = enter(number, first)
    for recorded in rest:
        order = evolve(order, recorded)
    return order


def enter(number: int, recorded: Recorded) -> Order:
    """Return the order that an event has entered."""
    if not isinstance(recorded.event, Entered):
        raise TypeError(f"order {number} begins with {type(recorded.event).__name__}")
    entry, at = recorded.entry or b"", recorded.at
    return Order(number, at, entry, recorded.actor, recorded.event, changed_at=at, texts_at=at)


def evolve(order: Order, recorded: Recorded) -> Order:
    """Return the order after one more event."""
    order = replace(order, version=order.version + 1, changed_at=recorded.at)
    event, entry = recorded.event, recorded.entry or b""
    match event:
        case Entered() if order.entry in order.refused:  # what the ledger has refused comes in again
            again = enter(order.number, recorded)
            return replace(again, version=order.version, logged=order.logged, refused=order.refused)
        case OrderConfirmed(0):
            confirmation = Confirmation(recorded.actor, entry)
            return replace(order, confirmations=(*order.confirmations, confirmation))
        case OrderConfirmed(number):
            confirmation = Confirmation(recorded.actor, entry)
            amendments = tuple(
                replace(one, confirmations=(*one.confirmations, confirmation))
                if one.said.number == number
                else one
                for one in order.amendments
            )
            return replace(order, amendments=amendments)
        case Amended():
            amendment = Amendment(entry, recorded.actor, event)
            amendments = (*order.amendments, amendment)
            return replace(order, amendments=amendments, texts=True, texts_at=recorded.at)
        case Reported(text, about):
            reports = (*order.reports, Report(recorded.at, text, about))
            return replace(order, reports=reports, texts=True, texts_at=recorded.at)
        case Logged(logged, position):
            after = replace(order, logged={**order.logged, logged: position})
            return replace(after, ended_at=recorded.at) if after.ended and not order.ended else after
        case ErasureBegun():
            return replace(order, erasing=event) if event.count else replace(order, texts=False)
        case Erased(cause, count):
            erasure = Erasure(entry, recorded.at, cause, count)
            amendments = tuple(replace(one, lapsed=not one.confirmations) for one in order.amendments)
            erasures = (*order.erasures, erasure)
            return replace(order, erasing=None, erasures=erasures, amendments=amendments, texts=False)
        case Refused(refused, reason):
            ended_at = recorded.at if refused == order.entry else order.ended_at
            after = replace(order, refused={**order.refused, refused: reason}, ended_at=ended_at)
            return _without(after, refused)
        case _:
            raise TypeError(f"{type(event).__name__} is no event of order {order.number}")


def _without(order: Order, refused: bytes) -> Order:
    """Return an order without what the ledger has refused about it: that can be said again."""
    return replace(
        order,
        confirmations=_left(order.confirmations, refused),
        amendments=tuple(
            replace(one, confirmations=_left(one.confirmations, refused))
            for one in order.amendments
            if one.entry != refused
        ),
    )


def _left(confirmations: tuple[Confirmation, ...], refused: bytes) -> tuple[Confirmation, ...]:
    """Return confirmations but for one that was refused."""
    return tuple(one for one in confirmations if one.entry != refused)
