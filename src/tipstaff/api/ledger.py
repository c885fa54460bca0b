"""The ledger, which anyone may read: as an export has it, for auditors and monitors."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final

from litestar import Response, get
from litestar.datastructures import State
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import PathParameter

from tipstaff.api.parameters import IfNoneMatch
from tipstaff.base.errors import MissingError
from tipstaff.server.conditions import UNSEEN
from tipstaff.server.identity import UNLIMITED
from tipstaff.server.problems import answers
from tipstaff.server.unchanged import UNCHANGED, unless_had

_LASTING: Final = "public, max-age=31536000, immutable"
_CHANGING: Final = "no-cache"
_BINARY: Final = "application/octet-stream"
_TEXT: Final = "text/plain"


@dataclass
class LedgerOperation(Operation):
    """What the schema says of the answer: the checkpoint is text, and all else bytes."""

    def __post_init__(self) -> None:
        """Say that it may be text."""
        found = (self.responses or {})[str(HTTPStatus.OK.value)]
        if isinstance(found, OpenAPIResponse) and found.content is not None:
            found.content[_TEXT] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))


@get(
    "/ledger/{path:path}",
    sync_to_thread=True,
    operation_id="readLedger",
    operation_class=LedgerOperation,
    tags=["ledger"],
    security=[{}],
    opt={UNLIMITED: True},  # an audit asks for all of it, and a proxy may keep nearly all of it
    media_type=_BINARY,
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
    | UNCHANGED,
)
def read_ledger(
    state: State,
    path: Annotated[str, PathParameter(description="`checkpoint`, `tile/…` or `statements/…`")],
    if_none_match: IfNoneMatch = UNSEEN,
) -> Response[bytes]:
    """Read a file of the log, under the path that an export has it at (C2SP tlog-tiles)."""
    name = path.removeprefix("/")
    file = state.live.file(name)
    if file is None:
        raise MissingError(f"the ledger has no {name[:80]!r}, or not yet")
    headers = {
        "ETag": f'"{sha256(file.data).hexdigest()}"',
        "Cache-Control": _LASTING if file.lasting else _CHANGING,
    }
    media_type = _BINARY if file.lasting else _TEXT
    return unless_had(Response(file.data, media_type=media_type, headers=headers), if_none_match)
