"""Telephone numbers: Chinese mobile numbers, and international ones with their calling code."""

from __future__ import annotations

import re

from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.places import Expression, Text

_GAP = r"[ \-\u2010-\u2013]"
CHINESE_MOBILE = Expression.of(
    rf"(?:\+86{_GAP}?|(?:(?<![0-9A-Za-z+])|(?<![0-9A-Za-z][vVxX])(?<=[vVxX])|(?<=[vVwW][xX]))(?<![0-9][.,\-/])"
    rf"(?:(?:00)?86{_GAP}?)?)(1{_GAP}?[3-9](?:{_GAP}?[0-9]){{9}})(?![0-9]|[.,%][0-9])"
)
INTERNATIONAL = Expression.of(r"(?<![0-9A-Za-z+])\+([1-9](?:[ ().\-]{0,2}[0-9]){7,14})(?![0-9]|%|[.,][0-9])")
_GROUPS = re.compile(r"[0-9]+", re.ASCII)
_GROUPINGS = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (3, 5, 3), (1,) * 11})
"""How people part the eleven digits; any other parting is a list of numbers."""

_LONGEST_DOTTED = 4
"""The longest group of a number parted by dots (`+1.415.555.2671`); with a longer one it is a decimal."""

_CALLING_CODES = frozenset(
    str(code)
    for part in (
        (1, 7, 20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67)),
        (81, 82, 84, 86, *range(90, 96), 98, 211, 212, 213, 216, 218, *range(220, 259), *range(260, 270)),
        (
            290,
            291,
            297,
            298,
            299,
            *range(350, 360),
            *range(370, 379),
            *range(380, 384),
            *range(385, 388),
            389,
        ),
        (420, 421, 423, *range(500, 510), *range(590, 600), 670, *range(672, 693), 850, 852, 853, 855, 856),
        (880, 886, *range(960, 969), *range(970, 978), *range(992, 997), 998),
    )
    for code in part
)
"""ITU-T E.164 country codes; a plus and other digits is arithmetic."""


def read_phones(text: Text) -> list[Entity]:
    """Find telephone numbers. Value: eleven digits for a Chinese mobile, `+` and digits for any other.

    Detail: `chinese-mobile` or `international`. A letter `v` or `x` may touch the number, as in `加V138…`.
    """
    found = []
    for match in text.matches(CHINESE_MOBILE):
        groups = _GROUPS.findall(match[1])
        if tuple(map(len, groups)) in _GROUPINGS:
            found.append(Entity("phone", match.start(), match.end(), "".join(groups), "chinese-mobile"))
    for match in text.matches(INTERNATIONAL):
        groups = _GROUPS.findall(match[1])
        digits = "".join(groups)
        if "." in match[1] and max(map(len, groups)) > _LONGEST_DOTTED:
            continue
        if not _CALLING_CODES.isdisjoint((digits[:1], digits[:2], digits[:3])):
            found.append(Entity("phone", match.start(), match.end(), f"+{digits}", "international"))
    return apart(found)
