"""Making anew what is kept beside the events of an installation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tipstaff.actions.cases import Dossier
from tipstaff.assembly.casework import casework_engine, settings_of, square_engine
from tipstaff.assembly.ledger import Clock, read_store, system_clock
from tipstaff.base.errors import InputError
from tipstaff.casework.awaited import waits
from tipstaff.casework.case import Case
from tipstaff.casework.orders import rounds
from tipstaff.casework.rounds import next_look
from tipstaff.config.settings import Settings
from tipstaff.hosts.square import database as square_database
from tipstaff.ledger.registration import table_of
from tipstaff.ledger.table import Table
from tipstaff.storage import installation
from tipstaff.storage.casework.migrate import is_newest
from tipstaff.storage.casework.rebuild import Difference, Follows, bring_along, rebuild


def rebuild_all(directory: Path, clock: Clock = system_clock, *, repair: bool = True) -> Sequence[Difference]:
    """Say where what is kept beside events is not what they add up to, and with `repair` make it anew.

    To be repaired, the database of casework is brought to its newest schema. The ledger is read first: where
    this version cannot, nothing was changed. Raises `LogError` then, and `InputError` for what is missing.
    """
    installation.passphrase(directory)
    settings, now = settings_of(directory), clock()
    with read_store(directory / installation.LEDGER) as (store, _):
        table = table_of(store)
    if table is None:
        raise InputError(f"{directory / installation.LEDGER} has not been begun: restore it from a backup")
    engine, follows = casework_engine(directory), _follows(table, settings, now)
    try:
        if repair and not is_newest(engine):
            return bring_along(engine, now, follows)
        return list(rebuild(engine, now, follows, repair=repair))
    finally:
        engine.dispose()


def upgrade_square(directory: Path) -> None:
    """Bring the database of square to its newest schema. Raises `HostError` where it is away."""
    square = square_engine(directory)
    try:
        square_database.upgrade(square)
    finally:
        square.dispose()


def _follows(table: Table, settings: Settings, now: int) -> Callable[[Dossier], Follows]:
    """Return what says what follows from a case or an order now."""
    days, hours = settings.retention_days, settings.check_hours

    def follows(dossier: Dossier) -> Follows:
        if isinstance(dossier, Case):
            return Follows(next_look(dossier, now, table, days, hours), waits(dossier, table, now))
        return Follows(rounds.next_look(dossier, days))

    return follows
