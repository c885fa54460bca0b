"""What requests of several endpoints are given: pages, targets, texts, versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from msgspec import Meta

from tipstaff.actions.access.door import Door
from tipstaff.actions.access.front import Front
from tipstaff.actions.paging import PATTERN as PLACE
from tipstaff.base.errors import InputError
from tipstaff.casework.words import TARGET_PATTERN
from tipstaff.server.conditions import PATTERN, SEEN_TOLD

GREATEST: Final = 2**31 - 1
"""The greatest number that is asked for: schemas tell bounds as floats."""

_MOST: Final = 200

Asking = NamedDependency[Front]
"""The actions, for who asks."""

Coming = NamedDependency[Door]
"""The actions, for who comes with a link."""

Most = Annotated[int, QueryParameter(ge=1, le=_MOST, description="how many at the most")]
After = Annotated[int | None, QueryParameter(ge=1, le=GREATEST, description="`next` of the page before")]
Before = Annotated[int | None, QueryParameter(ge=1, le=GREATEST, description="`next` of the page before")]
AfterPlace = Annotated[str | None, QueryParameter(pattern=PLACE, description="`next` of the page before")]
PlacePath = Annotated[str, PathParameter(pattern=PLACE, description="its `id`")]
Moment = Annotated[
    datetime | None,
    QueryParameter(
        description="with its offset, or in seconds since 1970",
        examples=[Example(value="2026-12-01T00:00:00Z")],
    ),
]
IfMatch = Annotated[
    str,
    HeaderParameter(
        name="If-Match",
        pattern=PATTERN,
        description="the ETag that it came with: only if it is the same; `*` for any",
    ),
]
IfNoneMatch = Annotated[
    str,
    HeaderParameter(
        name="If-None-Match",
        description=SEEN_TOLD,
    ),
]
Said = Annotated[
    str, Meta(min_length=1, max_length=20_000, description="what is said", examples=["这是新闻报道。"])
]
TargetName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=600,
        extra_json_schema={"extra": {"pattern": TARGET_PATTERN}},  # who errs is told in words
        description="HOST/account/NAME, or HOST/account/NAME/POST for a post; app and site likewise",
        examples=["square/account/moonharbor/p2"],
    ),
]


def moment_of(asked: datetime | None) -> int | None:
    """Return a time in seconds. Raises `InputError` where it has no offset."""
    if asked is None:
        return None
    if asked.tzinfo is None:
        raise InputError(f"{asked.isoformat()} has no offset: write it like 2026-12-01T00:00:00Z")
    return int(asked.timestamp())
