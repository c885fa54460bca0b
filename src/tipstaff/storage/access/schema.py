"""The tables of users and all that is kept about them, and of webhooks. Migrations make them."""

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
    Column("queues", JSON),
)
"""Who may ask, under which name they complain, what they hold, and to which hosts they are limited."""

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

LOGINS: Final = Table(
    "logins",
    METADATA,
    Column("user", ForeignKey("users.name"), primary_key=True),
    Column("password", String(200)),
    Column("version", BigInteger, nullable=False),
    Column("totp", LargeBinary(32)),
    Column("pending", LargeBinary(32)),
    Column("counter", BigInteger, nullable=False),
    Column("initial_until", BigInteger),
)
"""How users log in: Argon2id of a password, the names of secrets that are in the vault.

Until `initial_until` the password is one that somebody else has made; null where it is their own.
"""

RECOVERY: Final = Table(
    "recovery_codes",
    METADATA,
    Column("user", ForeignKey("users.name"), primary_key=True),
    Column("digest", String(64), primary_key=True),
)
"""Recovery codes that were not used yet, of which those alone know more who have been shown them."""

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(16), nullable=False),
    Column("user", ForeignKey("users.name"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("strong", Boolean, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)
"""Sessions, by the digest of the secret in their cookie."""

Index("ix_sessions_user", SESSIONS.c.user, SESSIONS.c.made_at)
Index("ix_sessions_ends_at", SESSIONS.c.ends_at)

PASSKEYS: Final = Table(
    "passkeys",
    METADATA,
    Column("credential", LargeBinary(1023), primary_key=True),
    Column("id", String(16), nullable=False),
    Column("user", ForeignKey("users.name"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
"""Passkeys, by what their authenticators call them, with their public keys."""

Index("ix_passkeys_user", PASSKEYS.c.user, PASSKEYS.c.made_at)

CHALLENGES: Final = Table(
    "passkey_challenges",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("user", String(64), nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)
"""What was asked of browsers, and not answered yet; of no user where nobody is known yet."""

Index("ix_passkey_challenges_ends_at", CHALLENGES.c.ends_at)

TRIES: Final = Table(
    "login_tries",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("known_at", BigInteger),
)
"""What went wrong at the gate, by digests of names and by addresses."""

Index("ix_login_tries_last_at", TRIES.c.last_at)

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

FILTERS: Final = Table(
    "filters",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("owner", ForeignKey("users.name"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("filter", JSON, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("routed", JSON, nullable=False),
)
"""Filters of the queue that people keep, and for whom each comes first."""

Index("ix_filters_owner", FILTERS.c.owner, FILTERS.c.made_at)
Index("ix_filters_shared", FILTERS.c.shared, FILTERS.c.made_at)

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
    Column("about", Text, nullable=False),
)
"""The audit trail. Users are named, not referred to: the trail outlasts them."""

Index("ix_visits_at", VISITS.c.at)
Index("ix_visits_user", VISITS.c.user, VISITS.c.id)
Index("ix_visits_by", VISITS.c.user, VISITS.c.by, VISITS.c.at)

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
