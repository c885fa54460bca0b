"""Lists by rank, with what waits for a second person and ends of hearings; complaints of which all is undone.

The rest follows from events: `tipstaff rebuild`, which migrates, makes it anew right after.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ADDED = {
    "outlines": (("rank", sa.Integer, "0"), ("waits", sa.Boolean, sa.false())),
    "complaints": (("undone", sa.Boolean, sa.false()),),
}


def upgrade() -> None:
    """Add the columns, and index them. What is there gets values first, for none may be without."""
    op.drop_index("ix_outlines_severity", "outlines")
    op.add_column("outlines", sa.Column("heard_until", sa.BigInteger))
    for table, columns in _ADDED.items():
        for name, kind, value in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
        if table == "outlines":
            op.execute("UPDATE outlines SET rank = severity + CASE WHEN escalated THEN 10 ELSE 0 END")
        with op.batch_alter_table(table) as altered:
            for name, _, _ in columns:
                altered.alter_column(name, server_default=None)
    op.create_index("ix_outlines_rank", "outlines", [sa.text("rank DESC"), "dossier"])
    op.create_index("ix_outlines_waits", "outlines", ["waits", sa.text("rank DESC"), "dossier"])
