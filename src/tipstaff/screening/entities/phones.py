"""Telephone numbers: Chinese mobile numbers, and international ones with their calling code."""

from __future__ import annotations

import re

from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.folding import fold

_GAP = r"[ \-\u2010-\u2013]"
_CHINESE = re.compile(
    rf"(?:(?<![0-9A-Za-z+])|(?<![0-9A-Za-z][vVxX])(?<=[vVxX])|(?<=[vVwW][xX]))(?<![0-9][.,\-/])"
    rf"(?:(?:\+|00)?86{_GAP}?)?(1[3-9](?:{_GAP}?[0-9]){{9}})(?!{_GAP}?[0-9]|[.,%][0-9])"
)
_CHINESE_WITH_PLUS = re.compile(rf"\+86{_GAP}?(1[3-9](?:{_GAP}?[0-9]){{9}})(?![0-9])")
_INTERNATIONAL = re.compile(r"(?<![0-9A-Za-z+])\+([1-9](?:[ ().\-]{0,2}[0-9]){7,14}+)(?!%|[.,]?[0-9])", re.ASCII)
_GROUPS = re.compile(r"[0-9]+", re.ASCII)

_GROUPINGS = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (3, 5, 3), (1,) * 11})
"""How people part the eleven digits; any other parting is a list of numbers."""

_CALLING_CODES = frozenset(
    (
        "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82"
        " 84 86 90 91 92 93 94 95 98 211 212 213 216 218"
    ).split()
    + [str(code) for code in range(220, 300) if code not in {259, *range(270, 290), 292, 293, 294, 295, 296}]
    + [str(code) for code in (*range(350, 360), 370, *range(371, 379), 380, 381, 382, 383, 385, 386, 387, 389)]
    + [str(code) for code in (420, 421, 423, *range(500, 510), *range(590, 600), 670, *range(672, 693))]
    + [str(code) for code in (850, 852, 853, 855, 856, 880, 886, 960, *range(961, 969), *range(970, 980))]
    + [str(code) for code in (992, 993, 994, 995, 996, 998)]
)
"""ITU-T E.164 country codes; a plus and other digits is arithmetic."""


def find_phones(text: str) -> list[Entity]:
    """Find telephone numbers. Value: eleven digits for a Chinese mobile, `+` and digits for any other.

    Detail: `chinese-mobile` or `international`. A letter `v` or `x` may touch the number, as in `加V138…`.
    """
    folded = fold(text)
    found = []
    for pattern in (_CHINESE_WITH_PLUS, _CHINESE):
        for match in pattern.finditer(folded):
            groups = _GROUPS.findall(match[1])
            if tuple(map(len, groups)) in _GROUPINGS:
                found.append(Entity("phone", match.start(), match.end(), "".join(groups), "chinese-mobile"))
    for match in _INTERNATIONAL.finditer(folded):
        digits = "".join(_GROUPS.findall(match[1]))
        if any(digits.startswith(code) for code in _prefixes(digits)):
            found.append(Entity("phone", match.start(), match.end(), f"+{digits}", "international"))
    return apart(found)


def _prefixes(digits: str) -> frozenset[str]:
    return _CALLING_CODES & {digits[:1], digits[:2], digits[:3]}
