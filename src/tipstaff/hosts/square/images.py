"""Images that square holds: what it takes, and which post shows which."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tipstaff.actions.host import Image
from tipstaff.base.errors import InputError
from tipstaff.hosts.square.schema import ImageRow, PostRow, ShownRow

LARGEST: Final = 5_000_000
"""Bytes that an image may have."""

MOST: Final = 9
"""Images that a post may show."""

_BEGINNINGS: Final = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
"""By what each kind of image is known: nobody is believed who says it."""

_PAGE: Final = 500
"""Posts that are looked at together."""


def read_images(given: Sequence[bytes]) -> list[Image]:
    """Return images that are given with a post, each once. Raises `InputError` for what is not taken."""
    if len(given) > MOST:
        raise InputError(f"{len(given)} images are too many: a post shows at most {MOST}")
    return list(dict.fromkeys(_read(number, content) for number, content in enumerate(given, start=1)))


def _read(number: int, content: bytes) -> Image:
    """Return one image."""
    if len(content) > LARGEST:
        raise InputError(f"image {number} has more than {LARGEST:,} bytes: make it smaller")
    kinds = (kind for kind, beginning in _BEGINNINGS.items() if beginning.match(content))
    kind = next(kinds, None)
    if kind is None:
        raise InputError(f"image {number} is none that is taken: make it a PNG, JPEG, GIF or WebP")
    return Image(hashlib.sha256(content).hexdigest(), kind, content)


def keep_images(session: Session, post: str, images: Sequence[Image]) -> None:
    """Keep the images of a new post; one that is there already is kept once."""
    for place, image in enumerate(images, start=1):
        if session.get(ImageRow, image.name) is None:
            session.add(ImageRow(name=image.name, media_type=image.media_type, content=image.content))
        session.add(ShownRow(post=post, image=image.name, place=place))


def names_in(session: Session, posts: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of the images that posts show, in their order; nothing for a post without."""
    query = select(ShownRow.post, ShownRow.image).where(ShownRow.post.in_(posts))
    found: dict[str, tuple[str, ...]] = {}
    for post, image in session.execute(query.order_by(ShownRow.place)).tuples():
        found[post] = (*found.get(post, ()), image)
    return found


def images_in(session: Session, post: str) -> tuple[Image, ...]:
    """Return the images that a post shows, in their order."""
    query = select(ImageRow).join(ShownRow, ShownRow.image == ImageRow.name).where(ShownRow.post == post)
    return tuple(image_of(row) for row in session.scalars(query.order_by(ShownRow.place)))


def find_image(session: Session, name: str) -> ImageRow:
    """Return an image. Raises `InputError`."""
    row = session.get(ImageRow, name)
    if row is None:
        raise InputError(f"there is no image {name!r} on square")
    return row


def image_of(row: ImageRow) -> Image:
    """Return what a row is."""
    return Image(row.name, row.media_type, row.content)


def posts_with(session: Session, image: str) -> Iterator[Sequence[PostRow]]:
    """Yield the posts that show an image, the oldest first, a page at a time."""
    query = select(PostRow).join(ShownRow, ShownRow.post == PostRow.id).where(ShownRow.image == image)
    query, last = query.order_by(PostRow.number).limit(_PAGE), 0
    while rows := session.scalars(query.where(PostRow.number > last)).all():
        yield rows
        last = rows[-1].number
