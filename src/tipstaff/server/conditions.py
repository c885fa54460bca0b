"""Conditional requests (RFC 9110, 13): a case is changed as it was seen, or not at all.

What somebody has already is not sent again.
"""

from __future__ import annotations

from typing import Final

ANY: Final = "*"
"""What `If-Match` says where any version will do."""

PATTERN: Final = r'^(\*|"[0-9]{1,18}")$'
"""What `If-Match` may say: any version, or the ETag of one."""

SEEN_PATTERN: Final = r'^(\*|(W/)?"[!#-~]{0,64}"( ?, ?(W/)?"[!#-~]{0,64}"){0,19})$'
"""What `If-None-Match` may say: anything, or the ETags of what is known already, twenty at the most."""

SEEN_TOLD: Final = "ETags of what one has already: if it is one of these, it is not sent again"
"""What is told of `If-None-Match`."""

VERSIONED: Final = "versioned"
"""The option of endpoints that are about something with a version, which is its ETag."""

UNSEEN: Final = '""'
"""What `If-None-Match` says where nothing is known: nothing has that ETag."""


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def version_asked(if_match: str) -> int | None:
    """Return the version that an `If-Match` of the pattern asks for; None where any will do."""
    return None if if_match == ANY else int(if_match.strip('"'))


def has_already(if_none_match: str, own: str) -> bool:
    """Say whether who sends `If-None-Match` has what is told by an ETag, or anything for all they say.

    Of weak and strong ones those are the same that name the same (RFC 9110, 8.8.3.2).
    """
    shown = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return ANY in shown or own.removeprefix("W/") in shown
