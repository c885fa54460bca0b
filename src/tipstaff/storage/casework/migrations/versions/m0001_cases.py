"""Cases, orders, complaints, their events, and what the ledger and the hosts are owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dossiers",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("realm", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attend_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_dossiers"),
        sa.UniqueConstraint("kind", "realm", "name", name="uq_dossiers_kind"),
    )
    op.create_index("ix_dossiers_attend_at", "dossiers", ["attend_at"])
    op.create_table(
        "events",
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("recorded", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("dossier", "number", name="pk_events"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_events_dossier"),
    )
    op.create_table(
        "statements",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("entry", sa.LargeBinary(32), nullable=False),
        sa.Column("encoded", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_statements"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_statements_dossier"),
        sa.UniqueConstraint("entry", name="uq_statements_entry"),
    )
    op.create_index("ix_statements_dossier", "statements", ["dossier"])
    op.create_index("ix_statements_due", "statements", ["due"])
    op.create_table(
        "deliveries",
        sa.Column("measure", sa.LargeBinary(32), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("measure", "round", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_deliveries_dossier"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["due"])
    op.create_table(
        "outlines",
        sa.Column("dossier", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("standing", sa.String(30), nullable=False),
        sa.Column("complaints", sa.Integer, nullable=False),
        sa.Column("deadline", sa.BigInteger),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("dossier", name="pk_outlines"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_outlines_dossier"),
    )
    op.create_index("ix_outlines_severity", "outlines", [sa.text("severity DESC"), "dossier"])
    op.create_table(
        "complaints",
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("complainant", sa.String(300), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("answered_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("dossier", "number", name="pk_complaints"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_complaints_dossier"),
    )
    op.create_index("ix_complaints_complainant", "complaints", ["complainant", "at"])
    op.create_table(
        "traces",
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("digest", "dossier", name="pk_traces"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.number"], name="fk_traces_dossier"),
    )
    op.create_table(
        "policies",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reference", sa.String(300), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("entry", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_policies"),
    )
