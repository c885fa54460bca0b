"""Filters of the queue that people keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "filters",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("filter", sa.JSON, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("routed", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_filters"),
        sa.ForeignKeyConstraint(["owner"], ["users.name"], name="fk_filters_owner"),
    )
    op.create_index("ix_filters_owner", "filters", ["owner", "made_at"])
    op.create_index("ix_filters_shared", "filters", ["shared", "made_at"])
