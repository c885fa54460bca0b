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
    Text,
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

DOSSIERS: Final = Table(
    "dossiers",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("realm", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("attend_at", BigInteger),
    UniqueConstraint("kind", "realm", "name"),
)
"""One row a case or an order. What is due when, and everything else about it, follows from its events.

A case is of the kind of its subject, its realm is the host, its name the subject's; an order is of kind
`order`, its realm is the authority, its name the reference.
"""

EVENTS: Final = Table(
    "events",
    METADATA,
    Column("dossier", ForeignKey("dossiers.number"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("recorded", LargeBinary, nullable=False),
)
"""What has happened, as JSON; rows are added and never changed."""

STATEMENTS: Final = Table(
    "statements",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("dossier", ForeignKey("dossiers.number"), nullable=False),
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
    Column("dossier", ForeignKey("dossiers.number"), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("trouble", Text, nullable=False),
)
"""Measures that a host is owed and has not been seen to have."""

OUTLINES: Final = Table(
    "outlines",
    METADATA,
    Column("dossier", ForeignKey("dossiers.number"), primary_key=True, autoincrement=False),
    Column("posts", Integer, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("standing", String(30), nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("deadline", BigInteger),
    Column("escalated", Boolean, nullable=False),
    Column("heard_until", BigInteger),
    Column("rank", BigInteger, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("followers", BigInteger, nullable=False),
    Column("measured", Boolean, nullable=False),
    Column("policies", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("territories", JSON, nullable=False),
    Column("claimed_by", String(64)),
    Column("claimed_until", BigInteger, nullable=False),
)
"""One row a case: what lists show of it, and by which rank, which follows from its events."""

FACETS: Final = Table(
    "facets",
    METADATA,
    Column("dossier", ForeignKey("dossiers.number"), primary_key=True),
    Column("facet", String(300), primary_key=True),
    Column("rank", BigInteger, nullable=False),
)
"""What each case can be looked for by, with its rank: what has one facet is listed from an index alone."""

COMPLAINTS: Final = Table(
    "complaints",
    METADATA,
    Column("dossier", ForeignKey("dossiers.number"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("complainant", String(300), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String(20)),
    Column("answered_at", BigInteger),
    Column("undone", Boolean, nullable=False),
)
"""Who complained when, what came of it, and whether that was undone: what tells who is to be relied on."""

TRACES: Final = Table(
    "traces",
    METADATA,
    Column("digest", LargeBinary(16), primary_key=True),
    Column("dossier", ForeignKey("dossiers.number"), primary_key=True),
    Column("kind", String(20), nullable=False),
)
"""What closed accounts are recognised by when they register again."""

COUNTS: Final = Table(
    "counts",
    METADATA,
    Column("dossier", ForeignKey("dossiers.number"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("what", String(20), nullable=False),
    Column("day", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("realm", String(200), nullable=False),
    Column("word", String(200), nullable=False),
    Column("under", String(300), nullable=False),
    Column("seconds", BigInteger),
    Column("entry", LargeBinary(32)),
)
"""What is counted, a row for each: number `place` of those that an event is counted as."""

POLICIES: Final = Table(
    "policies",
    METADATA,
    Column("name", String(200), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reference", String(300), nullable=False),
    Column("state", String(20), nullable=False),
    Column("entry", LargeBinary(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)
"""What was stated of versions of policies; how one stands is what was stated last. Rows are never changed."""

Index("ix_complaints_complainant", COMPLAINTS.c.complainant, COMPLAINTS.c.at)
Index("ix_outlines_measured", OUTLINES.c.measured, OUTLINES.c.dossier)
# All that is asked for stands in these, in the order in which it is grouped: no row is looked up or sorted.
Index(
    "ix_counts_what", COUNTS.c.what, COUNTS.c.day, COUNTS.c.word, COUNTS.c.under, COUNTS.c.realm,
    COUNTS.c.at, COUNTS.c.seconds,
)  # fmt: skip
Index(
    "ix_counts_under", COUNTS.c.under, COUNTS.c.what, COUNTS.c.word, COUNTS.c.at, COUNTS.c.realm,
    COUNTS.c.dossier,
)  # fmt: skip
Index("ix_outlines_waits", OUTLINES.c.waits, OUTLINES.c.rank.desc(), OUTLINES.c.dossier)
Index("ix_facets_rank", FACETS.c.facet, FACETS.c.rank.desc(), FACETS.c.dossier)
Index("ix_dossiers_attend_at", DOSSIERS.c.attend_at)
Index("ix_statements_dossier", STATEMENTS.c.dossier)
Index("ix_statements_due", STATEMENTS.c.due)
Index("ix_deliveries_due", DELIVERIES.c.due)
