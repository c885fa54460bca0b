"""Files: the documents of orders and appeals, and the images of the evidence. None is shown in a page."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import Response, get
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from tipstaff.api.cases import DecisionNumber, Number
from tipstaff.api.orders import Number as OrderNumber
from tipstaff.api.parameters import Asking
from tipstaff.server.problems import ASKING, CHANGING

_BYTES: Final = "application/octet-stream"
_KEPT: Final = {"Content-Disposition": "attachment"}
"""Whatever it is, a browser saves it: it comes from outside."""

Digest = Annotated[
    str,
    PathParameter(
        pattern="^[0-9a-f]{64}$",
        description="its SHA-256, as the case has it",
        examples=[Example(value="0b" * 32)],
    ),
]


@get(
    "/v1/orders/{number:int}/document",
    sync_to_thread=True,
    operation_id="readOrderDocument",
    tags=["orders"],
    media_type=_BYTES,
    responses=CHANGING,
)
def read_order_document(front: Asking, number: OrderNumber) -> Response[bytes]:
    """Read the document that came with an order, as it was kept."""
    return Response(front.orders.document(number), media_type=_BYTES, headers=_KEPT)


@get(
    "/v1/cases/{number:int}/decisions/{decision:int}/appeal/document",
    sync_to_thread=True,
    operation_id="readAppealDocument",
    tags=["cases"],
    media_type=_BYTES,
    responses=CHANGING,
)
def read_appeal_document(front: Asking, number: Number, decision: DecisionNumber) -> Response[bytes]:
    """Read the document that came with the appeal against a decision, as it was kept."""
    return Response(front.document(number, decision), media_type=_BYTES, headers=_KEPT)


@get(
    "/v1/cases/{number:int}/images/{digest:str}",
    sync_to_thread=True,
    operation_id="readImage",
    tags=["cases"],
    media_type=_BYTES,
    responses=ASKING,
)
def read_image(front: Asking, number: Number, digest: Digest) -> Response[bytes]:
    """Read an image of the evidence, as it was kept, also when its post is hidden or gone."""
    return Response(front.image(number, digest).content, media_type=_BYTES, headers=_KEPT)
