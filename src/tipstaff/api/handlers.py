"""All handlers of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from litestar.types import ControllerRouterHandler

from tipstaff.api.accounts import AccountController, list_notices
from tipstaff.api.cases import CaseController
from tipstaff.api.complaints import ComplaintController
from tipstaff.api.drafts import check_draft
from tipstaff.api.files import read_appeal_document, read_image, read_order_document
from tipstaff.api.health import is_alive, is_ready, read_metrics
from tipstaff.api.ledger import read_ledger
from tipstaff.api.links import LinkController, issue_link
from tipstaff.api.logins import MeController, log_in, log_out
from tipstaff.api.measures import list_measures
from tipstaff.api.orders import OrderController
from tipstaff.api.passkeys import PasskeyController, begin_login, finish_login
from tipstaff.api.policies import PolicyController
from tipstaff.api.posts import send_posts
from tipstaff.api.statements import StatementController
from tipstaff.api.tokens import TokenController
from tipstaff.api.trail import read_trail
from tipstaff.api.users import UserController
from tipstaff.api.webhooks import WebhookController

HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    CaseController,
    ComplaintController,
    OrderController,
    AccountController,
    read_order_document,
    read_appeal_document,
    read_image,
    LinkController,
    issue_link,
    list_measures,
    list_notices,
    PolicyController,
    log_in,
    log_out,
    begin_login,
    finish_login,
    MeController,
    PasskeyController,
    TokenController,
    UserController,
    WebhookController,
    send_posts,
    check_draft,
    read_trail,
    read_metrics,
    read_ledger,
    StatementController,
    is_alive,
    is_ready,
)
