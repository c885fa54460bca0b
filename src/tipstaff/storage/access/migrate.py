"""The migrations of all that is kept about users, in the database of casework."""

from __future__ import annotations

from typing import Final

from tipstaff.storage.migrate import Migrations

NEWEST: Final = "0010"
"""The newest migration."""

MIGRATIONS: Final = Migrations("tipstaff.storage.access.migrations", NEWEST, "access_version")
