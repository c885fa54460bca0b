"""The migrations of square."""

from __future__ import annotations

from typing import Final

from tipstaff.storage.migrate import Migrations

NEWEST: Final = "0002"
"""The newest migration."""

MIGRATIONS: Final = Migrations("tipstaff.hosts.square.migrations", NEWEST, "square_version")
