"""How users log in, their sessions, and what went wrong before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "logins",
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("totp", sa.LargeBinary(32)),
        sa.Column("pending", sa.LargeBinary(32)),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user", name="pk_logins"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_logins_user"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("user", "digest", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_recovery_codes_user"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("strong", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_sessions_user"),
    )
    op.create_index("ix_sessions_user", "sessions", ["user", "made_at"])
    op.create_index("ix_sessions_ends_at", "sessions", ["ends_at"])
    op.create_table(
        "passkeys",
        sa.Column("credential", sa.LargeBinary(1023), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("credential", name="pk_passkeys"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_passkeys_user"),
    )
    op.create_index("ix_passkeys_user", "passkeys", ["user", "made_at"])
    op.create_table(
        "passkey_challenges",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_passkey_challenges"),
    )
    op.create_index("ix_passkey_challenges_ends_at", "passkey_challenges", ["ends_at"])
    op.create_table(
        "login_tries",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("known_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("name", "address", name="pk_login_tries"),
    )
    op.create_index("ix_login_tries_last_at", "login_tries", ["last_at"])
