"""Links in posts, and what stands in their place where their site is blocked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from tipstaff.actions.host import Sentence
from tipstaff.hosts.links import and_above, linked
from tipstaff.hosts.square.pages import Content

if TYPE_CHECKING:
    from tipstaff.screening.entities import Entity

Sites = Mapping[str, Sentence]
"""The sites that are blocked, by host, and the sentence of each."""


def is_site(name: str) -> bool:
    """Say whether a name is that of a site: a host in the spelling that links are compared in."""
    from tipstaff.screening.entities.links import read_host  # noqa: PLC0415  as in `tipstaff.hosts.links`

    return read_host(name) == name


def blocked(content: Content, sites: Sites) -> tuple[Sentence, ...]:
    """Return the sentences of the blocked sites that a post links to, each once."""
    if not sites:
        return ()
    places = (content.title, content.text, content.url, *content.images)
    return tuple(dict.fromkeys(sentence for place in places for _, sentence in _links(place, sites)))


def withhold(content: Content, sites: Sites) -> Content:
    """Return a post without its links to blocked sites."""
    found = blocked(content, sites)
    if not found:
        return content
    return msgspec.structs.replace(
        content,
        title=None if content.title is None else _without_links(content.title, sites),
        text=_without_links(content.text, sites),
        url=None if any(_links(content.url, sites)) else content.url,
        images=tuple(image for image in content.images if not any(_links(image, sites))),
        withheld=found,
    )


def _links(text: str | None, sites: Sites) -> Iterator[tuple[Entity, Sentence]]:
    """Yield the links of a text to blocked sites, and the sentence of each."""
    for link, host in linked(text):
        sentence = _sentence_of(host, sites)
        if sentence is not None:
            yield link, sentence


def _sentence_of(host: str, sites: Sites) -> Sentence | None:
    """Return the sentence for a host: its own, else that of the nearest host above it that is blocked."""
    return next((sites[name] for name in and_above(host) if name in sites), None)


def _without_links(text: str, sites: Sites) -> str:
    """Return a text with sentences in place of links."""
    parts, end = [], 0
    for link, sentence in _links(text, sites):
        parts += [text[end : link.start], sentence.text]
        end = link.end
    return "".join([*parts, text[end:]])
