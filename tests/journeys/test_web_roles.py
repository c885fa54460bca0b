"""Every page and form, asked for by every role: who may not is told so, whatever there is to see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from litestar.handlers import HTTPRouteHandler
from policies import write_policy
from visitors import Visitor, Web, web

from tipstaff.actions.access.permissions import GRANTED, Permission, Role
from tipstaff.screening.load import load_policy
from tipstaff.server.identity import takes_asker
from tipstaff.web.handlers import WEB

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
P: Final = Permission

TAKES: Final[Mapping[str, frozenset[Permission]]] = {
    name: frozenset(permissions)
    for permissions, names in (
        ((P.READ_CASES,), ("showCases pollCases showCase showPosts showEvidence showTimeline showSimilar "
         "previewManyCases pollCase showImage showAppeals findSubjects showSubject showMeasures showTrends "
         "showNextCase goBackToCases")),
        ((P.REVIEW,), ("claimCaseInQueue claimCaseOnPage releaseCaseOnPage noteOnPage answerOnPage "
         "doToManyCases")),
        ((P.DECIDE, P.REVIEW), "decideOnPage rehearseOnPage"),
        ((P.CONFIRM, P.DECIDE, P.JUDGE), "answerDecisionOnPage"),
        ((P.LINK,), "issueLinkOnPage"),
        ((P.READ_ORDERS, P.OWN_ORDERS), "showOrders showOrder saveOrderDocument"),
        ((P.ENTER_ORDERS, P.OWN_ORDERS), ("showNewOrder enterOrderOnPage previewOrderOnPage "
         "amendOrderOnPage confirmOrderOnPage")),
        ((P.READ_POLICIES,), "showPolicies showPolicy"),
        ((P.MANAGE_POLICIES,), "turnPolicyOnPage showComparison comparePolicyOnPage"),
        ((P.CHECK_DRAFT,), "showCheck checkDraftOnPage showTrial tryTextOnPage"),
        ((P.READ_PEOPLE,), "showPeople showUser showRoles showSettings"),
        ((P.MANAGE_PEOPLE,), ("showNewUser makeUserOnPage givePasswordOnPage changeUserOnPage stopUserOnPage "
         "forgetSecondOnPage revokeUserTokenOnPage unlockUserOnPage")),
        ((P.READ_TRAIL,), "showTrail"),
        ((P.MANAGE_WEBHOOKS,), ("showWebhooks showWebhook addWebhookOnPage switchWebhookOnPage "
         "replayDeliveryOnPage replayDeliveriesOnPage removeWebhookOnPage rotateWebhookOnPage "
         "testWebhookOnPage")),
        ((P.COMPLAIN,), "complainOnPage showComplaints showComplaint followOnPage unfollowOnPage"),
        ((P.HOLD,), "showOwnAccounts showOwnAccount answerHearingOnPage appealOnPage showOwnImage"),
        ((P.PUBLISH,), "showPublish publishOnPage"),
    )
    for name in names.split()
}  # fmt: skip
"""What each takes: one of some permissions."""

LOGGED_IN: Final = {
    "logOutOnPage", "showMe", "changePasswordOnPage", "enrolTotpOnPage", "confirmTotpOnPage",
    "removeTotpOnPage", "removePasskeyOnPage", "endSessionOnPage", "endOtherSessionsOnPage",
    "makeTokenOnPage", "revokeTokenOnPage", "saveFilter", "removeFilter", "chooseLooks",
}  # fmt: skip
"""What is about one's own login or browser, or looks by itself at what was sent before it asks who may."""

NAMES: Final = {
    "number": "999999", "decision": "1", "complaint": "1", "amendment": "0", "digest": "0b" * 32,
    "name": "nobody", "version": "9.9.9", "host": "square", "kind": "account", "user": "nobody",
    "token": "0b0b0b0b0b0b0b0b", "webhook": "0b0b0b0b0b0b0b0b", "handle": "nobody", "place": "999999-1",
    "link": "none", "entry": "0b" * 32,
}  # fmt: skip
"""What paths name: nothing that there is, so that who may is told 404, and nothing is changed."""


QUERIES: Final = {
    "pollCase": "?version=1",
    "showNextCase": "?after=1",
    "previewManyCases": "?act=escalate&all=1",
}
"""What is asked for beside the path, where there must be something."""

PATHS: Final = {
    str(handler.operation_id): route.path_format
    for route in WEB.routes
    for handler in route.route_handlers
    if isinstance(handler, HTTPRouteHandler)
}
"""Where each operation is."""


def handlers() -> dict[str, HTTPRouteHandler]:
    """Return all that takes a login, by operation."""
    return {
        str(handler.operation_id): handler
        for route in WEB.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler) and takes_asker(handler) and handler.operation_id
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with somebody of each role, who holds nothing."""
    folder = tmp_path_factory.mktemp("roles")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        for role in Role:
            own = "square/reader/rae" if Permission.COMPLAIN in GRANTED[role] else None
            served.user(f"of-{role.value.replace('_', '-')}", role, reader=own)
        yield served


@pytest.mark.parametrize("role", Role)
def test_a_role_is_shown_what_it_may(world: Web, role: Role) -> None:
    """Who has none of the permissions is forbidden it, or it is not there; nothing fails or is done.

    A form that is empty may be refused for that before it is asked who sends it: what actions take is tested
    with them.
    """
    visitor = world.visitor(f"of-{role.value.replace('_', '-')}")
    wrong = []
    for operation, handler in sorted(handlers().items()):
        if operation in LOGGED_IN:
            continue
        status = asked(visitor, handler)
        may = bool(TAKES[operation] & GRANTED[role])
        refused = (403, 404) if "GET" in handler.http_methods else (400, 403, 404, 409)
        if status >= 500 or (not may and status not in refused) or (may and status in (401, 403)):
            wrong.append((operation, int(status), may))
    assert wrong == []


def test_who_is_not_logged_in_is_led_to_the_login(world: Web) -> None:
    """From each page that takes one, and from each form."""
    stranger = world.visitor()
    for operation, handler in sorted(handlers().items()):
        assert asked(stranger, handler) in (303, 401), operation


def test_nothing_is_left_out() -> None:
    """All that takes a login is in one of the lists."""
    assert handlers().keys() == TAKES.keys() | LOGGED_IN


def asked(visitor: Visitor, handler: HTTPRouteHandler) -> int:
    """Ask for a page, or send a form with its token and nothing else; returns how it was answered."""
    path = re.sub(r"\{(\w+)(:\w+)?\}", lambda one: NAMES[one[1]], PATHS[str(handler.operation_id)])
    path += QUERIES.get(str(handler.operation_id), "")
    return visitor.ask("GET" if "GET" in handler.http_methods else "POST", path)
