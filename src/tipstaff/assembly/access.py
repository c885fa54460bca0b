"""The tables of access of an installation: users, the trail, webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from tipstaff.assembly.casework import casework_engine
from tipstaff.storage import installation
from tipstaff.storage.access.migrate import MIGRATIONS


@contextmanager
def open_access(directory: Path, *, durable: bool = True) -> Iterator[Engine]:
    """Open the database with the tables of access, which are made where they are not there yet.

    Raises `InputError` where there is no installation.
    """
    installation.passphrase(directory)
    engine = casework_engine(directory, durable=durable)
    try:
        if not MIGRATIONS.is_newest(engine):
            MIGRATIONS.upgrade(engine)
        yield engine
    finally:
        engine.dispose()
