"""Making anew what is kept beside the events of an installation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tipstaff.actions.cases import Dossier
from tipstaff.assembly.casework import casework_engine, open_desk
from tipstaff.assembly.ledger import Clock, system_clock
from tipstaff.casework.case import Case
from tipstaff.casework.orders import rounds
from tipstaff.casework.rounds import next_look
from tipstaff.storage.casework.migrate import upgrade
from tipstaff.storage.casework.rebuild import Difference, rebuild


def rebuild_all(directory: Path, clock: Clock = system_clock, *, repair: bool = True) -> Sequence[Difference]:
    """Say where what is kept beside events is not what they add up to, and with `repair` make it anew.

    To be repaired, the database is brought to the newest schema first.
    """
    engine = casework_engine(directory)
    try:
        if repair:
            upgrade(engine)
        with open_desk(directory, clock) as desk:
            now, table = clock(), desk.table
            days, hours = desk.settings.retention_days, desk.settings.check_hours

            def attended(dossier: Dossier) -> int | None:
                if isinstance(dossier, Case):
                    return next_look(dossier, now, table, days, hours)
                return rounds.next_look(dossier, days)

            return list(rebuild(engine, now, attended, repair=repair))
    finally:
        engine.dispose()
