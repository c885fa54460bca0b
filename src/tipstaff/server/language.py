"""In which language an answer is: as `language` says, else `Accept-Language` (RFC 9110, 12.5.4)."""

from __future__ import annotations

import re
from typing import Final

from tipstaff.policy.model import Language

_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?"
)


def language_asked(accepted: str) -> Language:
    """Return the language that an `Accept-Language` asks for most; English if for none that is spoken."""
    asked: dict[Language, float] = {}
    for one in accepted.split(","):
        found = _RANGE.fullmatch(one)
        if found and found[1].lower() in set(Language):
            language, weight = Language(found[1].lower()), float(found[2] or 1)
            asked[language] = max(weight, asked.get(language, 0.0))
    wanted = max(asked, key=asked.__getitem__, default=Language.EN)
    return wanted if asked.get(wanted, 0.0) else Language.EN
