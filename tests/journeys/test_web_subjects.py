"""Accounts, apps, sites, appeals, hearings and measures on pages: found, shown in full, and linked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

import pytest
from policies import write_policy
from visitors import Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.ask import ask
from tipstaff.actions.cases import Delivery, MovedError
from tipstaff.actions.desk import PLATFORM
from tipstaff.casework.commands import Appeal
from tipstaff.hosts.square.pages import AppDetails
from tipstaff.screening.load import load_policy

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\ncheck_hours = 0\ndecision_delay = 0\n'
PATIENCE: Final = 20.0
RESTS: Final = {"policy": "tiny", "provision": "house-1", "reasons": "招揽读者买币"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with an app, whose case is there, and people who work on cases."""
    folder = tmp_path_factory.mktemp("web-subjects")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        square = served.place.square
        square.register_app(
            "signer", AppDetails("Signer", "Pen Ltd", ("read", "sign"), "https://pen.example")
        )
        square.register_account("plain", "Plain", "nothing to see")
        served.place.publish("plain", "签好了", "signer")
        for name, role in (
            ("alice", Role.REVIEWER), ("bob", Role.SENIOR_REVIEWER), ("carol", Role.SENIOR_REVIEWER),
            ("chen", Role.CLERK),
        ):  # fmt: skip
            served.user(name, role)
        served.user("lee", Role.REVIEWER)
        served.token("lee", Role.REVIEWER, queues=frozenset({"elsewhere"}))
        yield served


def until(visitor: Visitor, path: str, holds: Callable[[str], bool]) -> Shown:
    """Look at a page until something holds of it: a worker is at work beside."""
    end = time.monotonic() + PATIENCE
    while True:
        page = visitor.get(path)
        if holds(page.text) or time.monotonic() > end:
            assert holds(page.text), page.text
            return page
        time.sleep(0.05)


def decide(world: Web, case: int, post: str) -> None:
    """Block a post, by alice."""
    block = {"measures": ["block_content"], "posts": [post], "hearing_waived_for": "grave_harm", **RESTS}
    answer = world.ask(world.token("alice", Role.REVIEWER), "POST", f"/v1/cases/{case}/decisions", block)
    assert answer.status_code == 200, answer.text


def object_to(world: Web, case: int) -> None:
    """Appeal against the first decision of a case, once it is on the ledger."""
    world.until(
        world.token("alice", Role.REVIEWER),
        f"/v1/cases/{case}",
        lambda one: one["decisions"][0]["statement"]["position"] is not None,
    )
    with world.place.desk() as desk:
        while not desk.cases.load(case).decisions[0].appeal:
            text = desk.keep(desk.cases.load(case).subject, "appeal", "text", "没有招揽")
            with suppress(MovedError):  # by the worker, which carries out what was decided
                ask(desk, case, PLATFORM, Appeal(1, text))


def test_an_account_is_found_and_shown(world: Web) -> None:
    """By its name or the beginning of one that has a case; its page has what its host and its case have."""
    case, post = world.open_case("moonfirst")
    world.open_case("moonlight")
    decide(world, case, post)
    chen = world.visitor("chen")
    found = chen.get("/console/subjects?name=moon").text
    assert found.index("square/account/moonfirst") < found.index("square/account/moonlight")
    assert "square/account/plain" in chen.get("/console/subjects?name=plain").text, "it has no case"
    assert "Nothing is called so" in chen.get("/console/subjects?name=nobody").text
    path = "/console/subjects/square/account/moonfirst"
    assert chen.get("/console/subjects?name=square/account/moonfirst").path == path
    page = until(chen, path, lambda text: "block of content" in text and "To: the account" in text)
    assert f'href="/console/cases/{case}"' in page.text
    assert "稳赚不赔" in page.text


def test_an_app_and_its_users_lead_to_each_other(world: Web) -> None:
    """The app names its publisher and scopes, and who publishes through it; the account names the app."""
    chen = world.visitor("chen")
    app = chen.get("/console/subjects/square/app/signer").text
    assert ("Pen Ltd" in app, "read, sign" in app) == (True, True)
    assert 'href="/console/subjects/square/account/plain"' in app
    plain = chen.get("/console/subjects/square/account/plain").text
    assert 'href="/console/subjects/square/app/signer"' in plain
    assert "nothing to see" in plain
    assert chen.get("/console/subjects/square/account/nobody").status == 404
    assert chen.get("/console/subjects/square/site/pen.example").status == 200


