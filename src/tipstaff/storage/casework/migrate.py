"""Bringing a database of casework to the newest schema."""

from __future__ import annotations

import importlib.resources
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST: Final = "0002"
"""The newest migration."""

# Alembic is imported where it is called: every command opens a database, and hardly any migrates one.


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database has not seen; an empty one gets all of them."""
    from alembic import command  # noqa: PLC0415

    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_newest(engine: Engine) -> bool:
    """Say whether a database has seen all migrations, and no others."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        number: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return number == NEWEST


def _config() -> Config:
    """Return where the migrations are."""
    from alembic.config import Config  # noqa: PLC0415

    migrations = importlib.resources.files("tipstaff.storage.casework") / "migrations"
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
