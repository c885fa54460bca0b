"""All handlers of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from litestar.types import ControllerRouterHandler

from tipstaff.api.cases import CaseController
from tipstaff.api.complaints import ComplaintController
from tipstaff.api.health import is_alive, is_ready
from tipstaff.api.ledger import read_ledger
from tipstaff.api.orders import OrderController

HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    CaseController,
    ComplaintController,
    OrderController,
    read_ledger,
    is_alive,
    is_ready,
)
