"""Conditional requests (RFC 9110, 13): a case is changed as it was seen, or not at all."""

from __future__ import annotations

import re
from typing import Final

from tipstaff.base.errors import InputError

_ETAG: Final = re.compile(r'"([0-9]{1,18})"')


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def version_asked(if_match: str | None) -> int | None:
    """Return the version that `If-Match` asks for; None where it asks for none. Raises `InputError`."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise InputError(f"If-Match: {if_match!r:.40} is no ETag of a case: send the one that it came with")
    return int(found[1])
