"""Conditional requests (RFC 9110, 13): a case is changed as it was seen, or not at all."""

from __future__ import annotations

from typing import Final

ANY: Final = "*"
"""What `If-Match` says where any version will do."""

PATTERN: Final = r'^(\*|"[0-9]{1,18}")$'
"""What `If-Match` may say: any version, or the ETag of one."""


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def version_asked(if_match: str) -> int | None:
    """Return the version that an `If-Match` of the pattern asks for; None where any will do."""
    return None if if_match == ANY else int(if_match.strip('"'))
