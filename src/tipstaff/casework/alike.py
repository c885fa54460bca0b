"""Posts of a case that say nearly the same, drawn together so that they are read once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tipstaff.policy.folding import letters_text, normal_text

_SIZE: Final = 4
"""Letters of a shingle."""

_ALIKE: Final = 0.7
"""The share of their shingles that two texts have in common, from which on they are alike (Jaccard)."""


def alike(texts: Mapping[str, str]) -> list[list[str]]:
    """Group posts, given by their texts, in the order of the first of each group.

    A post goes to the first group whose first post it is like; the time grows with posts times groups.
    """
    groups: list[tuple[frozenset[str], list[str]]] = []
    for post, text in texts.items():
        shingles = _shingles(text)
        for first, members in groups:
            if len(first & shingles) >= _ALIKE * len(first | shingles):
                members.append(post)
                break
        else:
            groups.append((shingles, [post]))
    return [members for _, members in groups]


def likeness(one: str, other: str) -> float:
    """Return the share of their shingles that two texts have in common, from 0 to 1."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second)


def _shingles(text: str) -> frozenset[str]:
    """Return the runs of letters in the normal form of a text; a short one is one run."""
    letters = letters_text(normal_text(text))
    return frozenset(letters[at : at + _SIZE] for at in range(max(1, len(letters) - _SIZE + 1)))
