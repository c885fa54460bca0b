"""Cases and orders alike: built from their events, and changed by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from tipstaff.actions.cases import AnyDossier, Dossier
from tipstaff.casework import evolve as cases
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
