"""Authors in a real browser: a draft is checked while they type, mended and published; links are answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from browsers import SCREENS, Screen, Site, site
from places import account
from playwright.sync_api import Browser, expect
from policies import write_policy
from visitors import Web, web

from tipstaff.config.read import FILE
from tipstaff.screening.load import load_policy

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
BAD: Final = "稳赚不赔，加我 bitcoin"
SLOWLY: Final = 30_000
"""Milliseconds to wait for what a busy machine answers late."""


class World(NamedTuple):
    """A place that is served, and its pages in a browser."""

    served: Web
    site: Site


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """Serve a place with somebody who holds an account."""
    folder = tmp_path_factory.mktemp("authors")
    (folder / FILE).write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / FILE) as served:
        served.place.square.register_account("moon", "月港")
        served.holder("moon", account("moon"))
        with site(folder / "here", served.place.clock, browser) as pages:
            yield World(served, pages)


def texts(world: World) -> list[str]:
    """Return what the account has published."""
    with world.served.place.desk() as desk:
        return [one.text for one in desk.host(account("moon")).posts_of(account("moon"))]


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_an_author_checks_a_draft_and_mends_it(world: World, screen: Screen) -> None:
    """What is found appears as one types, shifts nothing, and goes once it is mended; then it goes out."""
    before = texts(world)
    with world.site.person("moon", screen) as moon:
        moon.open("/square/publish")
        page = moon.page
        text = page.get_by_label(moon.say("Text"), exact=True)
        text.press_sequentially(BAD, delay=10)
        found = page.get_by_role("article")
        expect(page.locator("#checked .draft mark")).to_have_text("bitcoin", timeout=SLOWLY)
        expect(found).to_have_count(1)
        expect(found).to_contain_text({"en": "House rules, article 1", "zh": "站规第1条"}[screen.language])
        assert moon.barriers() == []
        for _ in "bitcoin":
            text.press("Backspace")
        expect(page.get_by_text(moon.say("Nothing found."), exact=True)).to_be_visible(timeout=SLOWLY)
        expect(page.locator("#checked mark")).to_have_count(0)
        expect(found).to_have_count(0)
        assert texts(world) == before, "nothing of it was published"
        assert moon.faults == []
        page.get_by_role("button", name=moon.say("Publish"), exact=True).click()
        page.wait_for_url("**/square/posts/*", timeout=SLOWLY)
        expect(page.get_by_role("status")).to_have_text(moon.say("The post is published."))
        assert texts(world) == [*before, BAD.removesuffix(" bitcoin")]
        assert moon.faults == []


def test_who_goes_on_all_the_same_loses_nothing(world: World, tmp_path: Path) -> None:
    """They are asked once more, beside what they wrote and the image that they chose; then it goes out."""
    image = tmp_path / "a.png"
    image.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))
    before = texts(world)
    with world.site.person("moon") as moon:
        moon.open("/square/publish")
        page = moon.page
        page.locator("[name=text]").fill(BAD)
        page.locator("[name=image]").set_input_files(image)
        page.locator("button[value=publish]").click()
        asked = page.locator("[name=anyway]")
        expect(asked).not_to_be_checked(timeout=SLOWLY)
        assert texts(world) == before
        assert moon.barriers() == []
        asked.check()
        page.locator("button[value=publish]").click()
        page.wait_for_url("**/square/posts/*", timeout=SLOWLY)
        post = page.url.rpartition("/")[2].partition("?")[0]
        assert texts(world) == [*before, BAD]
        content = world.served.place.square.read_post(post).content
        assert content
        assert len(content.files) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_is_answered_by_in_a_browser(world: World, scripts: bool) -> None:  # noqa: FBT001  a case
    """Which tells no page of it, and is believed to come from ours, with scripts and without."""
    number, _ = world.served.open_case(f"linked-{scripts}".lower())
    link = f"/links/{world.served.propose(number)['link']}"
    with world.site.person(scripts=scripts) as holder:
        told: list[str] = []
        holder.page.on("request", lambda one: told.append(one.headers.get("referer", "")))
        holder.open(link)
        holder.page.locator("[name=text]").fill("我们会改")
        holder.page.locator("button.main").click()
        expect(holder.page.locator(".appeal .words")).to_have_text("我们会改", timeout=SLOWLY)
        assert not [one for one in told if "/links/" in one]
    case = world.served.place.case(number)
    assert case.proposal
    assert case.proposal.heard
