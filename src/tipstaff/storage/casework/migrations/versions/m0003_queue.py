"""What cases are looked for by, and by what they are listed: a time.

All of it follows from events: `tipstaff rebuild`, which migrates, makes it anew right after.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ADDED = (
    ("since", sa.BigInteger, "0"),
    ("followers", sa.BigInteger, "0"),
    ("measured", sa.Boolean, sa.false()),
    ("policies", sa.JSON, "[]"),
    ("languages", sa.JSON, "[]"),
    ("territories", sa.JSON, "[]"),
    ("claimed_until", sa.BigInteger, "0"),
)


def upgrade() -> None:
    """Add the columns and the table. What is there gets values first, for none may be without."""
    op.drop_index("ix_outlines_rank", "outlines")
    op.add_column("outlines", sa.Column("claimed_by", sa.String(64)))
    for name, kind, value in _ADDED:
        op.add_column("outlines", sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("outlines") as altered:
        altered.alter_column("rank", type_=sa.BigInteger, existing_type=sa.Integer, existing_nullable=False)
        for name, _, _ in _ADDED:
            altered.alter_column(name, server_default=None)
    op.create_index("ix_outlines_measured", "outlines", ["measured", "dossier"])
    op.create_table(
        "facets",
        sa.Column("dossier", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("facet", sa.String(300), nullable=False),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier", "facet", name="pk_facets"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_facets_dossier"),
    )
    op.create_index("ix_facets_rank", "facets", ["facet", sa.text("rank DESC"), "dossier"])
