"""Whether the server is there, and whether it can do its work: for those who watch over it."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.exceptions import ServiceUnavailableException

from tipstaff.server.identity import UNLIMITED
from tipstaff.server.problems import answers


class Health(msgspec.Struct, frozen=True):
    """How the server is. `statements` is how many the ledger has."""

    status: str
    statements: int | None = None


@get(
    "/health",
    sync_to_thread=False,
    operation_id="isAlive",
    tags=["health"],
    security=[{}],
    opt={UNLIMITED: True},
)
def is_alive() -> Health:
    """Say that the process is there."""
    return Health("alive")


@get(
    "/ready",
    sync_to_thread=True,
    operation_id="isReady",
    tags=["health"],
    security=[{}],
    opt={UNLIMITED: True},
    responses=answers(HTTPStatus.SERVICE_UNAVAILABLE),
)
def is_ready(state: State) -> Health:
    """Say that databases and the ledger can be read, and that the worker is alive; 503 where it is not."""
    if not state.works():
        raise ServiceUnavailableException("the worker has ended: what is decided is not carried out")
    state.desk.cases.due(0)
    return Health("ready", state.desk.ledger.size)
