"""The clock of the story: it stands still until the story goes on."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo


class StoryClock:
    """A clock in the time zone of a moment at which it begins."""

    def __init__(self, begins: datetime) -> None:
        self._zone: tzinfo | None = begins.tzinfo
        self._now = begins

    def __call__(self) -> int:
        """Return the time in seconds since 1970."""
        return int(self._now.timestamp())

    def wait(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> None:
        """Let time pass."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes)

    def __str__(self) -> str:
        """Return what a person says of the time."""
        return f"{self._now:%a %d %b, %H:%M}"
