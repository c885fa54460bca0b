"""What the paths and queries of the pages of square name."""

from __future__ import annotations

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

Handle = Annotated[str, PathParameter(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
"""The handle of an account, or the name of an app in addresses."""

PostName = Annotated[str, PathParameter(pattern=r"^p[0-9]{1,18}$")]
ImageName = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]
EntryPath = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]

Before = Annotated[str | None, QueryParameter(pattern=r"^p[0-9]{1,18}$")]
"""The last post of the page before."""

Behind = Annotated[str, QueryParameter(name="after", pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$|^$")]
"""The last account or app of the page before."""
