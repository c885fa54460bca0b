"""Webhooks: who is told of what happens, what they were told, and each attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("older", sa.LargeBinary(32)),
        sa.Column("older_until", sa.BigInteger),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_table(
        "webhooks_told",
        sa.Column("dossier", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("dossier", name="pk_webhooks_told"),
    )
    op.create_table(
        "webhooks_owed",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("webhook", sa.String(16), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("arrived_at", sa.BigInteger),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_webhooks_owed_webhook"),
        sa.PrimaryKeyConstraint("number", name="pk_webhooks_owed"),
        sa.UniqueConstraint("webhook", "message", name="uq_webhooks_owed_webhook"),
    )
    op.create_index("ix_webhooks_owed_due", "webhooks_owed", ["due"])
    op.create_index("ix_webhooks_owed_at", "webhooks_owed", ["at"])
    op.create_table(
        "webhooks_sent",
        sa.Column("owed", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("ms", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["owed"], ["webhooks_owed.number"], name="fk_webhooks_sent_owed"),
        sa.PrimaryKeyConstraint("owed", "number", name="pk_webhooks_sent"),
    )
