"""People change their own password over HTTP: what it takes, what ends with it, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from gates import PASSWORD
from policies import write_policy
from served import Browser, Served, enrol, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.screening.load import load_policy

NEW: Final = "a bridge of eleven stones"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Served]:
    """Serve a place with an auditor who can log in."""
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as made:
        made.user("alice", Role.AUDITOR)
        yield made


def changed(browser: Browser, password: str = PASSWORD, new: str = NEW, code: str = "") -> httpx.Response:
    """Change one's own password."""
    return browser.ask("POST", "/v1/me/password", {"password": password, "new": new, "code": code})


def test_people_change_their_password(world: Served) -> None:
    """All other sessions end, and so does this one: another takes its place; tokens go on."""
    token = world.token("alice", Role.AUDITOR)
    browser, other = world.browser("alice"), world.browser("alice")
    answer = changed(browser)
    assert answer.status_code == 201, answer.text
    for ended in (browser, other):
        assert ended.ask("GET", "/v1/me").status_code == 401
    browser.take(answer)
    assert browser.ask("GET", "/v1/cases").status_code == 200
    assert world.ask(token, "GET", "/v1/cases").status_code == 200
    assert (world.log_in("alice").status_code, world.log_in("alice", NEW).status_code) == (401, 201)
    kept = world.client.app.state.trail.visits(Sought(user="alice", operation="changePassword"), 2, None)
    assert [(one.visit.path, one.visit.status) for one in kept] == [("/v1/me/password", 201)]


def test_a_wrong_password_changes_nothing_and_counts(world: Served) -> None:
    """As one that logs in does: after three it is put off, also with what would be right."""
    browser = world.browser("alice")
    answers = [changed(browser, "wrong") for _ in range(3)]
    assert [one.status_code for one in answers] == [401, 401, 401]
    put_off = changed(browser)
    assert (put_off.status_code, put_off.headers["retry-after"]) == (429, "1")
    assert world.log_in("alice").status_code == 429
    world.place.clock.now += 1
    assert world.log_in("alice").status_code == 201
    assert browser.ask("GET", "/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("short", "a password has 12 to 200 characters"),
        ("alice walks by the river", "neither one's name"),
        (PASSWORD, "the same password again"),
    ],
)
def test_what_is_no_new_password_is_told(world: Served, new: str, told: str) -> None:
    """And is not counted as a wrong one."""
    browser = world.browser("alice")
    for _ in range(5):
        answer = changed(browser, new=new)
        assert (answer.status_code, told in answer.json()["detail"]) == (400, True)
    assert changed(browser).status_code == 201


def test_a_new_password_takes_the_second_factor(world: Served) -> None:
    """A session and the password are not enough for who has one; what comes back has it still."""
    browser = world.browser("alice")
    _, recovery = enrol(world, browser)
    assert changed(browser).status_code == 401
    answer = changed(browser, code=recovery[0])
    assert answer.status_code == 201
    browser.take(answer)
    (own,) = browser.ask("GET", "/v1/me/sessions").json()["sessions"]
    assert own["second_factor"]


def test_a_password_is_changed_from_a_page_of_ours(world: Served) -> None:
    """Neither by a token, nor without what pages show, nor from elsewhere; nothing of it is repeated."""
    browser = world.browser("alice")
    body = {"password": PASSWORD, "new": NEW}
    for headers in ({"X-CSRF-Token": "x"}, {"Origin": "https://elsewhere.example"}):
        assert browser.ask("POST", "/v1/me/password", body, headers).status_code == 403
    refused = world.ask(world.token("bob", Role.AUDITOR), "POST", "/v1/me/password", body)
    assert (refused.status_code, "a token does not change" in refused.text) == (403, True)
    for wrong in ({**body, "more": 1}, {**body, "new": [NEW]}, {"new": NEW}):
        answer = browser.ask("POST", "/v1/me/password", wrong)
        assert (answer.status_code, NEW in answer.text, PASSWORD in answer.text) == (400, False, False)
    assert world.log_in("alice").status_code == 201
