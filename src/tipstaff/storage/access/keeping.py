"""Writing rows of which somebody else may write the same at once: nobody fails, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite


def inserting(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that can be told what to do where there is such a row already, on either database."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def keep_row(engine: Engine, table: Table, key: Mapping[str, object], row: Mapping[str, object]) -> None:
    """Keep a row under its key, of one column."""
    with engine.begin() as connection:
        kept = inserting(connection, table).values(**key, **row)
        connection.execute(kept.on_conflict_do_update(index_elements=list(key), set_=row))
