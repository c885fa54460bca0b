"""All pages."""

from __future__ import annotations

from typing import Final

from litestar import Router
from litestar.di import Provide

from tipstaff.server.forgery import FORM
from tipstaff.server.once import NEVER_KEPT
from tipstaff.web.console.appeals import show_appeals
from tipstaff.web.console.caseparts import CaseParts
from tipstaff.web.console.cases import CasePages
from tipstaff.web.console.measures import show_measures
from tipstaff.web.console.orders import OrderPages
from tipstaff.web.console.people import PeoplePages
from tipstaff.web.console.policies import PolicyPages
from tipstaff.web.console.queue import QueuePages
from tipstaff.web.console.settings import show_settings
from tipstaff.web.console.subjects import SubjectFilePages
from tipstaff.web.console.trail import show_trail
from tipstaff.web.console.trends import show_trends
from tipstaff.web.console.webhooks import WebhookPages
from tipstaff.web.forms import asker_with, form_of
from tipstaff.web.logins import LoginPages, choose, go_home
from tipstaff.web.me import MePages
from tipstaff.web.problems import PAGES
from tipstaff.web.square.complaints import ComplaintPages
from tipstaff.web.square.drafts import CheckPages
from tipstaff.web.square.feed import FeedPages
from tipstaff.web.square.links import LinkPages
from tipstaff.web.square.mine import MinePages
from tipstaff.web.square.public import public_of, visiting_of
from tipstaff.web.square.publishing import PublishPages
from tipstaff.web.square.statements import StatementPages
from tipstaff.web.square.subjects import SubjectPages
from tipstaff.web.static_files import read_static_file
from tipstaff.web.view import view_of

WEB: Final = Router(
    path="/",
    route_handlers=[
        go_home,
        choose,
        read_static_file,
        LoginPages,
        QueuePages,
        CasePages,
        CaseParts,
        CheckPages,
        PublishPages,
        MinePages,
        LinkPages,
        OrderPages,
        show_appeals,
        SubjectFilePages,
        show_measures,
        PolicyPages,
        show_trends,
        FeedPages,
        SubjectPages,
        ComplaintPages,
        StatementPages,
        MePages,
        PeoplePages,
        WebhookPages,
        show_settings,
        show_trail,
    ],
    dependencies={
        "form": Provide(form_of),
        "asker": Provide(asker_with),
        "view": Provide(view_of, sync_to_thread=False),
        "public": Provide(public_of, sync_to_thread=False),
        "visiting": Provide(visiting_of, sync_to_thread=False),
    },
    exception_handlers=PAGES,
    include_in_schema=False,
    opt={FORM: True, NEVER_KEPT: True},
)
"""Pages: shown to who is logged in by cookie, and changed by forms."""
