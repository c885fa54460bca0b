"""The tables of users, tokens, the trail and webhooks. Migrations make them; a test compares both."""

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

USERS: Final = Table(
    "users",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("roles", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("reader", String(200)),
    Column("holds", JSON),
)
"""Who may ask, under which name they complain, and which accounts and apps are theirs."""

TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("user", ForeignKey("users.name"), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("scopes", JSON),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
"""Tokens, of which the secrets are known to those alone who have been shown them."""

Index("ix_tokens_user", TOKENS.c.user, TOKENS.c.made_at)

VISITS: Final = Table(
    "visits",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("user", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("address", String(64), nullable=False),
)
"""The audit trail. Users are named, not referred to: the trail outlasts them."""

Index("ix_visits_at", VISITS.c.at)
Index("ix_visits_user", VISITS.c.user, VISITS.c.id)

ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("id", LargeBinary(32), primary_key=True),
    Column("request", LargeBinary(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary),
)
"""Requests that are done once; no answer yet where nothing is sealed."""

Index("ix_answers_at", ANSWERS.c.at)

WEBHOOKS: Final = Table(
    "webhooks",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("url", Text, nullable=False),
    Column("description", String(200), nullable=False),
    Column("events", JSON, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("secret", LargeBinary(32), nullable=False),
    Column("older", LargeBinary(32)),
    Column("older_until", BigInteger),
    Column("active", Boolean, nullable=False),
    Column("failing_since", BigInteger),
    Column("trouble", Text, nullable=False),
)
"""Who is told of what happens. Secrets are in the vault: here are their commitments."""

WEBHOOKS_TOLD: Final = Table(
    "webhooks_told",
    METADATA,
    Column("dossier", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
"""How many events of a case or an order were told."""

WEBHOOKS_OWED: Final = Table(
    "webhooks_owed",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("webhook", ForeignKey("webhooks.id"), nullable=False),
    Column("message", String(64), nullable=False),
    Column("type", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("due", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("arrived_at", BigInteger),
    UniqueConstraint("webhook", "message"),
)
"""What each was told, or is to be told, and when it is sent next."""

WEBHOOKS_SENT: Final = Table(
    "webhooks_sent",
    METADATA,
    Column("owed", ForeignKey("webhooks_owed.number"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("ms", Integer, nullable=False),
    Column("error", Text, nullable=False),
)
"""Each attempt to send it."""

Index("ix_webhooks_owed_due", WEBHOOKS_OWED.c.due)
Index("ix_webhooks_owed_at", WEBHOOKS_OWED.c.at)
