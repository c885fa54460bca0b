"""What is counted, for those who look: of another queue than theirs nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.trends import Trends, trends, window
from tipstaff.casework.counts import DAY, Hits

RECENT: Final = 30 * DAY
"""Seconds for which what a rule has found is recent."""


class Counts(Wing):
    """What is counted of cases and orders."""

    def trends(self, size: int, buckets: int) -> Trends:
        """Return how work goes in the last days or weeks, of `size` seconds each. Raises `ForbiddenError`.

        Of orders it tells who may read them.
        """
        self._principal.require(Permission.READ_CASES)
        now = self._desk.clock()
        orders = self._principal.may(Permission.READ_ORDERS)
        chosen = window(now, size, buckets)
        return trends(self._desk.cases, now, chosen, self._principal.queues, orders=orders)

    def hits(self, version: str) -> Mapping[str, Hits]:
        """Return what came of each rule of NAME@VERSION that has found anything. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        since = self._desk.clock() - RECENT
        return self._desk.cases.hits(version, since, self._principal.queues)
