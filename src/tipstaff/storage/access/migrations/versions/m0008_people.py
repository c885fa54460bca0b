"""What a visit was about, and until when a password is good that is not one's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns. What was kept before is about nothing else than its path."""
    op.add_column("visits", sa.Column("about", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("visits") as altered:
        altered.alter_column("about", server_default=None)
    op.add_column("logins", sa.Column("initial_until", sa.BigInteger))
