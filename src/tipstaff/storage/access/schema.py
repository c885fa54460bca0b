"""The tables of users, tokens and links. Migrations make them; a test compares both."""

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
)

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
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

LINKS: Final = Table(
    "links",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("case", BigInteger, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("about", LargeBinary(32), nullable=False),
    Column("by", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
"""Links into cases, of which the secrets are known to those alone who have been shown them."""

Index("ix_links_case", LINKS.c.case, LINKS.c.made_at)

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
