"""Requests that are done once, in SQL."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tipstaff.actions.access.once import Begun
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
        with self._engine.begin() as connection:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.at < until))
            kept = select(*_COLUMNS).where(ANSWERS.c.id == begun.id)
            if found := connection.execute(kept).first():
                return Begun(*found)
            try:
                with connection.begin_nested():
                    connection.execute(insert(ANSWERS).values(msgspec.structs.asdict(begun)))
            except IntegrityError:  # another has begun it since
                return Begun(*connection.execute(kept).one())
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
