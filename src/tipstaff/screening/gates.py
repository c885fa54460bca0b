"""What a field must hold for an entity to be in it: a look at its flags saves a finder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tipstaff.policy.model import EntityKind
from tipstaff.screening.tables import AT, DIGITS, DOLLAR, DOT, HASH, LONG_RUN

GATES: Final[Mapping[EntityKind, int]] = {
    EntityKind.URL: DOT,
    EntityKind.DOMAIN: DOT,
    EntityKind.INVITATION: DOT,
    EntityKind.HANDLE: AT,
    EntityKind.CASHTAG: DOLLAR,
    EntityKind.HASHTAG: HASH,
    EntityKind.WALLET: LONG_RUN,
    EntityKind.QQ: DIGITS,
    EntityKind.PHONE: DIGITS,
}
"""The flag without which a field cannot hold an entity of that kind; a kind that is absent has none."""
