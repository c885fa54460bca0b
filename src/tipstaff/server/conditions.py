"""Conditional requests (RFC 9110, 13): a case is changed as it was seen, or not at all; sent if it is new."""

from __future__ import annotations

import re
from typing import Final

ANY: Final = "*"
"""What `If-Match` says where any version will do."""

PATTERN: Final = r'^(\*|"[0-9]{1,18}")$'
"""What `If-Match` may say: any version, or the ETag of one."""

SEEN_PATTERN: Final = r'^(\*|(W/)?"[!#-~]{0,64}"( ?, ?(W/)?"[!#-~]{0,64}"){0,19})$'
"""What `If-None-Match` may say: anything, or the ETags of what is known already, twenty at the most."""

UNSEEN: Final = '""'
"""What `If-None-Match` says where nothing is known: no version has that ETag."""

_TAG: Final = re.compile(r'"[!#-~]*"')


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def version_asked(if_match: str) -> int | None:
    """Return the version that an `If-Match` of the pattern asks for; None where any will do."""
    return None if if_match == ANY else int(if_match.strip('"'))


def is_seen(version: int, if_none_match: str) -> bool:
    """Say whether an `If-None-Match` of the pattern names a version, however strongly (RFC 9110, 13.1.2)."""
    return if_none_match == ANY or etag(version) in _TAG.findall(if_none_match)
