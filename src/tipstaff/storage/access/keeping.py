"""Keeping a row in place of the one before."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, Table, insert, update


def keep_row(engine: Engine, table: Table, key: Mapping[str, object], row: Mapping[str, object]) -> None:
    """Keep a row under its key, of one column."""
    ((name, value),) = key.items()
    with engine.begin() as connection:
        kept = connection.execute(update(table).where(table.c[name] == value).values(**row))
        if kept.rowcount == 0:
            connection.execute(insert(table).values(**key, **row))
