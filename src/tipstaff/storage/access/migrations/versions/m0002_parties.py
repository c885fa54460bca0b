"""Under which name a user complains, and which accounts and apps are theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("users", sa.Column("reader", sa.String(200)))
    op.add_column("users", sa.Column("holds", sa.JSON))
