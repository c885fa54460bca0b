"""Bringing a database to the newest schema, one migration after another."""

from __future__ import annotations

import importlib.resources
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select
from sqlalchemy.exc import DBAPIError

from tipstaff.base.errors import InputError

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is imported where it is called: every command opens a database, and hardly any migrates one.


NEWER_TOLD: Final = "was made by a newer version of Tipstaff: this one is older than the database"
"""What is wrong with a database that has seen migrations which this version does not know."""

NEWER_MEND: Final = "install that version of Tipstaff, or one that is newer still"
"""What is to be done about it: no migration leads back."""


class Schema(Enum):
    """How far a database is, as this version has it."""

    OLDER = auto()
    """It has migrations to see, or all of them."""
    NEWEST = auto()
    NEWER = auto()
    """It has seen one that this version does not know."""


class Migrations(NamedTuple):
    """The migrations of some tables: the package that they are in, and the newest of them.

    They are named by their numbers, in four digits: what sorts behind the newest is of a newer version. In
    `table` a database keeps which one it has seen last. Its name is theirs alone: tables of several kinds may
    be in one database.
    """

    package: str
    newest: str
    table: str

    def upgrade(self, engine: Engine) -> None:
        """Run the migrations that a database has not seen; an empty one gets all of them.

        Raises `InputError` where it was made by a newer version.
        """
        with engine.begin() as connection:
            self.run(connection)

    def run(self, connection: Connection) -> None:
        """Run them within a transaction of the caller: what follows in it is committed with them.

        Raises `InputError` as `upgrade` does.
        """
        from alembic import command  # noqa: PLC0415

        if inspect(connection).has_table(self.table) and self._schema(connection) is Schema.NEWER:
            raise InputError(f"{place_of(connection.engine)} {NEWER_TOLD}. Mend: {NEWER_MEND}")
        config = self._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    def is_newest(self, engine: Engine) -> bool:
        """Say whether a database has seen all migrations, and no others."""
        return self.schema(engine) is Schema.NEWEST

    def schema(self, engine: Engine) -> Schema:
        """Say how far a database is."""
        try:
            with engine.connect() as connection:
                return self._schema(connection)
        except DBAPIError:  # asked only now whether there is such a table: hardly ever is there none
            if inspect(engine).has_table(self.table):
                raise
            return Schema.OLDER

    def _schema(self, connection: Connection) -> Schema:
        """Say how far a database is that keeps it."""
        versions = Table(self.table, MetaData(), Column("version_num", String))
        seen = connection.scalar(select(versions.c.version_num))
        if seen == self.newest:
            return Schema.NEWEST
        return Schema.NEWER if seen is not None and seen > self.newest else Schema.OLDER

    def _config(self) -> Config:
        """Return where the migrations are."""
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.attributes["version_table"] = self.table
        config.set_main_option("script_location", _place("tipstaff.storage.migrations"))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", _place(f"{self.package}.versions"))
        return config


def place_of(engine: Engine) -> str:
    """Return where a database is, as people are told: its file, or its address without a password."""
    return engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")


def _place(package: str) -> str:
    """Return the folder of a package, as Alembic takes it."""
    return str(importlib.resources.files(package)).replace("%", "%%")
