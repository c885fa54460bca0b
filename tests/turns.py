"""A worker that takes a turn every second, beside an office whose ledger counts how often it is opened."""

from __future__ import annotations

from typing import Final

from desks import Office

from tipstaff.actions.pace import Pace
from tipstaff.actions.work import work
from tipstaff.ledger.log import Outcome

HOUR: Final = 3600
TRIES: Final = 16
"""The most tries of one thing in an hour: seven while the waits grow, one in ten minutes, some more."""


class CountingLedger:
    """The ledger of an office, which counts how often it is opened."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.opened = 0

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements."""
        self.opened += 1
        return self._office.append(statements)


class Worker:
    """A worker that takes a turn every second."""

    def __init__(self, office: Office) -> None:
        self.office, self.pace, self.ledger = office, Pace(), CountingLedger(office)
        self.desk = office.desk
        self.told: list[str] = []

    def goes_on(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds):
            self.told += work(self.desk, self.ledger, self.pace).trouble
            self.office.now += 1
