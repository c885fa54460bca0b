"""Making anew what is kept beside the events of an installation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tipstaff.actions.cases import Dossier
from tipstaff.assembly.casework import casework_engine, open_desk, square_engine
from tipstaff.assembly.ledger import Clock, system_clock
from tipstaff.casework.awaited import waits
from tipstaff.casework.case import Case
from tipstaff.casework.orders import rounds
from tipstaff.casework.rounds import next_look
from tipstaff.hosts.square import database as square_database
from tipstaff.storage.casework.migrate import upgrade
from tipstaff.storage.casework.rebuild import Difference, Follows, rebuild


def rebuild_all(directory: Path, clock: Clock = system_clock, *, repair: bool = True) -> Sequence[Difference]:
    """Say where what is kept beside events is not what they add up to, and with `repair` make it anew.

    To be repaired, the databases are brought to their newest schemas first. Raises `HostError` where
    square is away then.
    """
    engine, square = casework_engine(directory), square_engine(directory)
    try:
        if repair:
            upgrade(engine)
            square_database.upgrade(square)
        with open_desk(directory, clock) as desk:
            now, table = clock(), desk.table
            days, hours = desk.settings.retention_days, desk.settings.check_hours

            def follows(dossier: Dossier) -> Follows:
                if isinstance(dossier, Case):
                    return Follows(next_look(dossier, now, table, days, hours), waits(dossier, table))
                return Follows(rounds.next_look(dossier, days))

            return list(rebuild(engine, now, follows, repair=repair))
    finally:
        engine.dispose()
        square.dispose()
