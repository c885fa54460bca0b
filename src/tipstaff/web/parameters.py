"""What the paths and queries of pages name."""

from __future__ import annotations

from typing import Annotated, Final

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.access.front import Front

GREATEST: Final = 2**31 - 1

Asking = NamedDependency[Front]
"""The actions, for who is logged in."""

Number = Annotated[int, PathParameter(ge=1, le=GREATEST)]
Digest = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]
After = Annotated[int | None, QueryParameter(ge=1, le=GREATEST)]
