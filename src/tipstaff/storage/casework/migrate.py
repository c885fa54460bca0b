"""The migrations of casework."""

from __future__ import annotations

from typing import Final

from tipstaff.storage.migrate import Migrations

NEWEST: Final = "0004"
"""The newest migration."""

MIGRATIONS: Final = Migrations("tipstaff.storage.casework.migrations", NEWEST, "alembic_version")

upgrade: Final = MIGRATIONS.upgrade
is_newest: Final = MIGRATIONS.is_newest
schema: Final = MIGRATIONS.schema
