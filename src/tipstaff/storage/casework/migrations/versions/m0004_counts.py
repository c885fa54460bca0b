"""What is counted, beside events: `tipstaff rebuild`, which migrates, makes it right after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table, and index it both by what is counted and by the rule."""
    op.create_table(
        "counts",
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("realm", sa.String(200), nullable=False),
        sa.Column("word", sa.String(200), nullable=False),
        sa.Column("under", sa.String(300), nullable=False),
        sa.Column("seconds", sa.BigInteger),
        sa.Column("entry", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("dossier", "number", "place", name="pk_counts"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_counts_dossier_dossiers"),
    )
    op.create_index("ix_counts_what", "counts", ["what", "day", "word", "under", "realm", "at", "seconds"])
    op.create_index("ix_counts_under", "counts", ["under", "what", "word", "at", "realm", "dossier"])
