"""Cases and orders alike: built from their events, and changed by them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import cast

from tipstaff.actions.cases import AnyDossier, Dossier
from tipstaff.base.errors import MissingError
from tipstaff.casework import evolve as cases
from tipstaff.casework.case import Case
from tipstaff.casework.events import Recorded
from tipstaff.casework.orders import order as orders
from tipstaff.casework.orders.events import Entered
from tipstaff.casework.orders.order import Order


def build_dossier(number: int, events: Sequence[Recorded]) -> Dossier:
    """Build what its first event has begun: an order that was entered, or else a case."""
    if isinstance(events[0].event, Entered):
        return orders.build(number, events)
    return cases.build(number, events)


def evolved(dossier: AnyDossier, events: Iterable[Recorded]) -> AnyDossier:
    """Return a case or an order after some more events."""
    after: Dossier = dossier
    for recorded in events:
        after = orders.evolve(after, recorded) if isinstance(after, Order) else cases.evolve(after, recorded)
    return cast("AnyDossier", after)


class Building(ABC):
    """What keeps events, and builds cases and orders from them."""

    @abstractmethod
    def build(self, number: int) -> Dossier | None:
        """Build what has a number, if it has begun."""

    @abstractmethod
    def dossiers(self, numbers: Collection[int]) -> list[Dossier]:
        """Build the cases and orders of some numbers, in that order; what is none is left out."""

    def load(self, number: int) -> Case:
        """Build a case from its events. Raises `MissingError` where there is none of that number."""
        found = self.build(number)
        if not isinstance(found, Case):
            raise MissingError(f"there is no case {number}")
        return found

    def load_all(self, numbers: Collection[int]) -> list[Case]:
        """Build the cases of some numbers, in that order; what is none is left out."""
        return [one for one in self.dossiers(numbers) if isinstance(one, Case)]

    def load_order(self, number: int) -> Order:
        """Build an order from its events. Raises `MissingError` where there is none of that number."""
        found = self.build(number)
        if not isinstance(found, Order):
            raise MissingError(f"there is no order {number}")
        return found

    def dossier(self, number: int) -> Dossier:
        """Build the case or the order of a number. Raises `MissingError` where there is none."""
        found = self.build(number)
        if found is None:
            raise MissingError(f"there is no case and no order {number}")
        return found
