"""Migrations make the tables that the code works with: those of casework, of its users, and of square."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import DATABASES, database
from sqlalchemy import Engine, MetaData, Table, column, inspect, table
from squares import draft

from tipstaff.base.errors import InputError
from tipstaff.hosts.square.migrate import MIGRATIONS as SQUARE
from tipstaff.hosts.square.platform import Platform
from tipstaff.hosts.square.schema import Base
from tipstaff.storage.access.migrate import MIGRATIONS as ACCESS
from tipstaff.storage.access.schema import METADATA as USERS
from tipstaff.storage.casework.migrate import MIGRATIONS as CASEWORK
from tipstaff.storage.casework.schema import METADATA
from tipstaff.storage.migrate import Migrations, Schema


class Kind(NamedTuple):
    """Tables of a kind, and their migrations."""

    migrations: Migrations
    tables: MetaData


KINDS = {
    "casework": Kind(CASEWORK, METADATA),
    "access": Kind(ACCESS, USERS),
    "square": Kind(SQUARE, Base.metadata),
}

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
each_database = pytest.mark.parametrize("name", DATABASES)


def differences(engine: Engine, kind: Kind) -> list[object]:
    """Compare a database with the tables that the code works with."""
    options = {
        "compare_type": True, "compare_server_default": True, "version_table": kind.migrations.table,
    }  # fmt: skip
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found: list[object] = compare_metadata(context, kind.tables)
        return found


@each_kind
@each_database
def test_migrations_make_exactly_the_tables(name: str, kind: Kind, tmp_path: Path) -> None:
    """Between what the migrations make of an empty database and the tables of the code nothing differs."""
    with database(name, tmp_path) as engine:
        kind.migrations.upgrade(engine)
        assert differences(engine, kind) == []
        assert set(inspect(engine).get_table_names()) == {*kind.tables.tables, kind.migrations.table}


@each_kind
@each_database
def test_a_database_is_migrated_once(name: str, kind: Kind, tmp_path: Path) -> None:
    """Migrating what is at the newest schema changes nothing."""
    with database(name, tmp_path) as engine:
        kind.migrations.upgrade(engine)
        before = inspect(engine).get_table_names()
        kind.migrations.upgrade(engine)
        assert inspect(engine).get_table_names() == before


@each_kind
@each_database
def test_a_database_knows_whether_it_is_newest(name: str, kind: Kind, tmp_path: Path) -> None:
    """After all migrations it is; empty, or at another one, older or of a version to come, it is not."""
    with database(name, tmp_path) as engine:
        assert kind.migrations.schema(engine) is Schema.OLDER
        kind.migrations.upgrade(engine)
        assert kind.migrations.is_newest(engine)
        for number, expected in (("0000", Schema.OLDER), ("9999", Schema.NEWER)):
            set_version(engine, kind, number)
            assert kind.migrations.schema(engine) is expected
            assert not kind.migrations.is_newest(engine)


@each_kind
@each_database
def test_what_a_newer_version_has_made_is_not_migrated(name: str, kind: Kind, tmp_path: Path) -> None:
    """It is told which of the two is older, and nothing is changed."""
    with database(name, tmp_path) as engine:
        kind.migrations.upgrade(engine)
        set_version(engine, kind, "9999")
        before = inspect(engine).get_table_names()
        told = "this one is older than the database. Mend: install that version of Tipstaff"
        with pytest.raises(InputError, match=told):
            kind.migrations.upgrade(engine)
        assert kind.migrations.schema(engine) is Schema.NEWER
        assert inspect(engine).get_table_names() == before


def set_version(engine: Engine, kind: Kind, number: str) -> None:
    """Have a database at a migration."""
    with engine.begin() as connection:
        version = table(kind.migrations.table, column("version_num"))
        connection.execute(version.update().values(version_num=number))


@each_database
def test_both_may_be_in_one_database(name: str, tmp_path: Path) -> None:
    """Each keeps by itself how far it is: whoever comes first, the other is not taken to be there."""
    with database(name, tmp_path) as engine:
        CASEWORK.upgrade(engine)
        assert not SQUARE.is_newest(engine)
        SQUARE.upgrade(engine)
        assert CASEWORK.is_newest(engine)
        assert SQUARE.is_newest(engine)
        assert {*METADATA.tables, *Base.metadata.tables} < set(inspect(engine).get_table_names())


@each_database
def test_a_square_from_before_migrations_is_brought_along(name: str, tmp_path: Path) -> None:
    """It keeps what was published, goes on counting, and has the same tables as a new one."""
    with database(name, tmp_path) as engine:
        SQUARE.upgrade(engine)
        square = Platform(engine)
        square.register_account("news", "News")
        first = square.publish("news", draft("Text"))
        for gone in ("square_shown", "square_images", SQUARE.table):
            with engine.begin() as connection:
                Table(gone, MetaData()).drop(connection)
        assert not SQUARE.is_newest(engine)
        SQUARE.upgrade(engine)
        assert SQUARE.is_newest(engine)
        assert differences(engine, KINDS["square"]) == []
        page = square.read_post(first)
        assert page.content is not None
        assert page.content.text == "Text"
        assert square.publish("news", draft("More")) > first
