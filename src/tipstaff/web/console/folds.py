"""What the comparison has folded of a text: shown beside it, so that nobody wonders what was seen in it."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from tipstaff.policy.folding import normalise

_SHOWN: Final = 20
"""Kinds of folds that are told at the most."""

_MARKED: Final = 1000
"""Folds that are marked in a text: of more it is told how often each came, for a mark is seventy bytes."""

_MARK: Final = Markup('<span class="folded" title="{}">{}</span>')


class Fold(NamedTuple):
    """What stood in a text, what it was compared as, and how often; `name` is for what nobody sees."""

    before: str
    after: str
    times: int
    name: str


class Folds(NamedTuple):
    """The normal form of a text, marked where it is another one; and the kinds of folds in it.

    That capitals became small letters, and wide punctuation plain, is shown nowhere: everybody expects it.
    """

    text: Markup
    kinds: list[Fold]


def folds_of(text: str) -> Folds:
    """Return what was folded of a text."""
    normal = normalise(text)
    whole: dict[int, str] = {}
    for part, origin in zip(normal.text, normal.origin, strict=True):
        whole[origin] = whole.get(origin, "") + part
    parts: list[str] = []
    times: dict[tuple[str, str], int] = {}
    marked = 0
    for place, before in enumerate(text):
        after = whole.get(place, "")
        if after in (before, before.lower()) or before.isspace() or _is_mark(after):
            parts.append(escape(after))
            continue
        times[before, after] = times.get((before, after), 0) + 1
        marked += 1
        parts.append(_MARK.format(_told(before), after) if after and marked <= _MARKED else escape(after))
    kinds = [Fold(_seen(before), after, count, _told(before)) for (before, after), count in times.items()]
    return Folds(Markup().join(parts), sorted(kinds, key=lambda one: -one.times)[:_SHOWN])


def _is_mark(after: str) -> bool:
    """Say whether something was compared as punctuation."""
    return bool(after) and all(unicodedata.category(one).startswith("P") for one in after)


def _told(char: str) -> str:
    """Return a character with its code point and name."""
    name = unicodedata.name(char, "")
    return f"{_seen(char)} U+{ord(char):04X} {name}".strip()


def _seen(char: str) -> str:
    """Return a character where it is seen; nothing for a mark or what is invisible."""
    return "" if unicodedata.category(char)[0] in "MC" else char
