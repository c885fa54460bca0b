"""Webhooks of an installation: managed, and told beside a worker, in threads of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

from tipstaff.actions.desk import Desk
from tipstaff.actions.webhooks.hooks import Hooks
from tipstaff.actions.webhooks.manage import Manage, rules
from tipstaff.actions.webhooks.tell import BATCH, Send, attempt, take_up
from tipstaff.assembly.access import open_access
from tipstaff.assembly.casework import open_desk
from tipstaff.assembly.ledger import Clock, system_clock
from tipstaff.webhooks.sender import Sender

_AT_ONCE: Final = 16
"""Messages that are sent at a time."""

_EACH: Final = 4
"""Of these to one webhook: one that is slow holds up no other."""

TURN: Final = 0.25
"""Seconds between two looks at what is due."""

_LOOK: Final = 1.0
"""Seconds between two looks at what has happened, at the least."""

_SHARE: Final = 20
"""Looking for it takes one part of so many of the time, at the most."""

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


class Telling:
    """Sends what is due, several messages at a time; called by one thread."""

    def __init__(self, desk: Desk, hooks: Hooks, send: Send) -> None:
        self._desk = desk
        (self._log,) = desk.ledger.statements(0, 1)
        self._hooks = hooks
        self._send = send
        self._pool = ThreadPoolExecutor(_AT_ONCE, "webhooks")
        self._going: dict[Future[bool], str] = {}
        self._look_at = 0.0
        self._forget_at = 0

    def turn(self) -> int:
        """Take up what has happened, and begin to send what is due; returns how much was begun.

        Raises what no attempt should raise: a failure to send is none.
        """
        if (began := perf_counter()) >= self._look_at:
            found = take_up(self._hooks, self._log, self._desk.clock())
            ended = perf_counter()
            pause = max(_LOOK, (ended - began) * _SHARE) if found < BATCH else 0.0
            self._look_at = ended + pause
        self._forget()
        return self._begin()

    def drain(self) -> int:
        """Take up all that has happened, and send all that is due now; returns how many were sent."""
        while take_up(self._hooks, self._log, self._desk.clock()):
            pass
        sent = 0
        while begun := self.turn():
            sent += begun
            wait(self._going)
        return sent

    def close(self) -> None:
        """End, once what is being sent is done."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> int:
        """Begin to send what is due, as far as there is room; returns how much."""
        self._collect()
        going = Counter(self._going.values())
        full = [number for number, count in going.items() if count >= _EACH]
        begun, room = 0, _AT_ONCE - len(self._going)
        if room <= 0:
            return 0
        for owed in self._hooks.due(self._desk.clock(), _AT_ONCE * _EACH, full):
            if begun == room:
                break
            if going[owed.webhook] < _EACH:
                going[owed.webhook] += 1
                begun += 1
                desk = self._desk
                job = self._pool.submit(attempt, self._hooks, desk.vault, desk.clock, self._send, owed)
                self._going[job] = owed.webhook
        return begun

    def _collect(self) -> None:
        """Let go of what is done. Raises what it has raised."""
        for job in [one for one in self._going if one.done()]:
            del self._going[job]
            job.result()

    def _forget(self) -> None:
        """Forget what is older than the settings have it, once an hour."""
        now = self._desk.clock()
        if now >= self._forget_at:
            self._hooks.forget(now - self._desk.settings.webhook_days * _DAY)
            self._forget_at = now + _HOUR


@contextmanager
def open_webhooks(directory: Path, clock: Clock = system_clock) -> Iterator[Manage]:
    """Open the webhooks of an installation, to be managed."""
    with open_desk(directory, clock) as desk, open_access(directory) as access:
        yield Manage(desk, access.hooks)


@contextmanager
def open_telling(directory: Path, clock: Clock = system_clock, send: Send | None = None) -> Iterator[Telling]:
    """Open an installation for who tells; `send` is for trials.

    What is being sent at the end is waited for.
    """
    with open_desk(directory, clock) as desk, open_access(directory) as access:
        telling = Telling(desk, access.hooks, send or Sender(rules(desk)))
        try:
            yield telling
        finally:
            telling.close()


@contextmanager
def telling_turns(directory: Path, clock: Clock = system_clock) -> Iterator[Callable[[], int]]:
    """Open an installation for who tells; yields what begins to tell what is due, once it is called."""
    with open_telling(directory, clock) as telling:
        yield telling.turn
