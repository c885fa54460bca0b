"""Finding entities in one text, the plain way: every expression is tried everywhere.

What a finder says of itself is what its reader says: the value and the detail of a hit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.folding import as_written, even, fold, fold_link
from tipstaff.screening.entities.links import read_links
from tipstaff.screening.entities.places import Text
from tipstaff.screening.entities.readers import LINK_READERS, TEXT_READERS, LinkReader, TextReader


def _link_finder(read: LinkReader) -> Callable[[str], list[Entity]]:
    def find(text: str) -> list[Entity]:
        plain = even(text)
        found = read(read_links(Text(fold_link(plain))))
        return found if plain == text else as_written(text)(found)

    find.__doc__ = read.__doc__
    return find


def _text_finder(read: TextReader) -> Callable[[str], list[Entity]]:
    def find(text: str) -> list[Entity]:
        return read(Text(fold(text)))

    find.__doc__ = read.__doc__
    return find


FINDERS: Mapping[str, Callable[[str], list[Entity]]] = MappingProxyType(
    {kind: _link_finder(read) for kind, read in LINK_READERS.items()}
    | {kind: _text_finder(read) for kind, (read, _) in TEXT_READERS.items()}
)
"""Every kind of entity and what finds it."""
