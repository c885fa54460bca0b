"""What can be decided about what, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tipstaff.casework.words import MeasureKind, SubjectKind
from tipstaff.web.forms import Form

_DAY: Final = 86_400

ABLE: Final[Mapping[SubjectKind, tuple[MeasureKind, ...]]] = {
    SubjectKind.ACCOUNT: (
        MeasureKind.WARN,
        MeasureKind.BLOCK_CONTENT,
        MeasureKind.RESTRICT_POSTING,
        MeasureKind.SUSPEND_UPDATES,
        MeasureKind.CLOSE_ACCOUNT,
    ),
    SubjectKind.APP: (MeasureKind.WARN, MeasureKind.SUSPEND_APP),
    SubjectKind.SITE: (MeasureKind.BLOCK_LINKS,),
}
"""The measures that a person may take on each kind of subject, the milder ones first."""


def until_of(form: Form, now: int) -> int | None:
    """Return when what is decided ends, by the days that were written; None where it has no end."""
    days = form.number("days")
    return now + days * _DAY if days else None
