"""Times: how people read them, and which can be written at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

EARLIEST: Final = 0
LATEST: Final = 253_402_214_400
"""From 1970 to the last day of the year 9999, in seconds: before and after that no date can be written."""


def told_time(seconds: int) -> str:
    """Return a time, in seconds since 1970, to the minute and in UTC."""
    return dated(seconds).strftime("%Y-%m-%d %H:%M UTC")


def dated(seconds: int) -> datetime:
    """Return a time as a date in UTC; one that has none as the first, or the last, that there is."""
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)
