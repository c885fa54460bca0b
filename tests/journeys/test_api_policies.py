"""Policies over HTTP: owners put versions in shadow, in force and out of it, and compare them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from policies import HEAD, NEW, OLD, write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.assembly.casework import add_person, shadow
from tipstaff.assembly.ledger import open_log, read_store
from tipstaff.client import Client
from tipstaff.ledger.statement import parse
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy

POSTS = ("buy mooncoin", "beware: buy mooncoin", "to the moonshot", "good morning")
"""What is published: caught by both versions, newly caught, newly let through, and neither."""


@pytest.fixture
def new(tmp_path: Path) -> Policy:
    """Return the next version."""
    return load_policy(write_policy(tmp_path / "new", NEW))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Served]:
    """Serve a place with a version in force, two owners, and some posts."""
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "old", OLD))) as made:
        for name in ("petra", "paul"):
            add_person(made.place.directory, name, "policy_owner", made.place.clock)
        made.place.square.register_account("moonharbor", "M")
        for text in POSTS:
            made.place.publish("moonharbor", text)
        yield made


@pytest.fixture
def petra(world: Served) -> str:
    """Return the token of an owner."""
    return world.token("petra", Role.POLICY_OWNER)


def stated(world: Served) -> list[tuple[object, object, object, object]]:
    """Return who has stated what of each version, and in which order."""
    with read_store(world.place.directory / "ledger") as (store, _):
        found = [one for one in map(parse, store.statements(0, store.size)) if one.kind == "policy"]
    return [
        (one.claims["number"], one.iss, one.claims["version"], one.claims["state"])
        for one in found
        if one.claims["name"] == "tiny"
    ]


def standing(world: Served, token: str) -> dict[str, str]:
    """Return how each version of the policy stands."""
    told = world.ask(token, "GET", "/v1/policies").json()["policies"]
    return {one["version"]: one["state"] for one in told if one["name"] == "tiny"}


def checked(world: Served, token: str, text: str) -> tuple[list[str], list[str]]:
    """Return under which versions a draft was looked at, and which rules were broken."""
    told = world.ask(token, "POST", "/v1/check", {"text": text}).json()
    return told["policies"], [one["rule"] for one in told["problems"]]


def test_a_shadow_is_put_in_force_by_who_owns_it(world: Served, petra: str, new: Policy) -> None:
    """Signed with her own key; the version before is retired with it, and what comes is screened by this."""
    shadow(world.place.directory, new, world.place.clock)
    answer = world.ask(petra, "POST", "/v1/policies/tiny/adopt")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["name"], told["version"], told["state"]) == ("tiny", "1.3.0", "in_force")
    assert stated(world) == [
        (1, "policy_owner", "1.2.3", "in_force"), (2, "policy_owner", "1.3.0", "shadow"),
        (3, "petra", "1.2.3", "retired"), (4, "petra", "1.3.0", "in_force"),
    ]  # fmt: skip
    assert world.client.get(f"/v1/statements/{told['entry']}").json()["issuer"] == "petra"
    assert checked(world, petra, "beware") == ([new.reference], ["hint"])
    for named in ("tiny@1.3.0", "tiny", new.reference):
        assert world.ask(petra, "POST", f"/v1/policies/{named}/adopt").json() == told
    assert len(stated(world)) == 4, "what is so already is not stated again"


def test_an_owner_goes_back_to_the_version_before(world: Served, petra: str, new: Policy) -> None:
    """A version that was stated is kept, and named: as NAME@VERSION, or by its reference."""
    paul = world.token("paul", Role.POLICY_OWNER)
    shadow(world.place.directory, new, world.place.clock)
    assert world.ask(petra, "POST", "/v1/policies/tiny/adopt").status_code == 200
    back = world.ask(paul, "POST", f"/v1/policies/{world.place.policy.reference}/adopt")
    assert (back.status_code, back.json()["version"]) == (200, "1.2.3")
    assert standing(world, paul) == {"1.2.3": "in_force", "1.3.0": "retired"}
    assert [(number, by) for number, by, _, _ in stated(world)][-2:] == [(5, "paul"), (6, "paul")]
    again = world.ask(petra, "POST", "/v1/policies/tiny@1.3.0/shadow")
    assert (again.status_code, again.json()["state"]) == (200, "shadow")
    assert stated(world)[-1] == (7, "petra", "1.3.0", "shadow")


def test_what_ships_is_put_in_shadow_and_retired(world: Served, petra: str) -> None:
    """By its name; what is retired is not retired again, and what is in force is no shadow."""
    path = "/v1/policies/undisclosed-sponsorship"
    told = world.ask(petra, "POST", f"{path}/shadow")
    assert (told.status_code, told.json()["state"]) == (200, "shadow"), told.text
    assert world.ask(petra, "POST", f"{path}/retire").json()["state"] == "retired"
    refused = world.ask(petra, "POST", f"{path}/retire")
    assert (refused.status_code, "is in shadow or in force" in refused.text) == (409, True)
    refused = world.ask(petra, "POST", "/v1/policies/tiny@1.2.3/shadow")
    assert (refused.status_code, "tiny 1.2.3 is in force" in refused.text) == (409, True)


def test_who_asks_twice_gets_no_other_version(world: Served, petra: str, tmp_path: Path) -> None:
    """Where a version of one's own has the name of one that ships, that one does not take its place."""
    name = "undisclosed-sponsorship"
    own = load_policy(write_policy(tmp_path / "own", {"policy.toml": HEAD.replace('"tiny"', f'"{name}"')}))
    shadow(world.place.directory, own, world.place.clock)
    assert world.ask(petra, "POST", f"/v1/policies/{name}/shadow").json()["reference"] == own.reference
    for _ in range(2):
        answer = world.ask(petra, "POST", f"/v1/policies/{name}/adopt")
        assert (answer.json()["reference"], answer.json()["state"]) == (own.reference, "in_force")
    ships = world.ask(petra, "POST", f"/v1/policies/{name}/shadow")
    assert (ships.status_code, ships.json()["reference"] == own.reference) == (200, False), ships.text
    told = world.ask(petra, "POST", "/v1/policies/tiny/shadow")
    assert (told.status_code, "names no version that was stated here" in told.text) == (404, True)


