"""Bringing a database of casework to the newest schema."""

from __future__ import annotations

import importlib.resources

from sqlalchemy import Engine


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database has not seen; an empty one gets all of them."""
    # Every command opens a database, and hardly any migrates one.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    migrations = importlib.resources.files("tipstaff.storage.casework") / "migrations"
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
