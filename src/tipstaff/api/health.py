"""Whether the server is there, whether it can do its work, and how much it does: for who watches over it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.exceptions import ServiceUnavailableException

from tipstaff.actions.access.permissions import Permission
from tipstaff.api.parameters import Asking
from tipstaff.server.identity import UNLIMITED
from tipstaff.server.problems import ASKING, answers

_PROMETHEUS: Final = "text/plain; version=0.0.4"


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
    """Say that databases and the ledger can be read, and that the worker works; 503 where it does not."""
    if state.worker.broken:
        raise ServiceUnavailableException(
            "the worker has broken off, and is begun anew: what is decided is not carried out until then"
        )
    if state.webhooks.broken:
        raise ServiceUnavailableException(
            "who tells webhooks has broken off, and is begun anew: nothing is told until then"
        )
    state.desk.cases.due(0)
    return Health("ready", state.desk.ledger.size)


@get(
    "/metrics",
    sync_to_thread=True,
    operation_id="readMetrics",
    tags=["health"],
    media_type="text/plain",
    responses=ASKING,
)
def read_metrics(front: Asking, state: State) -> Response[bytes]:
    """Read how much is done, how long it takes and what waits, in the text format of Prometheus."""
    front.require(Permission.READ_METRICS)
    return Response(state.metrics.read(), media_type=_PROMETHEUS)