@pytest.mark.parametrize("what", ["shadow", "adopt", "retire"])
@pytest.mark.parametrize("named", ["nothing", "tiny@9.9.9", "undisclosed-sponsorship@9.9.9"])
def test_what_is_neither_kept_nor_ships_is_not_there(
    world: Served, petra: str, what: str, named: str
) -> None:
    """Nobody sends a policy over HTTP, nor names a folder of the server."""
    answer = world.ask(petra, "POST", f"/v1/policies/{named}/{what}")
    known = what == "retire" and named.startswith("tiny")
    assert answer.status_code == (409 if known else 404), answer.text
    assert len(stated(world)) == 1


@pytest.mark.parametrize("named", ["..", ".%2fhere", "%2ftmp", "tiny@1", "tiny@1.2.3+", "Tiny", "tiny%00"])
def test_a_name_is_never_a_path(world: Served, petra: str, named: str) -> None:
    """What is no name of a policy is refused before anything is looked up."""
    for method, what in (("POST", "adopt"), ("POST", "shadow"), ("GET", "comparison")):
        answer = world.client.request(
            method, f"/v1/policies/{named}/{what}", headers={"Authorization": f"Bearer {petra}"}
        )
        assert answer.status_code in (400, 404), answer.text
    assert len(stated(world)) == 1


def test_who_signs_as_something_else_states_nothing(world: Served) -> None:
    """The permission is one thing, the key another: the ledger would refuse what a reviewer signs."""
    alice = world.token("alice", Role.POLICY_OWNER, Role.REVIEWER)
    answer = world.ask(alice, "POST", "/v1/policies/tiny/retire")
    assert (answer.status_code, "alice signs as reviewer" in answer.text) == (409, True)
    assert world.ask(world.token("bob", Role.REVIEWER), "POST", "/v1/policies/tiny/retire").status_code == 403
    assert len(stated(world)) == 1


def test_an_altered_copy_is_put_in_force_by_nobody(world: Served, petra: str, new: Policy) -> None:
    """It is not what was stated: the installation is to be mended, and not the request."""
    shadow(world.place.directory, new, world.place.clock)
    kept = world.place.directory / "policies" / new.reference / "rules.toml"
    kept.write_text(kept.read_text().replace("severity = 2", "severity = 5"))
    answer = world.ask(petra, "POST", "/v1/policies/tiny/adopt")
    assert (answer.status_code, "restore it from a backup" in answer.text) == (409, True), answer.text
    assert standing(world, petra) == {"1.2.3": "in_force", "1.3.0": "shadow"}


