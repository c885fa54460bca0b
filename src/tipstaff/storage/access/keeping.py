"""Keeping a row in place of the one before."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, Executable, Table, insert, update


def keep_row(
    engine: Engine, table: Table, key: Mapping[str, object], row: Mapping[str, object], *also: Executable
) -> None:
    """Keep a row under its key, of one column, and do something with it, or neither."""
    ((name, value),) = key.items()
    with engine.begin() as connection:
        kept = connection.execute(update(table).where(table.c[name] == value).values(**row))
        if kept.rowcount == 0:
            connection.execute(insert(table).values(**key, **row))
        for one in also:
            connection.execute(one)
