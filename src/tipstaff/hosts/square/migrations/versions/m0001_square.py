"""Accounts, apps, posts, readers who follow, measures and the acts that brought them about.

A square from before there were migrations has these tables, and is brought along by finding them there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables that are not there, and the one row of turns."""
    _make(
        "square_turns",
        sa.Column("only_row", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("only_row"),
    )
    _make(
        "square_accounts",
        sa.Column("handle", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("bio", sa.Text, nullable=False),
        sa.Column("verified_name", sa.Text),
        sa.PrimaryKeyConstraint("handle"),
    )
    _make(
        "square_apps",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _make(
        "square_posts",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("images", sa.JSON, nullable=False),
        sa.Column("lang", sa.Text),
        sa.Column("published_at", sa.Text, nullable=False),
        sa.Column("sponsored", sa.Boolean, nullable=False),
        sa.Column("app", sa.String(64)),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        sa.ForeignKeyConstraint(["account"], ["square_accounts.handle"]),
        sa.ForeignKeyConstraint(["app"], ["square_apps.id"]),
    )
    _index("ix_square_posts_account", "square_posts", "account")
    _index("ix_square_posts_app", "square_posts", "app")
    _make(
        "square_follows",
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("reader", "account"),
        sa.ForeignKeyConstraint(["account"], ["square_accounts.handle"]),
    )
    _index("ix_square_follows_account", "square_follows", "account")
    _make(
        "square_measures",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("subject_kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("provision", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("in_force", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("subject_kind", "subject", "post", "measure"),
    )
    _index("square_measures_by_post", "square_measures", "post")
    _make("square_acts", sa.Column("key", sa.Text, nullable=False), sa.PrimaryKeyConstraint("key"))
    op.execute(
        "INSERT INTO square_turns (only_row, number) "
        "SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM square_turns)"
    )


def _make(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Make a table, where it is not there."""
    op.create_table(name, *parts, if_not_exists=True)


def _index(name: str, table: str, column: str) -> None:
    """Make an index, where it is not there."""
    op.create_index(name, table, [column], if_not_exists=True)