def test_a_version_is_not_ended_while_decisions_wait(world: Served, petra: str) -> None:
    """The ledger would refuse them."""
    case, _ = world.open_case("shop")
    wanted = {"measures": ["warn"], "reasons": "x", "policy": "tiny", "provision": "house-1", "delay": 9999}
    alice = world.token("alice", Role.REVIEWER)
    assert world.ask(alice, "POST", f"/v1/cases/{case}/decisions", wanted).status_code == 200
    answer = world.ask(petra, "POST", "/v1/policies/tiny/retire")
    assert (answer.status_code, "waits for the ledger" in answer.text) == (409, True)


def test_while_another_writes_to_the_ledger_it_is_asked_again(
    world: Served, petra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is half done."""
    monkeypatch.setattr("tipstaff.assembly.casework._PATIENCE", 0.2)
    with open_log(world.place.directory / "ledger", world.place.clock, 10.0):
        answer = world.ask(petra, "POST", "/v1/policies/tiny/retire")
    assert answer.status_code == 503
    assert world.ask(petra, "POST", "/v1/policies/tiny/retire").json()["state"] == "retired"


def pages(world: Served, token: str, most: int) -> list[dict[str, Any]]:
    """Return a comparison, page by page."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        answer = world.ask(token, "GET", f"/v1/policies/tiny/comparison?most={most}{after}")
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        if found[-1]["next"] is None:
            return found
        after = f"&after={found[-1]['next']}"


def test_what_would_change_is_told_post_by_post(world: Served, petra: str, new: Policy) -> None:
    """What the old version catches and the new one does not, and the other way round; whatever the page."""
    shadow(world.place.directory, new, world.place.clock)
    (whole,) = pages(world, petra, 1000)
    assert (whole["old"], whole["new"]) == (world.place.policy.reference, new.reference)
    assert [whole[one] for one in ("posts", "newly_caught", "newly_let_through", "changed_outcome")] == [
        4, 1, 1, 0,
    ]  # fmt: skip
    assert [
        (one["host"], one["account"], one["change"], one["before"], one["after"]) for one in whole["changed"]
    ] == [
        ("square", "moonharbor", "newly_caught", "permitted", "violation"),
        ("square", "moonharbor", "newly_let_through", "violation", "none"),
    ]
    assert [(one["rules_before"], one["rules_after"]) for one in whole["changed"]] == [
        ([], ["offer", "hint"]), (["offer"], []),
    ]  # fmt: skip
    rules = {one["rule"]: one for one in whole["rules"]}
    assert (rules["offer"]["before"], rules["offer"]["after"]) == (2, 2)
    assert (rules["hint"]["in_old"], rules["hint"]["in_new"], rules["hint"]["newly_caught"]) == (
        False,
        True,
        1,
    )
    assert (rules["caution"]["in_new"], rules["caution"]["before"]) == (False, 1)
    for most in (1, 2, 3):
        parts = pages(world, petra, most)
        assert [one["posts"] for one in parts] == [most] * (4 // most) + ([4 % most] if 4 % most else [])
        assert [post for one in parts for post in one["changed"]] == whole["changed"]
    assert standing(world, petra) == {"1.2.3": "in_force", "1.3.0": "shadow"}


def test_without_two_versions_nothing_is_compared(world: Served, petra: str, new: Policy) -> None:
    """One has to be in shadow, and one in force."""
    answer = world.ask(petra, "GET", "/v1/policies/tiny/comparison")
    assert (answer.status_code, "in shadow here" in answer.text) == (409, True)
    assert world.ask(petra, "GET", "/v1/policies/nothing/comparison").status_code == 404
    shadow(world.place.directory, new, world.place.clock)
    for after in ("nowhere/p1", "square/p999"):
        answer = world.ask(petra, "GET", f"/v1/policies/tiny/comparison?after={after}")
        assert answer.status_code == 400, answer.text
    assert world.ask(petra, "POST", "/v1/policies/tiny@1.2.3/retire").status_code == 200
    answer = world.ask(petra, "GET", "/v1/policies/tiny/comparison")
    assert (answer.status_code, "in force here" in answer.text) == (409, True)


def test_the_client_does_the_same(world: Served, petra: str, new: Policy) -> None:
    """Page by page, typed."""
    client = Client("", petra, world.client)
    shadow(world.place.directory, new, world.place.clock)
    parts = list(client.comparison("tiny", most=3))
    assert [one.posts for one in parts] == [3, 1]
    assert [one.change for part in parts for one in part.changed] == ["newly_caught", "newly_let_through"]
    made = client.adopt_policy("tiny")
    assert (client.statement(made.entry).issuer, made.version) == ("petra", "1.3.0")
    assert client.retire_policy("tiny").state == "retired"
    assert client.shadow_policy("tiny@1.2.3").state == "shadow"
