"""An index of how often somebody was wrong; who was stopped before has no tokens."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_USERS = sa.table("users", sa.column("name"), sa.column("active", sa.Boolean))
_TOKENS = sa.table("tokens", sa.column("user"), sa.column("revoked_at"))


def upgrade() -> None:
    """Make the index, and revoke the tokens: they would count again with new roles."""
    op.create_index("ix_visits_by", "visits", ["user", "by", "at"])
    stopped = sa.select(_USERS.c.name).where(_USERS.c.active.is_(False))
    left = (_TOKENS.c.user.in_(stopped), _TOKENS.c.revoked_at.is_(None))
    op.execute(sa.update(_TOKENS).where(*left).values(revoked_at=int(time.time())))
