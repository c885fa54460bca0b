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
        self._told: dict[Hashable, dict[str, int]] = {}
        self._cleared = 0

    def waits(self, key: Hashable, seen: Hashable, now: int) -> bool:
        """Say whether something is put off still, and stands as it was seen then."""
        off = self._off.get(key)
        return off is not None and off.seen == seen and off.since <= now < off.until

    def put_off(self, key: Hashable, seen: Hashable, now: int, latest: int | None = None) -> None:
        """Try something later: the first time soon, and ever later while it stands as it did.

        Not after `latest`, where that is given.
        """
        self._clear(now)
        before = self._off.get(key)
        again = before is not None and before.seen == seen and now <= before.until + LONGEST_WAIT
        tries = before.tries + 1 if before and again else 0
        until = now + min(LONGEST_WAIT, FIRST_WAIT << min(tries, 20))
        self._off[key] = _Off(seen, now, until if latest is None else min(until, latest), tries)

    def is_off(self, key: Hashable) -> bool:
        """Say whether something was put off, and has not gone on since."""
        return key in self._off

    def forget(self, key: Hashable) -> None:
        """Forget what was put off and told of: it goes on."""
        self._off.pop(key, None)
        self._told.pop(key, None)

    def reminds(self, key: Hashable, told: str, now: int) -> bool:
        """Say whether some trouble is to be told of: the first time, and then once an hour."""
        self._clear(now)
        known = self._told.setdefault(key, {})
        at = known.get(told)
        if at is not None and at <= now < at + REMINDED:
            return False
        known[told] = now
        return True

    def _clear(self, now: int) -> None:
        """Drop what says nothing any more, now and then: all of it is looked at for that."""
        if self._cleared <= now < self._cleared + LONGEST_WAIT:
            return
        self._cleared = now
        # What was not tried again when its time had come is not due any more.
        self._off = {key: off for key, off in self._off.items() if now <= off.until + LONGEST_WAIT}
        left = (
            (key, {one: at for one, at in told.items() if at <= now < at + REMINDED})
            for key, told in self._told.items()
        )
        self._told = {key: told for key, told in left if told}
