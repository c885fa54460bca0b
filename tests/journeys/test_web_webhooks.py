"""Webhooks on pages: added, tried, told again, and removed, by an admin alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from policies import write_policy
from receivers import OK, receiving, saying
from visitors import Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.assembly.access import open_trail
from tipstaff.screening.load import load_policy

PATIENCE = 20.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, str]]:
    """Serve a place whose webhooks may go to a receiver on this machine."""
    folder = tmp_path_factory.mktemp("hooks")
    with receiving(saying(OK)) as receiver:
        (folder / "settings.toml").write_text(
            'second_factor_roles = ""\nrequests_a_minute = 0\nwebhook_inside = "127.0.0.1"\n'
            f'webhook_ports = "{receiver.port}"\n'
        )
        policy = load_policy(write_policy(folder / "policy"))
        with web(folder / "here", policy, settings=folder / "settings.toml") as served:
            served.user("adam", Role.ADMIN)
            served.user("audrey", Role.AUDITOR)
            yield served, receiver.url


def secret_on(page: Shown) -> str:
    """Return the secret that a page shows once."""
    found = re.search(r'<code class="secret"[^>]*>([^<]+)</code>', page.text)
    assert found, page.text
    assert page.answer.headers["cache-control"] == "no-store"
    return found[1]


def until(visitor: Visitor, path: str, words: str) -> Shown:
    """Look at a page until it says something: webhooks are told beside."""
    end = time.monotonic() + PATIENCE
    while words not in (page := visitor.get(path)).text and time.monotonic() < end:
        time.sleep(0.1)
    assert words in page.text
    return page


def test_a_webhook_lives_and_goes(place: tuple[Web, str]) -> None:
    """Added, tried, told again, stopped, given another secret, removed: no secret is shown twice."""
    world, url = place
    adam = world.visitor("adam")
    form = adam.get("/console/webhooks").form("/console/webhooks")
    refused = adam.send(form.action, form, url="https://10.0.0.1/x", event="case.opened")
    assert refused.status == 409, "the page is no way inside"
    assert adam.send(form.action, form, url=url).status == 400, "of nothing at all"
    first = secret_on(
        adam.send(form.action, form, url=url, event=["case.opened", "appeal.judged"], description="ours")
    )
    found = re.search(r"/console/webhooks/([0-9a-f]{16})", adam.get("/console/webhooks").text)
    assert found
    path = found[0]

    def press(action: str, **fields: str) -> Shown:
        return adam.send(f"{path}{action}", adam.get(path).form(f"{path}{action}"), **fields)

    assert "sent on trial" in press("/test").text
    arrived = until(adam, path, ">arrived<")
    assert "webhook.test" in arrived.text
    number = re.search(rf"{path}/deliveries/([0-9]+)", arrived.text)
    assert number
    assert "It is sent again." in press(f"/deliveries/{number[1]}").text
    assert press("/replay").status == 400, "since when is not said"
    again = press("/replay", since="2026-01-01T00:00", arrived="yes")
    assert "sent again" in again.text
    assert "Start it again" in press("/active", **{"as": "disable"}).text
    assert "Stop it" in press("/active", **{"as": "enable"}).text
    assert press("/secret", hours="169").status == 400
    second = secret_on(press("/secret", hours="24"))
    assert first != second
    page = adam.get(path).text
    assert first not in page
    assert second not in page
    with open_trail(world.place.directory) as trail:
        told = [str(one.visit) for one in trail.visits(Sought("adam"), 1000, None)]
    assert not any(secret in line for line in told for secret in (first, second))
    assert any(found[1] in line for line in told if "addWebhookOnPage" in line)
    assert "The webhook was removed." in press("/removal").text
    assert adam.get(path).status == 404


def test_an_auditor_manages_none(place: tuple[Web, str]) -> None:
    """What is sent all the same is refused, before anything is kept."""
    world, url = place
    audrey = world.visitor("audrey")
    csrf = audrey.get("/console/people").form("/logout")
    assert audrey.send("/console/webhooks", csrf, url=url, event="case.opened").status == 403
    assert "Nobody is told of anything yet." in world.visitor("adam").get("/console/webhooks").text
