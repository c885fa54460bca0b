"""Style sheets and scripts: read once, named with their digest, and kept by browsers for ever."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Any, Final, NamedTuple

from litestar import Request, Response, get
from litestar.params import PathParameter

from tipstaff.base.errors import MissingError
from tipstaff.server.identity import UNLIMITED

_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
STYLES: Final = "tipstaff.css"
"""The style sheet of all pages, which is one file to browsers."""

_SHEETS: Final = ("base", "console", "square", "policies", "queue", "people", "orders", "case", "focus")
"""What it is made of: each begins where the one before has ended, and the later ones go before."""

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_DIGITS: Final = 12


class StaticFile(NamedTuple):
    """A file: its kind, what is in it, the same compressed, and the beginning of its SHA-256."""

    media_type: str
    content: bytes
    compressed: bytes
    digest: str


@functools.cache
def static_files() -> Mapping[str, StaticFile]:
    """Return all files, by name."""
    found = {one.name: one.read_bytes() for one in files("tipstaff.web").joinpath("static").iterdir()}
    sheets = files("tipstaff.web").joinpath("styles")
    found[STYLES] = b"\n".join(sheets.joinpath(f"{name}.css").read_bytes() for name in _SHEETS)
    return {
        name: StaticFile(
            _KINDS[name.rpartition(".")[2]],
            content,
            gzip.compress(content, mtime=0),
            sha256(content).hexdigest()[:_DIGITS],
        )
        for name, content in found.items()
    }


def static_path(name: str) -> str:
    """Return the path of a file, which is another one once its content is."""
    return f"/static/{static_files()[name].digest}/{name}"


@get(
    "/static/{digest:str}/{name:str}",
    sync_to_thread=False,
    operation_id="readStaticFile",
    include_in_schema=False,
    opt={UNLIMITED: True},
)
def read_static_file(
    request: Request[Any, Any, Any],
    digest: Annotated[str, PathParameter()],
    name: Annotated[str, PathParameter()],
) -> Response[bytes]:
    """Return a file. Raises `MissingError`, also where it has changed since a page has named it."""
    found = static_files().get(name)
    if found is None or found.digest != digest:
        raise MissingError(f"there is no file {name}, or it has changed: load the page again")
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            found.compressed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(found.content, media_type=found.media_type, headers=headers)
