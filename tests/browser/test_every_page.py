"""Every page there is, opened by who it is for: without barriers, faults, weight, or anything that moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
from browsers import HEAVIEST, SCREENS, Person, Screen, Site, site
from litestar.handlers import HTTPRouteHandler
from places import account
from playwright.sync_api import Browser
from stories import HANDLES, ORIGIN, Story, policy_of
from visitors import web

from tipstaff.actions.access.permissions import Role
from tipstaff.config.read import FILE
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.web.handlers import WEB


class Seen(NamedTuple):
    """A page: its operation, where one is, and who looks; nobody in particular where `by` is None."""

    operation: str
    path: str
    by: str | None = None


PAGES: Final = (
    Seen("showLogin", "/login"),
    Seen("showMe", "/me", "alice"),
    Seen("showPeople", "/console/people", "adam"),
    Seen("showUser", "/console/people/user/alice", "adam"),
    Seen("showNewUser", "/console/people/new", "adam"),
    Seen("showRoles", "/console/people/roles", "audrey"),
    Seen("showTrail", "/console/trail", "audrey"),
    Seen("showWebhooks", "/console/webhooks", "adam"),
    Seen("showWebhook", "/console/webhooks/{webhook}", "adam"),
    Seen("showSettings", "/console/settings", "audrey"),
    Seen("showCases", "/console/cases?show=all", "alice"),
    Seen("showCases", "/console/cases?show=all&severity=1", "alice"),
    Seen("previewManyCases", "/console/cases/bulk?act=escalate&all=1&show=all", "alice"),
    Seen("showCase", "/console/cases/{news}", "alice"),
    Seen("showPosts", "/console/cases/{news}/posts", "alice"),
    Seen("showEvidence", "/console/cases/{news}/evidence", "alice"),
    Seen("showTimeline", "/console/cases/{news}/timeline", "alice"),
    Seen("showSimilar", "/console/cases/{news}/similar", "alice"),
    Seen("showOrders", "/console/orders?show=all", "chen"),
    Seen("showOrder", "/console/orders/{order}", "chen"),
    Seen("showNewOrder", "/console/orders/new", "chen"),
    Seen("showAppeals", "/console/appeals", "alice"),
    Seen("showAppeals", "/console/appeals?show=hearings", "alice"),
    Seen("findSubjects", "/console/subjects", "alice"),
    Seen("showSubject", "/console/subjects/square/account/news", "alice"),
    Seen("showMeasures", "/console/measures", "alice"),
    Seen("showMeasures", "/console/measures?show=all", "alice"),
    Seen("showPolicies", "/console/policies", "audrey"),
    Seen("showPolicy", "/console/policies/tiny/1.2.3", "audrey"),
    Seen("showPolicy", "/console/policies/tiny/1.3.0", "petra"),
    Seen("showComparison", "/console/policies/tiny/1.3.0/comparison", "petra"),
    Seen("showTrial", "/console/policies/trial", "petra"),
    Seen("showTrends", "/console/trends", "alice"),
    Seen("showTrends", "/console/trends?days=365", "petra"),
    Seen("showFeed", "/square"),
    Seen("showFeed", "/square?show=newest", "rae"),
    Seen("showAccounts", "/square/accounts"),
    Seen("showFollowed", "/square/following", "rae"),
    Seen("showAccount", "/square/accounts/pub", "rae"),
    Seen("showAccount", "/square/accounts/shop"),
    Seen("showPost", "/square/posts/{post}", "rae"),
    Seen("showPost", "/square/posts/{hidden}"),
    Seen("showApps", "/square/apps"),
    Seen("showApp", "/square/apps/signer", "rae"),
    Seen("showComplaints", "/square/complaints", "rae"),
    Seen("showComplaint", "/square/complaints/{complaint}", "rae"),
    Seen("showStatement", "/statements/{entry}"),
    Seen("showCheck", "/check", "alice"),
    Seen("showPublish", "/square/publish", "moon"),
    Seen("showOwnAccounts", "/square/mine", "moon"),
    Seen("showOwnAccount", "/square/mine/account/shop", "moon"),
    Seen("showOwnAccount", "/square/mine/account/news", "moon"),
    Seen("showLink", "/links/{answered}"),
    Seen("showLink", "/links/{appealed}"),
)
"""Each page once at least. Names in braces are in `names_of`, or those of the webhook of the story."""

LOOK: Final = {
    "alice": Role.REVIEWER,
    "chen": Role.CLERK,
    "petra": Role.POLICY_OWNER,
    "adam": Role.ADMIN,
    "audrey": Role.AUDITOR,
}
"""Who looks, as what."""

PARTS: Final = {
    "goBackToCases",
    "goHome",
    "pollCases",
    "readStaticFile",
    "saveOrderDocument",
    "pollCase",
    "showImage",
    "showImageByLink",
    "showNextCase",
    "showOwnImage",
    "showPostedImage",
}
"""What is no page: it leads to one, or is a part of one."""


class World(NamedTuple):
    """A place in which everything was done, its pages, and people who look at them, each with a browser."""

    site: Site
    names: dict[str, object]
    people: dict[tuple[str | None, Screen], Person]

    def person(self, name: str | None, screen: Screen) -> Person:
        """Return somebody's browser, logged in once."""
        if (name, screen) not in self.people:
            person = Person(self.site.browser, self.site.url, screen)
            self.people[name, screen] = person.log_in(name) if name else person
        return self.people[name, screen]


