"""Links in posts: to which sites they lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.screening.posts import Post

if TYPE_CHECKING:
    from tipstaff.screening.entities import Entity

# What reads a text is imported where that is done: every command opens the hosts, and hardly any reads links.

_HOST: Final = re.compile(r"(?:https?://)?(\[[^\]]*\]|[^:/?#]*)")
"""The host of a link as the lexer writes it: one spelling for all."""


def linked(text: str | None) -> Iterator[tuple[Entity, str]]:
    """Yield the links of a text, and the host that each leads to."""
    from tipstaff.screening.entities import FINDERS  # noqa: PLC0415

    for link in FINDERS["url"](text or ""):
        if match := _HOST.match(link.value):
            yield link, match[1]


def and_above(host: str) -> Iterable[str]:
    """Yield a host, and all it is a part of."""
    labels = host.split(".")
    return (".".join(labels[first:]) for first in range(len(labels)))


def links_to(post: Post, subject: Subject) -> bool:
    """Say whether a post links to an outside site, or to a host that is a part of it."""
    if subject.kind is not SubjectKind.SITE:
        return False
    texts = (post.title, post.text, post.url)
    return any(subject.id in and_above(host) for text in texts for _, host in linked(text))
