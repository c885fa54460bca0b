"""Orders over HTTP: a clerk's entry and an authority's own, each confirmed by another, amended, reported."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.texts import order_key
from tipstaff.assembly.casework import add_person
from tipstaff.screening.load import load_policy

DOCUMENT: Final = b"%PDF-1.7 ..."
AT_REST: Final = 2
"""The version of an order that was entered, once the ledger has it: it moves when somebody does something."""

ORDER: Final = {
    "authority": "bureau", "reference": "2026/41", "basis": "im-2014", "scope": "account",
    "targets": ["square/account/news"], "territory": "CN", "deadline": "2099-01-01T00:00:00+08:00",
    "text": "关闭该帐号。", "attachment": base64.b64encode(DOCUMENT).decode(),
}  # fmt: skip
PATIENCE: Final = 20.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with an authority that signs."""
    folder = tmp_path_factory.mktemp("orders")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        for handle in ("news", "shop"):
            made.place.square.register_account(handle, handle)
        add_person(made.place.directory, "bureau", "authority", made.place.clock)
        yield made


def until(world: Served, token: str, number: int, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Read an order until something holds of it: a worker is at work beside."""
    end = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = world.ask(token, "GET", f"/v1/orders/{number}").json()
        if holds(found) or time.monotonic() > end:
            assert holds(found), found
            return found
        time.sleep(0.05)


def test_an_order_is_entered_confirmed_carried_out_and_reported(world: Served) -> None:
    """A clerk enters, another one confirms; reviewers carry it out; the authority reads its report."""
    chen, wu = (world.token(name, Role.CLERK) for name in ("chen", "wu"))
    bureau = world.token("bureau", Role.AUTHORITY)
    made = world.ask(chen, "POST", "/v1/orders", ORDER)
    assert made.status_code == 201, made.text
    number, path = made.json()["number"], f"/v1/orders/{made.json()['number']}"
    assert made.json()["attachment"] == hashlib.sha256(DOCUMENT).hexdigest()
    assert world.ask(chen, "POST", "/v1/orders", ORDER).status_code == 409, "it comes in once"
    own = world.ask(chen, "POST", f"{path}/confirmation")
    assert (own.status_code, "another person must" in own.json()["detail"]) == (409, True)
    assert world.ask(wu, "POST", f"{path}/confirmation", if_match='"9"').status_code == 412
    until(world, wu, number, lambda one: one["version"] == AT_REST)
    confirmed = world.ask(wu, "POST", f"{path}/confirmation", if_match=f'"{AT_REST}"')
    assert confirmed.json()["confirmed_by"] == ["wu"], confirmed.text

    found = until(world, bureau, number, lambda one: one["cases"]["square/account/news"] is not None)
    assert (found["standing"], found["overdue"]) == ("in force", False)
    alice, bob = (world.token(name, Role.REVIEWER) for name in ("alice", "bob"))
    case = found["cases"]["square/account/news"]
    close = {"measures": ["close_account"], "order": number, "hearing_waived_for": "order", "reasons": "依令"}
    decided = world.ask(alice, "POST", f"/v1/cases/{case}/decisions", close)
    assert decided.status_code == 200, decided.text
    assert world.ask(bob, "POST", f"/v1/cases/{case}/decisions/1/confirmation").status_code == 200
    reported = until(world, bureau, number, lambda one: one["reports"])
    assert reported["standing"] == "reported"
    due = world.ask(chen, "GET", "/v1/orders?due=true").json()["orders"]
    assert number not in [one["number"] for one in due]


def test_an_authority_gives_its_own_and_a_clerk_confirms(world: Served) -> None:
    """It is signed with its registered key; those of others it neither gives, sees, confirms nor amends."""
    bureau = world.token("bureau", Role.AUTHORITY)
    chen, wu = (world.token(name, Role.CLERK) for name in ("chen", "wu"))
    mine = ORDER | {"reference": "2026/42", "targets": ["square/account/shop"]}
    made = world.ask(bureau, "POST", "/v1/orders", mine)
    assert (made.status_code, made.json()["entered_by"]) == (201, "bureau"), made.text
    path = f"/v1/orders/{made.json()['number']}"
    assert world.ask(bureau, "POST", f"{path}/confirmation").status_code == 409
    assert world.ask(chen, "POST", f"{path}/confirmation").status_code == 200
    until(world, bureau, made.json()["number"], lambda one: one["standing"] == "in force")

    narrower = {"change": "narrowed", "reasons": "太远", "territory": "CN-11"}
    amended = world.ask(bureau, "POST", f"{path}/amendments", narrower)
    assert amended.json()["amendments"][0]["standing"] == "waits for a second person", amended.text
    assert world.ask(wu, "POST", f"{path}/amendments/1/confirmation").status_code == 200
    until(world, bureau, made.json()["number"], lambda one: one["territory"] == "CN-11")

    others = world.ask(chen, "POST", "/v1/orders", ORDER | {"authority": "court"})
    given = world.ask(bureau, "POST", "/v1/orders", ORDER | {"authority": "court", "reference": "7"})
    assert given.status_code == 403
    there = f"/v1/orders/{others.json()['number']}"
    for method, at, body in (
        ("GET", "", None),
        ("POST", "/confirmation", None),
        ("POST", "/amendments", narrower),
        ("POST", "/amendments/1/confirmation", None),
    ):
        answer = world.ask(bureau, method, there + at, body)
        assert (answer.status_code, answer.json()["detail"]) == (404, f"there is no order {there[11:]}")
    seen = world.ask(bureau, "GET", "/v1/orders").json()["orders"]
    assert {one["authority"] for one in seen} == {"bureau"}


def test_an_order_is_entered_anew(world: Served) -> None:
    """In place of one that was entered wrongly; that of another authority is not there to be corrected."""
    chen, wu = (world.token(name, Role.CLERK) for name in ("chen", "wu"))
    bureau = world.token("bureau", Role.AUTHORITY)
    wrong = ORDER | {"reference": "2026/77", "targets": ["square/account/shop"]}
    first = world.ask(chen, "POST", "/v1/orders", wrong).json()["number"]
    right = wrong | {"targets": ["square/account/news"], "corrects": first}
    made = world.ask(wu, "POST", "/v1/orders", right)
    assert made.status_code == 201, made.text
    second = made.json()
    assert (second["reference"], second["corrects"]) == ("2026/77 (corrected)", first)
    told = world.ask(bureau, "GET", f"/v1/orders/{first}").json()
    assert (told["corrected_by"], told["waits"]) == (second["number"], False)
    assert told["standing"] == f"entered wrongly: order {second['number']} takes its place"
    again = world.ask(chen, "POST", "/v1/orders", right)
    assert (again.status_code, "takes the place of" in again.json()["detail"]) == (409, True)
    assert world.ask(chen, "POST", "/v1/orders", right | {"corrects": 999}).status_code == 404
    others = world.ask(chen, "POST", "/v1/orders", ORDER | {"authority": "court", "reference": "9"}).json()
    theirs = world.ask(bureau, "POST", "/v1/orders", right | {"corrects": others["number"]})
    assert (theirs.status_code, theirs.json()["detail"]) == (404, f"there is no order {others['number']}")


def test_orders_come_page_by_page(world: Served) -> None:
    """Each once, the oldest first; with `waiting` those that another person has to confirm."""
    chen = world.token("chen", Role.CLERK)
    every = world.ask(chen, "GET", "/v1/orders").json()["orders"]
    found, after = [], ""
    while True:
        page = world.ask(chen, "GET", f"/v1/orders?most=1{after}").json()
        found += page["orders"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == every
    waiting = world.ask(chen, "GET", "/v1/orders?waiting=true").json()["orders"]
    assert [one["number"] for one in waiting] == [one["number"] for one in every if one["waits"]]
    assert waiting


def test_what_is_refused_is_told_and_leaves_no_text(world: Served) -> None:
    """Times without an offset, targets of another kind, what is not there: a problem, and nothing kept."""
    chen = world.token("chen", Role.CLERK)
    for changed, status, told in (
        ({"deadline": "2099-01-01T00:00:00"}, 400, "cannot be read"),
        ({"deadline": "2001-01-01T00:00:00Z"}, 409, "lies ahead"),
        ({"scope": "app"}, 409, "is not about"),
        ({"targets": []}, 400, "cannot be read"),
        ({"targets": ["square/account/nobody"]}, 400, "nobody"),
        ({"text": " "}, 409, "the text is blank"),
        ({"attachment": "???"}, 400, "cannot be read"),
    ):
        answer = world.ask(chen, "POST", "/v1/orders", ORDER | {"reference": "9"} | changed)
        assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text
    with world.place.desk() as desk:
        assert desk.vault.count(order_key("bureau", "9")) == 0
        assert desk.cases.find(account("nobody")) is None
