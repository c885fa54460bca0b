"""Reviewing in a real browser: by keyboard alone, and two at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from browsers import SCREENS, Screen, Site, site
from gates import PASSWORD
from playwright.sync_api import Browser, expect
from policies import write_policy
from visitors import Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\n'


class World(NamedTuple):
    """A place that is served, and its pages in a browser."""

    served: Web
    site: Site


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """Serve a place with two reviewers."""
    folder = tmp_path_factory.mktemp("reviewing")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        served.user("alice", Role.REVIEWER)
        served.user("bob", Role.REVIEWER)
        with site(folder / "here", served.place.clock, browser) as pages:
            yield World(served, pages)


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_warning_takes_six_keys(world: World, screen: Screen) -> None:
    """From the queue, with the keyboard alone: choose, open, warn, template, send."""
    number, _ = world.served.open_case(f"keys-{screen.width}-{screen.language}")
    world.served.find(number)
    with world.site.person("alice", screen) as alice:
        alice.open("/console/cases")
        pressed = 0

        def press(key: str) -> None:
            nonlocal pressed
            alice.page.keyboard.press(key)
            pressed += 1

        press("j")
        assert alice.page.evaluate("document.activeElement.getAttribute('href')").endswith(
            f"/console/cases/{number}"
        )
        press("Enter")
        expect(alice.page.get_by_role("heading", level=1)).to_contain_text(str(number))
        press("w")
        press("t")
        press("Control+Enter")
        expect(alice.page.get_by_role("status")).to_be_visible()
        assert pressed <= 6
        assert alice.faults == []
    (decision,) = world.served.place.case(number).decisions
    assert [one.kind.value for one in decision.said.measures] == ["warn"]


def test_what_is_refused_stays_to_be_read(world: World) -> None:
    """Also where what was written last is looked at after that: until something else was written."""
    number, _ = world.served.open_case("refused")
    with world.site.person("alice") as alice:
        alice.open(f"/console/cases/{number}")
        alice.page.keyboard.press("w")
        alice.page.locator("#decide textarea").fill("招揽")
        with alice.page.expect_response("**/preview"):  # what is written is looked at once it is left
            alice.page.locator("#decide button.main").click()
        refused = alice.page.locator("#problem").get_by_role("alert")
        expect(refused).to_be_visible()
        alice.page.wait_for_timeout(500)
        expect(refused).to_be_visible()
        alice.page.locator("#decide textarea").fill("招揽买币")
        alice.page.keyboard.press("Tab")
        expect(refused).to_be_hidden()


def test_escape_leads_from_the_filter_back_to_the_list(world: World) -> None:
    """The keys of the list go on where they were."""
    world.served.open_case("escape")
    with world.site.person("alice") as alice:
        alice.open("/console/cases")
        alice.page.keyboard.press("j")
        chosen = alice.page.evaluate("document.activeElement.getAttribute('href')")
        alice.page.keyboard.press("/")
        expect(alice.page.locator("#filters")).to_have_attribute("open", "")
        alice.page.keyboard.press("Escape")
        expect(alice.page.locator("#filters")).not_to_have_attribute("open", "")
        assert alice.page.evaluate("document.activeElement.getAttribute('href')") == chosen


def test_two_claim_the_same_case(world: World) -> None:
    """The first has it; the other one is told who, and loses nothing."""
    number, _ = world.served.open_case("both")
    with world.site.person("alice") as alice, world.site.person("bob", SCREENS[3]) as bob:
        for person in (alice, bob):
            person.open(f"/console/cases/{number}")
        alice.page.keyboard.press("c")
        expect(alice.page.get_by_role("status")).to_be_visible()
        bob.page.keyboard.press("c")
        expect(bob.page.get_by_role("alert")).to_be_visible()
        bob.page.reload()
        expect(bob.page.get_by_role("main")).to_contain_text("alice")
        assert (alice.faults, bob.faults) == ([], [])


def test_what_was_written_outlives_the_login(world: World) -> None:
    """Whose login has ended while they wrote logs in again, and finds it where it was."""
    number, _ = world.served.open_case("outlived")
    path = f"/console/cases/{number}"
    with world.site.person("alice") as alice:
        alice.open(path)
        alice.page.locator("textarea[name=text]").fill("what took half an hour to write")
        alice.context.clear_cookies()
        alice.page.locator("button[value=note]").click()
        alice.page.wait_for_url(f"**/login?back={path.replace('/', '%2F')}")
        alice.page.get_by_label("Name").fill("alice")
        alice.page.get_by_label("Password").fill(PASSWORD)
        alice.page.keyboard.press("Enter")
        alice.page.wait_for_url(f"**{path}")
        expect(alice.page.locator("textarea[name=text]")).to_have_value("what took half an hour to write")
