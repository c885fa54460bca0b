"""What cannot go on is tried again ever more rarely, and told of once an hour.

A worker knows it alone, and forgets it when it ends: whoever begins anew tries everything at once.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, NamedTuple

FIRST_WAIT: Final = 5
LONGEST_WAIT: Final = 600
"""Seconds between two attempts, which double from the first to the longest."""

REMINDED: Final = 3600
"""Seconds after which the same trouble is told of again."""


class _Off(NamedTuple):
    """Since when something is put off, until when, how often it was, and how it was seen to stand then."""

    seen: Hashable
    since: int
    until: int
    tries: int


class Pace:
    """What one worker has put off, and what it has told of. A key stands for what is tried."""

    def __init__(self) -> None:
        self._off: dict[Hashable, _Off] = {}
        self._told: dict[tuple[Hashable, str], int] = {}

    def waits(self, key: Hashable, seen: Hashable, now: int) -> bool:
        """Say whether something is put off still, and stands as it was seen then."""
        off = self._off.get(key)
        return off is not None and off.seen == seen and off.since <= now < off.until

    def put_off(self, key: Hashable, seen: Hashable, now: int) -> None:
        """Try something later: the first time soon, and ever later while it stands as it did."""
        before = self._off.get(key)
        tries = before.tries + 1 if before and before.seen == seen else 0
        wait = min(LONGEST_WAIT, FIRST_WAIT << min(tries, 20))
        # What was not tried again when its time had come is not due any more.
        self._off = {one: off for one, off in self._off.items() if now <= off.until + LONGEST_WAIT}
        self._off[key] = _Off(seen, now, now + wait, tries)

    def forget(self, key: Hashable) -> None:
        """Forget what was put off and told of: it goes on."""
        self._off.pop(key, None)
        for told in [told for told in self._told if told[0] == key]:
            del self._told[told]

    def reminds(self, key: Hashable, told: str, now: int) -> bool:
        """Say whether some trouble is to be told of: the first time, and then once an hour."""
        at = self._told.get((key, told))
        if at is not None and at <= now < at + REMINDED:
            return False
        self._told[key, told] = now
        return True
