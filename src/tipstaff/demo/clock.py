"""The clock of the story: it stands still until the story goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from tipstaff.base.errors import InputError


class StoryClock:
    """A clock in the time zone of the moment at which it begins, on day 0."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._now = begins

    def __call__(self) -> int:
        """Return the time in seconds since 1970."""
        return int(self._now.timestamp())

    def go_on(self, day: int, hour: int, minute: int = 0) -> str:
        """Go on to a time of a day, which lies ahead; returns what a person says of it."""
        then = self._begins.replace(hour=hour, minute=minute) + timedelta(days=day)
        if then < self._now:
            raise InputError(f"the story is at {self._now} already: it does not go back to {then}")
        self._now = then
        return str(self)

    def wait(self, minutes: int) -> None:
        """Let some minutes pass."""
        self._now += timedelta(minutes=minutes)

    def catch_up(self, now: float) -> None:
        """Go on to a time in seconds since 1970, unless the story is there already."""
        self._now = max(self._now, datetime.fromtimestamp(now, self._begins.tzinfo))

    def __str__(self) -> str:
        """Return what a person says of the time."""
        return self.told(self())

    def told(self, at: float) -> str:
        """Return what a person says of a time in seconds since 1970."""
        return f"{datetime.fromtimestamp(at, self._begins.tzinfo):%a %d %b, %H:%M}"
