"""Requests that are done once, in SQL."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Engine, delete, select, update

from tipstaff.actions.access.once import Begun
from tipstaff.storage.access.keeping import inserting
from tipstaff.storage.access.schema import ANSWERS

_COLUMNS: Final = tuple(ANSWERS.c[name] for name in Begun.__struct_fields__)


class SqlAnswers:
    """Requests that have begun, in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, begun: Begun, until: int) -> Begun | None:
        """Keep it, for good, before it is done; returns what is kept under its `id`, if something is.

        Those from before `until` are forgotten.
        """
        old = select(ANSWERS.c.id).where(ANSWERS.c.at < until).with_for_update(skip_locked=True)
        kept = select(*_COLUMNS).where(ANSWERS.c.id == begun.id)
        with self._engine.begin() as connection:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.id.in_(old)))
            new = inserting(connection, ANSWERS).values(msgspec.structs.asdict(begun))
            made = new.on_conflict_do_nothing().returning(ANSWERS.c.id)
            while connection.scalar(made) is None:
                if found := connection.execute(kept).first():  # else it was dropped since
                    return Begun(*found)
        return None

    def end(self, begun: Begun) -> None:
        """Keep its answer."""
        with self._engine.begin() as connection:
            kept = update(ANSWERS).where(ANSWERS.c.id == begun.id)
            connection.execute(kept.values(at=begun.at, sealed=begun.sealed))

    def drop(self, number: bytes) -> None:
        """Keep it no more: nothing was done."""
        with self._engine.begin() as connection:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.id == number))
