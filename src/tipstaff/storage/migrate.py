"""Bringing a database to the newest schema, one migration after another."""

from __future__ import annotations

import importlib.resources
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is imported where it is called: every command opens a database, and hardly any migrates one.


class Migrations(NamedTuple):
    """The migrations of some tables: the package that they are in, and the newest of them.

    `table` is where a database keeps which one it has seen last. Its name is theirs alone: tables of several
    kinds may be in one database.
    """

    package: str
    newest: str
    table: str

    def upgrade(self, engine: Engine) -> None:
        """Run the migrations that a database has not seen; an empty one gets all of them."""
        with engine.begin() as connection:
            self.run(connection)

    def run(self, connection: Connection) -> None:
        """Run them within a transaction of the caller: what follows in it is committed with them."""
        from alembic import command  # noqa: PLC0415

        config = self._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    def is_newest(self, engine: Engine) -> bool:
        """Say whether a database has seen all migrations, and no others."""
        versions = Table(self.table, MetaData(), Column("version_num", String))
        try:
            with engine.connect() as connection:
                return connection.scalar(select(versions.c.version_num)) == self.newest
        except DBAPIError:  # asked only now whether there is such a table: hardly ever is there none
            if inspect(engine).has_table(self.table):
                raise
            return False

    def _config(self) -> Config:
        """Return where the migrations are."""
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.attributes["version_table"] = self.table
        config.set_main_option("script_location", _place("tipstaff.storage.migrations"))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", _place(f"{self.package}.versions"))
        return config


def _place(package: str) -> str:
    """Return the folder of a package, as Alembic takes it."""
    return str(importlib.resources.files(package)).replace("%", "%%")
