"""Admins manage users over HTTP, and people their own tokens: nobody gets more than they have by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gates import PASSWORD
from policies import write_policy
from served import Browser, Served, enrol, served

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import Change
from tipstaff.actions.access.trail import Sought
from tipstaff.screening.load import load_policy

OWN = "a bridge of eleven stones"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Served]:
    """Serve a place with an admin who can log in."""
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as made:
        made.user("ada", Role.ADMIN)
        yield made


def admin(world: Served, name: str = "ada") -> Browser:
    """Return an admin who has just logged in, with a second factor."""
    browser = world.browser(name)
    enrol(world, browser)
    return browser


def test_somebody_is_brought_in_and_has_a_password_of_their_own(world: Served) -> None:
    """By one that is shown once, with which they may nothing else, and which ends."""
    ada = admin(world)
    made = ada.ask("POST", "/v1/users", {"name": "olga", "roles": ["auditor"]})
    assert made.status_code == 201, made.text
    assert made.json() == {
        "name": "olga", "roles": ["auditor"], "active": True, "reader": None, "holds": [], "queues": None,
        "password": False, "initial": False, "second_factor": False, "locked_until": None,
    }  # fmt: skip
    again = ada.ask("POST", "/v1/users", {"name": "olga", "roles": ["admin"]})
    assert (again.status_code, "there is a user olga already" in again.text) == (409, True)
    given = ada.ask("POST", "/v1/users/olga/password")
    assert given.status_code == 200, given.text
    password = given.json()["password"]
    olga = Browser(world.client, world.log_in("olga", password))
    refused = olga.ask("GET", "/v1/cases")
    assert (refused.status_code, "before they have a password of their own" in refused.text) == (403, True)
    for path, body in (
        ("totp", {"password": password}), ("totp/confirmation", {"code": "000000"}),
        ("totp/removal", {"password": password, "code": ""}), ("passkeys/begin", {"password": password}),
        ("tokens", {"scopes": ["cases:read"]}),
    ):  # fmt: skip
        refused = olga.ask("POST", f"/v1/me/{path}", body)
        assert (refused.status_code, "have a password of their own" in refused.text) == (403, True)
    assert ada.ask("GET", "/v1/users/olga").json()["initial"] is True
    changed = olga.ask("POST", "/v1/me/password", {"password": password, "new": OWN})
    assert changed.status_code == 201, changed.text
    olga.take(changed)
    assert olga.ask("GET", "/v1/cases").status_code == 200
    assert world.log_in("olga", password).status_code == 401
    told = ada.ask("GET", "/v1/users/olga").json()
    assert (told["password"], told["initial"]) == (True, False)
    late = ada.ask("POST", "/v1/users/olga/password").json()["password"]
    world.place.clock.now += 72 * 3600
    assert world.log_in("olga", late).status_code == 401
    assert password not in str(world.client.app.state.trail.visits(Sought(), 999, None))


def test_roles_are_changed_and_people_are_stopped(world: Served) -> None:
    """Tokens follow at once, and end with a stop for good; who is given roles again has none of before."""
    ada, token = admin(world), world.token("bob", Role.REVIEWER)
    assert world.ask(token, "GET", "/v1/trail").status_code == 403
    nowhere = ada.ask("POST", "/v1/users/bob/roles", {"roles": ["reviewer"], "queues": ["nowhere"]})
    assert (nowhere.status_code, "there is no host 'nowhere'" in nowhere.text) == (409, True)
    changed = ada.ask("POST", "/v1/users/bob/roles", {"roles": ["reviewer"], "queues": ["square"]})
    assert (changed.status_code, changed.json()["queues"]) == (200, ["square"])
    assert world.ask(token, "GET", "/v1/me").json()["queues"] == ["square"]
    assert ada.ask("POST", "/v1/users/bob/stop").json()["active"] is False
    assert world.ask(token, "GET", "/v1/me").status_code == 401
    assert ada.ask("POST", "/v1/users/bob/roles", {"roles": ["auditor"]}).json()["active"] is True
    assert world.ask(token, "GET", "/v1/me").status_code == 401
    found = world.client.app.state.trail.visits(Sought(user="ada", path="/v1/users/bob"), 9, None)
    assert [(one.visit.operation, one.visit.about) for one in found] == [
        ("changeUser", "auditor"), ("stopUser", ""), ("changeUser", "reviewer for square"),
        ("changeUser", ""),
    ]  # fmt: skip
    assert ada.ask("GET", "/v1/users/bob/tokens").json() == {"tokens": []}


@pytest.mark.parametrize(
    ("place", "status", "told"),
    [
        ({"roles": ["reviewer"]}, 409, "there is nobody named 'olga': `tipstaff person`"),
        ({"roles": ["auditor", "reader"], "reader": "square/reader/olga"}, 409, "either outside or here"),
        ({"roles": ["auditor"], "queues": ["square"]}, 409, "are limited to queues"),
        ({"roles": ["account_holder"], "holds": ["square/account/news/p1"]}, 400, "cannot be read"),
        ({"roles": ["account_holder"], "holds": ["square/site/coin.example"]}, 400, "cannot be read"),
        ({"roles": ["reviewer"], "queues": ["nowhere"]}, 409, "there is nobody named"),
        ({"roles": ["account_holder"]}, 409, "account holders, and nobody else, hold"),
        ({"roles": []}, 400, "cannot be read"),
        ({"roles": ["root"]}, 400, "cannot be read"),
    ],
)
def test_what_nobody_can_be_is_refused(world: Served, place: dict[str, Any], status: int, told: str) -> None:
    """As on the command line: nobody is there then."""
    token = world.token("eve", Role.ADMIN)
    answer = world.ask(token, "POST", "/v1/users", {"name": "olga", **place})
    assert (answer.status_code, told in answer.text) == (status, True), answer.text
    assert world.ask(token, "GET", "/v1/users/olga").status_code == 404


def test_nobody_changes_themselves_and_an_admin_is_always_left(world: Served) -> None:
    """Nor does one who was stopped meanwhile, though they were let in before."""
    ada, eve = world.token("ada", Role.ADMIN), world.token("eve", Role.ADMIN)
    for below, body in (("roles", {"roles": ["auditor", "admin"]}), ("stop", None)):
        answer = world.ask(ada, "POST", f"/v1/users/ada/{below}", body)
        assert (answer.status_code, "another admin says" in answer.text) == (403, True)
    users = world.client.app.state.gate.users
    kept = users.change_users

    def after_another(change: Change, now: int) -> None:
        users.change_users = kept
        assert world.ask(eve, "POST", "/v1/users/ada/stop").status_code == 200
        kept(change, now)

    users.change_users = after_another
    answer = world.ask(ada, "POST", "/v1/users/eve/stop")
    assert (answer.status_code, "may not do this any more" in answer.text) == (403, True)
    assert world.ask(eve, "GET", "/v1/users/eve").json()["active"] is True


@pytest.mark.parametrize(
    ("below", "write"), [("password", "give_password"), ("second-factor/removal", "forget_second")]
)
def test_who_is_stopped_meanwhile_changes_nobodys_login(
    world: Served, monkeypatch: pytest.MonkeyPatch, below: str, write: str
) -> None:
    """Another admin was quicker, after all was looked at: what is written looks once more."""
    world.user("alice", Role.AUDITOR)
    ada, alice, eve = admin(world), world.browser("alice"), world.token("eve", Role.ADMIN)
    enrol(world, alice)
    logins = world.client.app.state.gate.logins
    kept = getattr(logins, write)

    def after_another(*given: object) -> object:
        assert world.ask(eve, "POST", "/v1/users/ada/stop").status_code == 200
        return kept(*given)

    monkeypatch.setattr(logins, write, after_another)
    refused = ada.ask("POST", f"/v1/users/alice/{below}")
    assert (refused.status_code, "may not do this any more" in refused.text) == (403, True)
    assert alice.ask("GET", "/v1/me").status_code == 200


def test_a_lock_is_seen_and_lifted(world: Served) -> None:
    """Until when something is refused under the name, and not from where."""
    world.user("alice", Role.AUDITOR)
    token = world.token("eve", Role.ADMIN)
    for _ in range(4):
        world.log_in("alice", "x")
    assert world.ask(token, "GET", "/v1/users/alice").json()["locked_until"] is not None
    assert world.ask(token, "POST", "/v1/users/alice/unlock").json()["locked_until"] is None
    assert world.log_in("alice").status_code == 201


def test_a_second_factor_is_forgotten_by_who_has_logged_in(world: Served) -> None:
    """A token does not let anybody in; their sessions end."""
    world.user("alice", Role.AUDITOR)
    ada, alice = admin(world), world.browser("alice")
    enrol(world, alice)
    token = world.token("eve", Role.ADMIN)
    for below in ("second-factor/removal", "password"):
        refused = world.ask(token, "POST", f"/v1/users/alice/{below}")
        assert (refused.status_code, "this takes a login" in refused.text) == (403, True)
    forgotten = ada.ask("POST", "/v1/users/alice/second-factor/removal")
    assert (forgotten.status_code, forgotten.json()["second_factor"]) == (200, False)
    assert alice.ask("GET", "/v1/me").status_code == 401
    assert world.log_in("alice").status_code == 201


def test_a_token_is_made_by_a_login_for_some_of_what_one_may(world: Served) -> None:
    """It is shown once, listed without its secret, and revoked; never wider, and no token makes one."""
    world.user("alice", Role.AUDITOR)
    alice = world.browser("alice")
    made = alice.ask("POST", "/v1/me/tokens", {"scopes": ["cases:read"], "days": 7})
    assert made.status_code == 201, made.text
    shown, token = made.json()["shown"], made.json()["token"]
    assert world.ask(shown, "GET", "/v1/cases").status_code == 200
    assert world.ask(shown, "GET", "/v1/trail").status_code == 403
    listed = alice.ask("GET", "/v1/me/tokens")
    assert (listed.json()["tokens"], shown in listed.text) == ([token], False)
    for scopes in (["cases:decide"], ["cases:read", "people:manage"]):
        wider = alice.ask("POST", "/v1/me/tokens", {"scopes": scopes})
        assert (wider.status_code, "alice may not do this" in wider.text) == (403, True)
    assert alice.ask("POST", "/v1/me/tokens", {"scopes": []}).status_code == 400
    assert alice.ask("POST", "/v1/me/tokens", {"scopes": ["cases:read"], "days": 367}).status_code == 400
    for method, path in (("GET", ""), ("POST", ""), ("POST", f"/{token['id']}/revocation")):
        body = {"scopes": ["cases:read"]} if (method, path) == ("POST", "") else None
        assert world.ask(shown, method, f"/v1/me/tokens{path}", body).status_code == 403
    revoked = alice.ask("POST", f"/v1/me/tokens/{token['id']}/revocation")
    assert (revoked.status_code, revoked.json()) == (200, {"tokens": []})
    assert world.ask(shown, "GET", "/v1/cases").status_code == 401
    (visit,) = world.client.app.state.trail.visits(Sought(operation="makeToken", status=201), 9, None)
    assert visit.visit.about == f"{token['id']}: cases:read"


def test_a_token_takes_a_login_that_has_just_begun(world: Served) -> None:
    """A browser that somebody finds open makes none; nor does a session that lacks a second factor."""
    world.user("alice", Role.AUDITOR)
    alice, ada = world.browser("alice"), world.browser("ada")
    lacking = ada.ask("POST", "/v1/me/tokens", {"scopes": ["people:read"]})
    assert (lacking.status_code, "before they have a second factor" in lacking.text) == (403, True)
    world.place.clock.now += 15 * 60 + 1
    stale = alice.ask("POST", "/v1/me/tokens", {"scopes": ["cases:read"]})
    assert (stale.status_code, "log in again" in stale.text) == (403, True)
    assert alice.ask("GET", "/v1/me/tokens").status_code == 200


def test_tokens_are_not_without_end(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many that can be used; one that is revoked makes room."""
    monkeypatch.setattr("tipstaff.actions.access.me.MOST_TOKENS", 1)
    world.user("alice", Role.AUDITOR)
    alice = world.browser("alice")
    wanted = {"scopes": ["cases:read"]}
    first = alice.ask("POST", "/v1/me/tokens", wanted).json()["token"]["id"]
    assert alice.ask("POST", "/v1/me/tokens", wanted).status_code == 409
    alice.ask("POST", f"/v1/me/tokens/{first}/revocation")
    assert alice.ask("POST", "/v1/me/tokens", wanted).status_code == 201


