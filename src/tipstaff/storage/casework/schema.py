"""The tables of casework. Migrations make them; a test compares both."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the type is INTEGER."""

CASES: Final = Table(
    "cases",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("host", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("attend_at", BigInteger),
    Column("posts", Integer, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("standing", String(30), nullable=False),
    UniqueConstraint("host", "kind", "subject"),
)
"""One row a case: its subject; the rest of the row follows from its events, and is written with them."""

EVENTS: Final = Table(
    "events",
    METADATA,
    Column("case_number", ForeignKey("cases.number"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("recorded", LargeBinary, nullable=False),
)
"""What has happened, as JSON; rows are added and never changed."""

STATEMENTS: Final = Table(
    "statements",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("case_number", ForeignKey("cases.number"), nullable=False),
    Column("entry", LargeBinary(32), nullable=False),
    Column("encoded", LargeBinary, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("sent", Boolean, nullable=False),
    UniqueConstraint("entry"),
)
"""Signed statements that the ledger does not have yet."""

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("measure", LargeBinary(32), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("case_number", ForeignKey("cases.number"), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
)
"""Measures that a host is owed and has not been seen to have."""

POLICIES: Final = Table(
    "policies",
    METADATA,
    Column("reference", String(300), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("entry", LargeBinary(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)
"""The versions of policies that were put in force."""

Index("ix_cases_attend_at", CASES.c.attend_at)
Index("ix_cases_severity", CASES.c.severity.desc(), CASES.c.number)
Index("ix_statements_due", STATEMENTS.c.due)
Index("ix_deliveries_due", DELIVERIES.c.due)
