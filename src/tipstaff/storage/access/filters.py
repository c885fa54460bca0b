"""Saved filters of the queue, in SQL."""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, Engine, delete, or_, select

from tipstaff.actions.filters import Filter, Saved
from tipstaff.storage.access.keeping import keep_row
from tipstaff.storage.access.schema import FILTERS


class SqlFilters:
    """Saved filters in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def filters(self, owner: str) -> list[Saved]:
        """Return the filters of somebody and those that all share, the oldest first."""
        return self._filters(or_(FILTERS.c.owner == owner, FILTERS.c.shared.is_(True)))

    def saved(self, number: str) -> Saved | None:
        """Return a filter by its id."""
        return next(iter(self._filters(FILTERS.c.id == number)), None)

    def keep_filter(self, saved: Saved) -> None:
        """Keep a filter, in place of what was kept of it before."""
        row: dict[str, object] = {
            "owner": saved.owner,
            "name": saved.name,
            "shared": saved.shared,
            "filter": msgspec.to_builtins(saved.filter),
            "made_at": saved.made_at,
            "routed": list(saved.routed),
        }
        keep_row(self._engine, FILTERS, {"id": saved.id}, row)

    def drop_filter(self, number: str) -> None:
        """Forget a filter; of none nothing is done."""
        with self._engine.begin() as connection:
            connection.execute(delete(FILTERS).where(FILTERS.c.id == number))

    def _filters(self, which: ColumnElement[bool]) -> list[Saved]:
        """Return some filters, the oldest first."""
        query = select(*FILTERS.c).where(which).order_by(FILTERS.c.made_at, FILTERS.c.id)
        with self._engine.connect() as connection:
            return [
                Saved(number, owner, name, shared, msgspec.convert(kept, Filter), made_at, tuple(routed))
                for number, owner, name, shared, kept, made_at, routed in connection.execute(query)
            ]
