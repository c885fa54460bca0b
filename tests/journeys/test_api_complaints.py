"""Complaints over HTTP: a receipt at once, later what came of it; for who made them alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.ask import ask
from tipstaff.casework.commands import Answer
from tipstaff.casework.events import Outcome
from tipstaff.screening.load import load_policy


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with some accounts."""
    folder = tmp_path_factory.mktemp("complaints")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        for handle in ("news", "shop", "club"):
            made.place.square.register_account(handle, handle)
        yield made


def of_reader(world: Served, name: str) -> str:
    """Return a token of a reader."""
    return world.token(name, Role.READER, reader=f"square/reader/{name}")


def test_who_complains_learns_what_came_of_it(world: Served) -> None:
    """Receipt, answer; the same again is refused while it waits; nobody else is told that there is one."""
    rae, sam = of_reader(world, "rae"), of_reader(world, "sam")
    body = {"about": "square/account/news", "reason": "fraud", "text": "骗人的"}
    made = world.ask(rae, "POST", "/v1/complaints", body)
    assert made.status_code == 201, made.text
    receipt = made.json()
    assert (receipt["about"], receipt["outcome"], receipt["answer"]) == ("square/account/news", None, None)
    again = world.ask(rae, "POST", "/v1/complaints", body)
    assert (again.status_code, "you have complained of this already" in again.text) == (409, True)

    path, number = f"/v1/complaints/{receipt['id']}", int(receipt["id"].split("-")[0])
    with world.place.desk() as desk:
        text = desk.keep("square/reader/rae", "answer", "text", "查过了")
        ask(desk, number, desk.actor("alice"), Answer(1, Outcome.DISMISSED, text))
    found = world.ask(rae, "GET", path).json()
    assert (found["outcome"], found["answer"]) == ("dismissed", "查过了")
    nobody = world.ask(sam, "GET", "/v1/complaints/99-1")
    others = world.ask(sam, "GET", path)
    assert (others.status_code, nobody.status_code) == (404, 404)
    assert others.json()["detail"] == f"there is no complaint {receipt['id']}"
    alice = world.token("alice", Role.REVIEWER)
    assert world.ask(alice, "GET", path).json() == found


def test_ones_own_come_page_by_page(world: Served) -> None:
    """By case and number, each once, and none of anybody else."""
    rae, sam = of_reader(world, "pia"), of_reader(world, "quin")
    ids, post = [], world.place.publish("club", "x")
    for token, about in (
        (sam, "square/account/shop"),
        (rae, "square/account/shop"),
        (rae, "square/account/club"),
        (rae, f"square/account/club/{post}"),
    ):
        made = world.ask(token, "POST", "/v1/complaints", {"about": about, "reason": "other", "text": "x"})
        assert made.status_code == 201, made.text
        ids.append(made.json()["id"])
    found, after = [], ""
    while True:
        page = world.ask(rae, "GET", f"/v1/complaints?most=1{after}").json()
        found += [one["id"] for one in page["complaints"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == ids[1:]


def test_what_is_refused_is_told_and_leaves_no_text(world: Served) -> None:
    """Of what there is not, of nothing, and without the permission that a token has not."""
    rae = of_reader(world, "tess")
    body = {"about": "square/account/news", "reason": "fraud", "text": "x"}
    for changed, status, told in (
        ({"about": "square/account/nobody"}, 400, "nobody"),
        ({"about": "elsewhere/account/x"}, 409, "there is no host 'elsewhere'"),
        ({"about": "x"}, 400, "is no target"),
        ({"text": " "}, 409, "it needs a text"),
        ({"reason": "dislike"}, 400, "cannot be read"),
        ({"by": "square/reader/sam"}, 400, "cannot be read"),
    ):
        answer = world.ask(rae, "POST", "/v1/complaints", body | changed)
        assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text
    with world.place.desk() as desk:
        assert desk.vault.count("square/reader/tess") == 0
        assert desk.cases.complained_in("square/reader/tess") == []
    narrowed = world.token(
        "moon", Role.ACCOUNT_HOLDER, holds=(account("news"),), scopes=frozenset[Permission]()
    )
    assert world.ask(narrowed, "POST", "/v1/complaints", body).status_code == 403
    for path in ("x", "1", "1-0", "0-1", "1-1-1", "1-99999999999"):
        assert world.ask(rae, "GET", f"/v1/complaints/{path}").status_code == 400, path
