"""Cases, their events, and what the ledger and the hosts are owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cases",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attend_at", sa.BigInteger),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("standing", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cases"),
        sa.UniqueConstraint("host", "kind", "subject", name="uq_cases_host"),
    )
    op.create_index("ix_cases_attend_at", "cases", ["attend_at"])
    op.create_index("ix_cases_severity", "cases", [sa.text("severity DESC"), "number"])
    op.create_table(
        "events",
        sa.Column("case_number", _NUMBER, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("recorded", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_number", "number", name="pk_events"),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_events_case_number"),
    )
    op.create_table(
        "statements",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_number", _NUMBER, nullable=False),
        sa.Column("entry", sa.LargeBinary(32), nullable=False),
        sa.Column("encoded", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_statements"),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_statements_case_number"),
        sa.UniqueConstraint("entry", name="uq_statements_entry"),
    )
    op.create_index("ix_statements_due", "statements", ["due"])
    op.create_table(
        "deliveries",
        sa.Column("measure", sa.LargeBinary(32), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("case_number", _NUMBER, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("measure", "round", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name="fk_deliveries_case_number"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["due"])
    op.create_table(
        "policies",
        sa.Column("reference", sa.String(300), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("entry", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_policies"),
    )
