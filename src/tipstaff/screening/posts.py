"""Posts as they come in."""

from __future__ import annotations

import re

import msgspec

_SURROGATES = re.compile("[\ud800-\udfff]")


class Post(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One public post. `published_at` is ISO 8601 text; `sponsored` is the author's own declaration."""

    id: str
    account: str
    text: str
    title: str | None = None
    url: str | None = None
    lang: str | None = None
    published_at: str | None = None
    followers: int | None = None
    sponsored: bool | None = None
    host: str | None = None
    app: str | None = None


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which no encoding can carry, by U+FFFD."""
    return _SURROGATES.sub("\ufffd", text) if not text.isascii() else text
