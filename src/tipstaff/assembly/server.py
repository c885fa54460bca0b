"""An installation as it is served: one desk for all requests, a worker beside it, and who tells webhooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tipstaff.actions.access.gate import Gate
from tipstaff.actions.access.limits import Limit
from tipstaff.actions.access.links import Links
from tipstaff.actions.access.logins import Logins
from tipstaff.actions.access.once import Answers
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.tokens import DAY, Users
from tipstaff.actions.access.trail import Trail
from tipstaff.actions.desk import Desk
from tipstaff.actions.screening.looking import InForce, Look
from tipstaff.actions.screening.sending import Screening
from tipstaff.actions.webhooks.hooks import Hooks
from tipstaff.assembly.access import open_access, open_trail
from tipstaff.assembly.casework import PAUSE, open_desk, open_worker
from tipstaff.assembly.ledger import Clock, read_store, system_clock
from tipstaff.assembly.webhooks import telling_beside
from tipstaff.ledger.live import Live
from tipstaff.storage import installation
from tipstaff.storage.policies import Versions

_HOUR: Final = 3600


class Serving(NamedTuple):
    """What is there while an installation is served; `works` says whether all threads beside it are."""

    desk: Desk
    users: Users
    logins: Logins
    links: Links
    answers: Answers
    hooks: Hooks
    gate: Gate
    trail: Trail
    limit: Limit
    screening: Screening
    live: Live
    works: Callable[[], bool]


@contextmanager
def open_server(
    directory: Path, clock: Clock = system_clock, look: Look | None = None, hasher: Hasher | None = None
) -> Iterator[Serving]:
    """Open an installation for as long as it is served, with a worker that does what is due.

    What is sent is looked at under the policies that are in force; `look` is for trials of all the rest, and
    a cheap `hasher` for those of logins.
    """
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(directory, clock))
        access = stack.enter_context(open_access(directory))
        gate = Gate(desk, access.users, access.logins, hasher or Hasher())
        trail = stack.enter_context(open_trail(directory))
        limit = Limit(desk.settings.requests_a_minute)
        log = stack.enter_context(read_store(directory / installation.LEDGER))
        in_force = InForce(desk.policies, Versions(directory / installation.POLICIES).load)
        screening = stack.enter_context(Screening(desk, look or in_force))
        worker = stack.enter_context(_working(directory, clock, trail, desk.settings.trail_days * DAY))
        telling = stack.enter_context(telling_beside(directory, clock))

        def works() -> bool:
            return worker.is_alive() and telling.is_alive()

        yield Serving(desk, *access, gate, trail, limit, screening, Live(*log), works)


@contextmanager
def _working(directory: Path, clock: Clock, trail: Trail, kept: int) -> Iterator[threading.Thread]:
    """Do what is due, in a thread of its own, until the end; the turn that is going on is ended.

    Once an hour what was in the trail for more than `kept` seconds is forgotten. What ends it before is told
    on the standard error, and the server is no longer ready.
    """
    ended = threading.Event()

    def work() -> None:
        forgets = 0
        with open_worker(directory, clock) as turn:
            while not ended.wait(PAUSE):
                if (now := clock()) >= forgets:
                    trail.forget(now - kept)
                    forgets = now + _HOUR
                turn()

    thread = threading.Thread(target=work, name="worker", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        ended.set()
        thread.join()