def names_of(story: Story) -> dict[str, object]:
    """Return what paths may name: the case of each account, two posts, a complaint, an order, a statement."""
    return {
        **story.cases,
        "post": story.posts["pub"],
        "hidden": story.posts["shop"],
        "complaint": story.named["/v1/complaints"][0]["place"],
        "answered": story.named["/v1/links"][0]["link"],
        "appealed": story.named["/v1/links"][1]["link"],
        "order": story.named["/v1/orders"][0]["number"],
        "entry": story.named["/v1/statements"][0]["entry"],
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """Do everything in a place, as the story tells it, and serve it."""
    folder = tmp_path_factory.mktemp("pages")
    settings = folder / "settings.toml"
    settings.write_text(f'requests_a_minute = 0\npublic_origin = "{ORIGIN}"\n')
    with web(folder / "here", policy_of(folder / "policy"), settings=settings) as served:
        story = Story(served, folder)
        story.tell()
        for name, role in LOOK.items():
            served.user(name, role)
        served.holder("moon", *map(account, HANDLES))
        served.user("rae", Role.READER, reader="square/reader/rae")
        served.place.square.register_app(
            "signer", AppDetails("Signer", "Signer Ltd", ("sign",), "https://signer.example")
        )
        # What the browser sees is at an address of its own, and people log in with passwords alone.
        (folder / "here" / FILE).write_text('requests_a_minute = 0\nsecond_factor_roles = ""\n')
        with site(folder / "here", served.place.clock, browser) as pages:
            made = World(pages, {**names_of(story), **story.named["/v1/webhooks"][0]}, {})
            yield made
            for person in made.people.values():
                person.context.close()


@pytest.mark.parametrize("seen", PAGES, ids=lambda one: one.operation)
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_page_is_for_everybody(world: World, seen: Seen, screen: Screen) -> None:
    """It has no barrier that axe-core knows, no fault, and shifts nothing; it is not too heavy."""
    person = world.person(seen.by, screen)
    person.open_anew(seen.path.format_map(world.names))
    assert person.page.locator("h1").count() == 1
    assert person.barriers() == []
    assert person.faults == []  # afterwards: whatever comes late has come by then
    assert person.weighs <= HEAVIEST


def test_no_page_is_left_out() -> None:
    """All that can be opened is in the list above."""
    there = {
        handler.operation_id
        for route in WEB.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
    }
    assert there == {one.operation for one in PAGES} | PARTS
