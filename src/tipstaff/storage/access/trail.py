"""The audit trail in SQL."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Engine, delete, insert, or_, select

from tipstaff.actions.access.trail import Kept, Sought, Visit
from tipstaff.storage.access.schema import VISITS

_COLUMNS: Final = tuple(VISITS.c[name] for name in Visit.__struct_fields__)


class SqlTrail:
    """The trail in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, visit: Visit) -> None:
        """Keep one more."""
        with self._engine.begin() as connection:
            connection.execute(insert(VISITS).values(msgspec.structs.asdict(visit)))

    def visits(self, sought: Sought, most: int, before: int | None) -> list[Kept]:
        """Return the newest that are sought, the newest first; those of lower numbers than `before`."""
        older = [] if before is None else [VISITS.c.id < before]
        query = select(VISITS.c.id, *_COLUMNS).where(*older, *_where(sought))
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(VISITS.c.id.desc()).limit(most))
            return [Kept(number, Visit(*visit)) for number, *visit in found]

    def forget(self, until: int) -> int:
        """Forget those from before a time; returns how many."""
        with self._engine.begin() as connection:
            return connection.execute(delete(VISITS).where(VISITS.c.at < until)).rowcount


def _where(sought: Sought) -> list[ColumnElement[bool]]:
    """Return what holds of the visits that are sought."""
    columns = (VISITS.c.user, VISITS.c.by, VISITS.c.operation, VISITS.c.status)
    values = (sought.user, sought.by, sought.operation, sought.status)
    where = [column == value for column, value in zip(columns, values, strict=True) if value is not None]
    if sought.path is not None:
        path = VISITS.c.path
        below = (path.startswith(f"{sought.path}{mark}", autoescape=True) for mark in "/?")
        where.append(or_(path == sought.path, *below))
    if sought.since is not None:
        where.append(VISITS.c.at >= sought.since)
    if sought.until is not None:
        where.append(VISITS.c.at < sought.until)
    return where
