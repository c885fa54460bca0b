"""People, the audit trail and settings on pages: who may what, and what an admin cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from gates import PASSWORD
from policies import write_policy
from visitors import Form, Shown, Visitor, Web, web

from tipstaff.actions.access.permissions import GRANTED, Permission, Role
from tipstaff.actions.access.tokens import User
from tipstaff.actions.access.trail import SHELL, Sought, Visit
from tipstaff.assembly.access import open_trail, open_users
from tipstaff.screening.load import load_policy

SETTINGS = 'second_factor_roles = ""\nrequests_a_minute = 0\nclaim_minutes = 45\n'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place with an admin, an auditor, a reviewer and a policy owner."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        served.user("adam", Role.ADMIN)
        served.user("audrey", Role.AUDITOR)
        served.user("alice", Role.REVIEWER)
        yield served


def sent(visitor: Visitor, path: str, action: str, **fields: str | list[str]) -> Shown:
    """Fill in a form of a page, and send it."""
    form = visitor.get(path).form(action)
    return visitor.send(action, form, **fields)


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("/console/people", Permission.READ_PEOPLE),
        ("/console/people/roles", Permission.READ_PEOPLE),
        ("/console/people/user/alice", Permission.READ_PEOPLE),
        ("/console/people/new", Permission.MANAGE_PEOPLE),
        ("/console/trail", Permission.READ_TRAIL),
        ("/console/settings", Permission.READ_PEOPLE),
        ("/console/webhooks", Permission.MANAGE_WEBHOOKS),
    ],
)
def test_each_page_takes_its_permission(world: Web, path: str, takes: Permission) -> None:
    """Who has it sees the page, who has not is refused, and nobody in particular is led to the login."""
    for name, role in (("adam", Role.ADMIN), ("audrey", Role.AUDITOR), ("alice", Role.REVIEWER)):
        expected = 200 if takes in GRANTED[role] else 403
        assert world.visitor(name).get(path).status == expected, (name, path)
    assert world.visitor().get(path).path == "/login"


def test_an_auditor_sees_people_and_changes_none(world: Web) -> None:
    """There are no forms for it, and sending one all the same is refused."""
    audrey = world.visitor("audrey")
    page = audrey.get("/console/people/user/alice")
    assert not [one for one in page.forms if one.action.startswith("/console/")]
    csrf = page.form("/logout")
    for action, fields in (("stop", {}), ("roles", {"role": "clerk"}), ("password", {}), ("unlock", {})):
        refused = audrey.send(f"/console/people/user/alice/{action}", csrf, **fields)
        assert refused.status == 403, action
    assert audrey.send("/console/people/new", csrf, name="eve", role="admin").status == 403
    assert world.visitor("alice").get("/console/cases").status == 200


def test_somebody_is_brought_in_and_has_a_first_password_that_is_shown_once(world: Web) -> None:
    """From the form to their own first login; the password is in no later page, and not in the trail."""
    adam = world.visitor("adam")
    made = sent(
        adam, "/console/people/new", "/console/people/new",
        name="holder", role="account_holder", holds="square/account/news\r\n square/app/rates ",
    )  # fmt: skip
    assert "They are brought in." in made.text
    assert "square/app/rates" in made.text
    shown = adam.send(
        "/console/people/user/holder/password", made.form("/console/people/user/holder/password")
    )
    found = re.search(r'<code class="secret"[^>]*>([^<]+)</code>', shown.text)
    assert found
    assert shown.answer.headers["cache-control"] == "no-store"
    assert found[1] not in adam.get("/console/people/user/holder").text
    with open_trail(world.place.directory) as trail:
        kept = trail.visits(Sought("adam"), 1000, None)
        assert not any(found[1] in str(one.visit) for one in kept)
        told = next(one.visit for one in kept if one.visit.operation == "makeUserOnPage")
    assert told.about == "holder: account_holder of square/account/news, square/app/rates"
    holder = world.visitor()
    page = holder.send("/login", holder.get("/login").form("/login"), name="holder", password=found[1])
    assert page.path == "/me"
    assert "First, a password of your own" in page.text


def test_what_nobody_can_be_is_refused(world: Web) -> None:
    """The page is no way round what the API forbids."""
    adam = world.visitor("adam")
    form = adam.get("/console/people/new").form("/console/people/new")

    def status(**fields: str | list[str]) -> int:
        return adam.send("/console/people/new", form, **fields).status

    assert status(name="Eve", role="auditor") == 400, "no name"
    assert status(name="eve") == 400, "no role"
    assert status(name="eve", role="king") == 400, "no such role"
    assert status(name="eve", role="reviewer") == 409, "who signs has a key before"
    assert status(name="eve", role=["auditor", "reader"], reader="square/reader/eve") == 409
    assert status(name="eve", role="account_holder", holds="square/account/news/1") == 400, "a post"
    assert status(name="alice", role="auditor") == 409, "she is there already"
    assert adam.get("/console/people/user/eve").status == 404


def test_nobody_changes_themselves(world: Web) -> None:
    """The page has no form for it, and what is sent all the same is refused."""
    adam = world.visitor("adam")
    page = adam.get("/console/people/user/adam")
    assert not [one for one in page.forms if one.action.startswith("/console/people/user/adam/")]
    for action, fields in (("roles", {"role": ["admin", "auditor"]}), ("stop", {}), ("password", {})):
        path = f"/console/people/user/adam/{action}"
        assert adam.send(path, page.form("/logout"), **fields).status == 403, action


def test_roles_are_changed_and_people_are_stopped(world: Web) -> None:
    """The form has what somebody is; their login ends with the change."""
    world.user("chen", Role.CLERK)
    chen, adam = world.visitor("chen"), world.visitor("adam")
    path = "/console/people/user/chen"
    changed = sent(adam, path, f"{path}/roles", role=["clerk", "reviewer"], queue="square")
    assert "their logins have ended" in changed.text
    assert chen.get("/console/cases").path == "/login"
    assert world.visitor("chen").get("/console/cases").status == 200
    stopped = sent(adam, path, f"{path}/stop")
    assert "they may nothing any more" in stopped.text
    refused = world.visitor()
    login = refused.get("/login").form("/login")
    assert refused.send("/login", login, name="chen", password=PASSWORD).status == 401


def test_passwords_of_others_take_a_login_that_has_just_begun(world: Web) -> None:
    """After a quarter of an hour there is a way to log in again instead of the form."""
    adam = world.visitor("adam")
    path = "/console/people/user/alice"
    form: Form = adam.get(path).form(f"{path}/password")
    world.place.clock.now += 16 * 60
    page = adam.get(path)
    assert f'action="{path}/password"' not in page.text
    assert "Log in again" in page.text
    assert adam.send(f"{path}/password", form).status == 403


def test_people_are_found_page_by_page(world: Web) -> None:
    """By a part of their name, by role and by state; a page leads to the next one with the same filter."""
    with open_users(world.place.directory) as users:
        for number in range(52):
            users.keep_user(User(f"many{number:02}", frozenset({Role.AUDITOR}), number != 7))
    adam = world.visitor("adam")
    first = adam.get("/console/people?name=many&role=auditor")
    assert first.text.count("data-open") == 50
    following = re.search(r'rel="next"[^>]*href="([^"]+)"', first.text)
    assert following
    last = adam.get(f"/console/people{following[1].replace('&amp;', '&')}")
    assert re.findall(r"data-open>(\w+)<", last.text) == ["many50", "many51"]
    stopped = adam.get("/console/people?name=many&standing=stopped")
    assert re.findall(r"data-open>(\w+)<", stopped.text) == ["many07"]
    assert "Nobody fits." in adam.get("/console/people?name=nobody-at-all").text


def test_the_matrix_of_roles_is_what_is_granted(world: Web) -> None:
    """Each permission has a tick for each role that has it, and for no other."""
    page = world.visitor("audrey").get("/console/people/roles").text
    for permission in Permission:
        row = next(one for one in page.split("<tr>") if f"<code>{permission}</code>" in one)
        has = [">yes<" in cell for cell in row.split("<td>")[1:]]
        assert has == [permission in GRANTED[role] for role in Role], permission


def test_the_trail_is_read_with_filters_and_page_by_page(world: Web) -> None:
    """Newest first, in words; what a path names is a link; looking at it is in it as well."""
    with open_trail(world.place.directory) as trail:
        for number in range(60):
            path = f"/console/cases/{number + 1}"
            trail.add(Visit(1_800_000_000 + number, "zoe", "0a", "showCase", path, 200, "192.0.2.9"))
        trail.add(Visit(1_800_000_100, "root", SHELL, "user", "tipstaff user", 0, ""))
    audrey = world.visitor("audrey")
    first = audrey.get("/console/trail?user=zoe")
    assert first.text.count("look at a case") >= 50
    assert 'href="/console/cases/60"' in first.text
    following = re.search(r'rel="next"[^>]*href="([^"]+)"', first.text)
    assert following
    second = audrey.get(f"/console/trail{following[1].replace('&amp;', '&')}")
    assert 'href="/console/cases/10"' in second.text
    assert 'href="/console/cases/11"' not in second.text
    some = audrey.get("/console/trail?path=/console/cases/7&since=2027-01-15T08:00&until=2027-01-15T08:01")
    assert some.text.count("<tr data-item>") == 1
    assert "on the machine" in audrey.get("/console/trail?operation=user").text
    assert "look at the audit trail" in audrey.get("/console/trail?user=audrey&status=200").text
    assert audrey.get("/console/trail?path=cases").status == 400
    assert audrey.get("/console/trail?since=yesterday").status == 400
    assert "Nothing fits." in audrey.get("/console/trail?user=nobody-at-all").text


def test_what_stands_in_the_trail_is_shown_as_it_is(world: Web) -> None:
    """A path that somebody has asked for is text, and no part of the page."""
    with open_trail(world.place.directory) as trail:
        hostile = '/x?"><script>alert(1)</script>' + "y" * 200
        trail.add(Visit(1_800_000_200, "mallory", "0b", "nowhere", hostile, 404, "192.0.2.8"))
    page = world.visitor("audrey").get("/console/trail?user=mallory").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_settings_tell_what_is_set_and_where(world: Web) -> None:
    """The value in effect, what it would be, and the line of the file."""
    page = world.visitor("adam", "zh-CN").get("/console/settings")
    row = next(one for one in page.text.split("<tr>") if "<code>claim_minutes</code>" in one)
    assert "<strong>45</strong>" in row
    assert "默认为 30" in row
    assert "tipstaff.toml:3" in row
    assert str(world.place.directory) not in page.text
    assert ">square<" in page.text
