"""Times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def told_time(seconds: int) -> str:
    """Return a time, in seconds since 1970, to the minute and in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
