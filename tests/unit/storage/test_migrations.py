"""Migrations make the tables that the code works with."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import DATABASES, database
from sqlalchemy import inspect, text

from tipstaff.storage.casework.migrate import is_newest, upgrade
from tipstaff.storage.casework.schema import METADATA


@pytest.mark.parametrize("name", DATABASES)
def test_migrations_make_exactly_the_tables(name: str, tmp_path: Path) -> None:
    """Between what the migrations make of an empty database and the tables of casework nothing differs."""
    with database(name, tmp_path) as engine:
        upgrade(engine)
        with engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, METADATA) == []
        assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_is_migrated_once(name: str, tmp_path: Path) -> None:
    """Migrating what is at the newest schema changes nothing."""
    with database(name, tmp_path) as engine:
        upgrade(engine)
        before = inspect(engine).get_table_names()
        upgrade(engine)
        assert inspect(engine).get_table_names() == before


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_knows_whether_it_is_newest(name: str, tmp_path: Path) -> None:
    """After all migrations it is; at another one, older or of a version to come, it is not."""
    with database(name, tmp_path) as engine:
        upgrade(engine)
        assert is_newest(engine)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert not is_newest(engine)
