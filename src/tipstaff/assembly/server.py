"""An installation as it is served: one desk for all requests, a worker beside it, and who tells webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
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
from tipstaff.actions.filters import Filters
from tipstaff.actions.policies import Shelf
from tipstaff.actions.screening.looking import InForce, Look
from tipstaff.actions.screening.sending import Screening
from tipstaff.actions.webhooks.hooks import Hooks
from tipstaff.assembly.access import open_access, open_trail
from tipstaff.assembly.beside import Beside
from tipstaff.assembly.casework import PAUSE, open_desk, open_worker, settings_set_where, square_engine
from tipstaff.assembly.ledger import Clock, read_store, system_clock
from tipstaff.assembly.shelf import InstalledShelf
from tipstaff.assembly.webhooks import TURN, telling_turns
from tipstaff.hosts.square.platform import Platform
from tipstaff.ledger.live import Live
from tipstaff.storage import installation
from tipstaff.storage.policies import Versions

_HOUR: Final = 3600


class Serving(NamedTuple):
    """What is there while an installation is served, and what goes on beside it."""

    desk: Desk
    users: Users
    logins: Logins
    links: Links
    answers: Answers
    hooks: Hooks
    filters: Filters
    gate: Gate
    trail: Trail
    limit: Limit
    screening: Screening
    live: Live
    shelf: Shelf
    square: Platform
    worker: Beside
    webhooks: Beside
    settings_set_where: Mapping[str, str]


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
        working = partial(_working, directory, clock, trail, desk.settings.trail_days * DAY)
        worker = stack.enter_context(Beside("worker", working, PAUSE))
        webhooks = stack.enter_context(Beside("webhooks", partial(telling_turns, directory, clock), TURN))
        shelf = InstalledShelf(directory, clock)
        square = square_engine(directory)
        stack.callback(square.dispose)
        yield Serving(
            desk,
            *access,
            gate,
            trail,
            limit,
            screening,
            Live(*log),
            shelf,
            Platform(square),
            worker,
            webhooks,
            settings_set_where(directory),
        )


@contextmanager
def _working(directory: Path, clock: Clock, trail: Trail, kept: int) -> Iterator[Callable[[], None]]:
    """Open an installation for a worker; yields what does what is due, once it is called.

    Once an hour what was in the trail for more than `kept` seconds is forgotten.
    """
    forgets = 0
    with open_worker(directory, clock) as work:

        def turn() -> None:
            nonlocal forgets
            work()
            if (now := clock()) >= forgets:
                trail.forget(now - kept)
                forgets = now + _HOUR

        yield turn