def test_what_a_host_that_is_away_does_not_tell_is_said(world: Web) -> None:
    """All that is kept is shown all the same."""
    case, post = world.open_case("faraway")
    decide(world, case, post)
    chen, path = world.visitor("chen"), "/console/subjects/square/account/faraway"
    until(chen, path, lambda text: "block of content" in text)
    square = world.place.directory / "square.db"
    aside = square.with_suffix(".aside")
    desk = world.client.app.state.desk
    kept = dict(desk.hosts)
    try:
        square.rename(aside)
        desk.hosts.clear()
        page = chen.get(path)
    finally:
        aside.rename(square)
        desk.hosts.update(kept)
    assert page.status == 200
    assert "The host could not be asked:" in page.text
    assert "block of content" in page.text


def test_appeals_wait_for_who_had_no_part(world: Web) -> None:
    """The list says who may not judge; once judged it is there no more."""
    case, post = world.open_case("appealing")
    decide(world, case, post)
    object_to(world, case)
    line = f'href="/console/cases/{case}#decisions"'
    bob = world.visitor("bob")
    page = bob.get("/console/appeals").text
    assert line in page
    assert "not you" not in page
    mine = world.visitor("alice").get("/console/appeals").text
    assert "not you" in mine
    form = bob.get(f"/console/cases/{case}").form(f"/console/cases/{case}/decisions/1")
    judged = bob.send(form.action, form, result="upheld", answer="维持", **{"as": "judge"})
    assert judged.status == 200, judged.text
    assert line not in bob.get("/console/appeals").text


def test_hearings_are_listed_until_they_are_decided(world: Web) -> None:
    """One that goes on can be answered; one that is over is to be decided on."""
    case, _ = world.open_case("hearing")
    world.propose(case)
    line = f'href="/console/cases/{case}#decisions"'
    alice = world.visitor("alice")
    going_on = alice.get("/console/appeals?show=hearings").text
    assert (line in going_on, "goes on" in going_on, "over: decide" in going_on) == (True, True, False)
    world.place.clock.now += 3601
    over = world.visitor("alice").get("/console/appeals?show=hearings").text
    assert (line in over, "over: decide" in over) == (True, True)


def test_measures_are_listed_with_what_was_seen(world: Web) -> None:
    """What is in force is told with its post, its statement, and that it was seen."""
    case, post = world.open_case("measured")
    decide(world, case, post)
    chen = world.visitor("chen")
    page = until(chen, "/console/measures?show=force", lambda text: post in text)
    assert f'href="/console/cases/{case}#decisions"' in page.text
    assert 'href="/console/subjects/square/account/measured"' in page.text
    assert "in effect" in page.text


def test_what_is_stuck_is_seen_at_a_glance(world: Web) -> None:
    """What a host does not do stands first, with why; all is well again once it is done."""
    case, post = world.open_case("stuck")
    decide(world, case, post)
    chen = world.visitor("chen")
    until(chen, "/console/measures?show=force", lambda text: post in text)
    assert "All goes on" in until(chen, "/console/measures", lambda text: "All goes on" in text).text
    cases = world.client.app.state.desk.cases
    with world.place.desk() as desk:
        found = desk.cases.load(case)
        later = desk.clock() + 9_000
        again = Delivery(case, found.carryings[0].entry, 2, later)
        desk.record(found, PLATFORM, (), again=[again])
        desk.cases.put_off(again, later, "square is being moved")
    page = chen.get("/console/measures").text
    assert ("Something is stuck" in page, "square is being moved" in page) == (True, True)
    assert "square is being moved" not in world.visitor("lee").get("/console/measures").text
    world.place.clock.now += 9_001
    until(world.visitor("chen"), "/console/measures", lambda text: "All goes on" in text)
    assert cases.backlog(world.place.clock(), 1, None).owed == 0


def test_of_another_queue_nothing_is_there(world: Web) -> None:
    """Neither by its name, nor on its page, nor in any list."""
    case, post = world.open_case("secret")
    decide(world, case, post)
    object_to(world, case)
    lee = world.visitor("lee")
    for path in (
        "/console/subjects?name=secret", "/console/subjects?name=square/account/secret", "/console/subjects",
        "/console/appeals", "/console/measures?show=all", "/console/measures",
    ):  # fmt: skip
        page = lee.get(path)
        assert page.status == 200, path
        assert "/console/subjects/square/account/secret" not in page.text, path
    assert lee.get("/console/subjects/square/account/secret").status == 404


def test_it_takes_reading_cases(world: Web) -> None:
    """An admin manages people, and reads none of this."""
    ada = world.token("ada", Role.ADMIN)
    for path in (
        "/console/subjects", "/console/subjects/square/account/plain", "/console/appeals",
        "/console/appeals?show=hearings", "/console/measures", "/console/measures?show=all",
    ):  # fmt: skip
        assert world.ask(ada, "GET", path).status_code == 403, path
