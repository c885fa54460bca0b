"""How often somebody may ask: so often a minute, and as many at once."""

from __future__ import annotations

import math
import threading
from typing import Final

from tipstaff.base.errors import TipstaffError

_MINUTE: Final = 60.0
_ROOM: Final = 10_000
"""Keys that are remembered before those that are at rest are forgotten."""


class TooManyError(TipstaffError):
    """Somebody has asked too often; `seconds` is when they may ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests: ask again in {seconds} s")
        self.seconds = seconds


class Limit:
    """So many requests a minute for each key, which may all come at once; 0 for no limit.

    The generic cell rate algorithm (ITU-T I.371): of each key it is remembered until when its requests would
    last if they came evenly.
    """

    def __init__(self, a_minute: int) -> None:
        self._each = _MINUTE / a_minute if a_minute else 0.0
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> None:
        """Count a request; `now` is in seconds. Raises `TooManyError`, and does not count it then."""
        if not self._each:
            return
        with self._lock:
            until = max(self._until.get(key, now), now) + self._each
            if (late := until - now - _MINUTE) > 0:
                raise TooManyError(math.ceil(late))
            if len(self._until) >= _ROOM and key not in self._until:
                self._until = {one: ends for one, ends in self._until.items() if ends > now}
            self._until[key] = until
