"""Images that square holds itself, and which posts show them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "square_images",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "square_shown",
        sa.Column("post", sa.String(64), nullable=False),
        sa.Column("image", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("post", "image"),
        sa.ForeignKeyConstraint(["post"], ["square_posts.id"]),
        sa.ForeignKeyConstraint(["image"], ["square_images.name"]),
    )
    op.create_index("ix_square_shown_image", "square_shown", ["image"])
