"""What is kept beside events so that it can be looked for: it follows from them, and can be made anew."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, insert, update

from tipstaff.casework.case import Case
from tipstaff.casework.complaints import told
from tipstaff.storage.casework.schema import COMPLAINTS, COUNTS, FACETS, OUTLINES, TRACES

BESIDE: Final = (OUTLINES, FACETS, COMPLAINTS, TRACES, COUNTS)
"""The tables, each with a column `dossier`."""


def keep_beside(connection: Connection, before: Case | None, after: Case) -> None:
    """Keep who complained, what came of it, and what closed accounts are recognised by: what has changed."""
    _keep_complaints(connection, before, after)
    if after.traces != (before.traces if before else ()):
        connection.execute(delete(TRACES).where(TRACES.c.dossier == after.number))
        for trace in after.traces:
            kept = {"digest": trace.digest, "dossier": after.number, "kind": trace.kind.value}
            connection.execute(insert(TRACES).values(kept))


def _keep_complaints(connection: Connection, before: Case | None, after: Case) -> None:
    """Keep complaints: those that are new, and those of which something else has come."""
    known = {one.said.number: told(before, one) for one in before.complaints} if before else {}
    for complaint in after.complaints:
        number, now = complaint.said.number, told(after, complaint)
        row = {"outcome": now.outcome.value if now.outcome else None, "answered_at": now.answered_at,
               "undone": now.undone}  # fmt: skip
        if number not in known:
            made = {"dossier": after.number, "number": number, "complainant": complaint.by, "at": now.at}
            connection.execute(insert(COMPLAINTS).values({**made, **row}))
        elif known[number] != now:
            same = (COMPLAINTS.c.dossier == after.number, COMPLAINTS.c.number == number)
            connection.execute(update(COMPLAINTS).where(*same).values(row))
