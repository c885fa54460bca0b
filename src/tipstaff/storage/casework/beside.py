"""What is kept beside events so that it can be looked for: it follows from them, and can be made anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, delete, insert, update

from tipstaff.casework.events import Answered, Complained, Recorded, Traced
from tipstaff.storage.casework.schema import COMPLAINTS, OUTLINES, TRACES

BESIDE: Final = (OUTLINES, COMPLAINTS, TRACES)
"""The tables, each with a column `dossier`."""


def keep_beside(connection: Connection, dossier: int, events: Iterable[Recorded]) -> None:
    """Keep who complained, what they were told, and what closed accounts are recognised by."""
    for recorded in events:
        match recorded.event:
            case Traced(traces):
                connection.execute(delete(TRACES).where(TRACES.c.dossier == dossier))
                for trace in traces:
                    kept = {"digest": trace.digest, "dossier": dossier, "kind": trace.kind.value}
                    connection.execute(insert(TRACES).values(kept))
            case Complained(complaint):
                made = {"dossier": dossier, "number": complaint, "complainant": recorded.actor,
                        "at": recorded.at}  # fmt: skip
                connection.execute(insert(COMPLAINTS).values(made))
            case Answered(complaint, outcome):
                same = (COMPLAINTS.c.dossier == dossier, COMPLAINTS.c.number == complaint)
                told = {"outcome": outcome.value, "answered_at": recorded.at}
                connection.execute(update(COMPLAINTS).where(*same).values(told))
