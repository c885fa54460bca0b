"""Every page there is, opened by who it is for: without barriers, faults, weight, or anything that moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
from browsers import HEAVIEST, SCREENS, Person, Screen, Site, site
from litestar.handlers import HTTPRouteHandler
from playwright.sync_api import Browser
from stories import ORIGIN, Story, policy_of
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
    Seen("showCase", "/console/cases/{news}", "alice"),
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
)
"""Each page once at least. Names in braces are those of cases of the story, or in `names_of`."""

LOOK: Final = {"alice": Role.REVIEWER, "adam": Role.ADMIN, "audrey": Role.AUDITOR}
"""Who looks, as what."""

PARTS: Final = {"goHome", "readStaticFile", "showEvidence", "showImage", "showPostedImage"}
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
    """Return what paths may name: the cases of accounts, two posts, a complaint, a statement, a webhook."""
    return {
        **story.cases,
        "post": story.posts["pub"],
        "hidden": story.posts["shop"],
        "complaint": story.named["/v1/complaints"][0]["place"],
        "entry": story.named["/v1/statements"][0]["entry"],
        "webhook": story.named["/v1/webhooks"][0]["webhook"],
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
        served.user("rae", Role.READER, reader="square/reader/rae")
        served.place.square.register_app(
            "signer", AppDetails("Signer", "Signer Ltd", ("sign",), "https://signer.example")
        )
        # What the browser sees is at an address of its own, and people log in with passwords alone.
        (folder / "here" / FILE).write_text('requests_a_minute = 0\nsecond_factor_roles = ""\n')
        with site(folder / "here", served.place.clock, browser) as pages:
            made = World(pages, names_of(story), {})
            yield made
            for person in made.people.values():
                person.context.close()


@pytest.mark.parametrize("seen", PAGES, ids=lambda one: one.operation)
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_page_is_for_everybody(world: World, seen: Seen, screen: Screen) -> None:
    """It has no barrier that axe-core knows, no fault, and shifts nothing; it is not too heavy."""
    person = world.person(seen.by, screen)
    weight = person.weight_of(seen.path.format_map(world.names))
    assert person.page.locator("h1").count() == 1
    assert person.faults == []
    assert person.barriers() == []
    assert weight <= HEAVIEST


def test_no_page_is_left_out() -> None:
    """All that can be opened is in the list above."""
    there = {
        handler.operation_id
        for route in WEB.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
    }
    assert there == {one.operation for one in PAGES} | PARTS