def test_admins_see_and_revoke_the_tokens_of_others(world: Served) -> None:
    """Of the user that is named: another's is not there. What reads people revokes nothing."""
    bob = world.token("bob", Role.REVIEWER, scopes=frozenset({Permission.READ_CASES}))
    eve, olga = world.token("eve", Role.ADMIN), world.token("olga", Role.AUDITOR)
    (token,) = world.ask(olga, "GET", "/v1/users/bob/tokens").json()["tokens"]
    assert (token["id"], token["scopes"]) == (bob.split("_")[1], ["cases:read"])
    path = f"tokens/{token['id']}/revocation"
    assert world.ask(olga, "POST", f"/v1/users/bob/{path}").status_code == 403
    assert world.ask(eve, "POST", f"/v1/users/olga/{path}").status_code == 404
    assert world.ask(bob, "GET", "/v1/cases").status_code == 200
    assert world.ask(eve, "POST", f"/v1/users/bob/{path}").json() == {"tokens": []}
    assert world.ask(bob, "GET", "/v1/cases").status_code == 401


def test_users_are_listed_page_by_page(world: Served) -> None:
    """By name, without anything secret."""
    olga = world.token("olga", Role.AUDITOR)
    world.token("rae", Role.READER, reader="square/reader/rae")
    first = world.ask(olga, "GET", "/v1/users?most=2").json()
    rest = world.ask(olga, "GET", f"/v1/users?most=2&after={first['next']}")
    names = [one["name"] for page in (first, rest.json()) for one in page["users"]]
    assert (names, rest.json()["next"]) == (["ada", "olga", "rae"], None)
    assert not {"argon2", PASSWORD, "digest"} & set(rest.text.split('"'))
