"""The tables of square."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, Enum, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tipstaff.casework.words import MeasureKind, SubjectKind

NAME = 64
"""Characters that a handle, or the name of an app in addresses, may have."""


def _words(kind: type[StrEnum]) -> Enum:
    """Return the type of a column that holds words, as text: adding one then changes no type."""
    return Enum(
        kind, native_enum=False, length=NAME, values_callable=lambda words: [word.value for word in words]
    )


class Base(DeclarativeBase):
    """All tables of square."""

    type_annotation_map: ClassVar = {kind: _words(kind) for kind in (SubjectKind, MeasureKind)}


class TurnRow(Base):
    """The number of the last turn: one row, which all who write raise first."""

    __tablename__ = "square_turns"

    only_row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class AccountRow(Base):
    """A public account. Its handle is its stable identifier: it never changes and is never given again."""

    __tablename__ = "square_accounts"

    handle: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    bio: Mapped[str] = mapped_column(Text)
    verified_name: Mapped[str | None] = mapped_column(Text)


class AppRow(Base):
    """A third-party app."""

    __tablename__ = "square_apps"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(Text)


class PostRow(Base):
    """A post, as it was published: no measure ever changes it. Numbers are those of turns."""

    __tablename__ = "square_posts"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(NAME), unique=True)
    account: Mapped[str] = mapped_column(ForeignKey(AccountRow.handle), index=True)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    images: Mapped[list[str]] = mapped_column(JSON)
    lang: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[str] = mapped_column(Text)
    sponsored: Mapped[bool]
    app: Mapped[str | None] = mapped_column(ForeignKey(AppRow.id), index=True)


class ImageRow(Base):
    """An image: its name is the SHA-256 of its bytes, in hexadecimal. Like posts it is never changed."""

    __tablename__ = "square_images"

    name: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ShownRow(Base):
    """That a post shows an image, and as which of its images."""

    __tablename__ = "square_shown"

    post: Mapped[str] = mapped_column(ForeignKey(PostRow.id), primary_key=True)
    image: Mapped[str] = mapped_column(ForeignKey(ImageRow.name), primary_key=True, index=True)
    place: Mapped[int]


class FollowRow(Base):
    """A reader who follows an account."""

    __tablename__ = "square_follows"

    reader: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey(AccountRow.handle), primary_key=True, index=True)


class MeasureRow(Base):
    """A measure that was applied to a target. Numbers are those of turns; an empty post is none."""

    __tablename__ = "square_measures"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject", "post", "measure"),
        Index("square_measures_by_post", "post"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject_kind: Mapped[SubjectKind]
    subject: Mapped[str] = mapped_column(Text)
    post: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    kind: Mapped[MeasureKind]
    text: Mapped[str] = mapped_column(Text)
    provision: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text)
    in_force: Mapped[bool]


class ActRow(Base):
    """An act that was carried out."""

    __tablename__ = "square_acts"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
