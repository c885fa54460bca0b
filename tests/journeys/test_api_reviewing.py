"""Reviewers over HTTP: they ask each other, answer, propose and look ahead; what a judge sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from policies import MINIMAL, write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.objections import answer, appeal
from tipstaff.assembly.casework import add_person
from tipstaff.screening.load import load_policy

POLICY: Final = {
    "policy.toml": f"{MINIMAL['policy.toml']}\n[reversals]\nsecond_person = ['close_account']\n",
}
RESTS: Final = {"policy": "tiny", "provision": "house-1"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place whose policy has two persons undo the closing of an account."""
    folder = tmp_path_factory.mktemp("reviewing")
    with served(folder / "here", load_policy(write_policy(folder / "policy", POLICY))) as made:
        add_person(made.place.directory, "erin", "reviewer", made.place.clock)
        yield made


@pytest.fixture
def alice(world: Served) -> str:
    """Return the token of a reviewer."""
    return world.token("alice", Role.REVIEWER)


@pytest.fixture
def bob(world: Served) -> str:
    """Return the token of a reviewer who may judge."""
    return world.token("bob", Role.SENIOR_REVIEWER)


@pytest.fixture
def carol(world: Served) -> str:
    """Return the token of another one who may."""
    return world.token("carol", Role.SENIOR_REVIEWER)


def told(world: Served, token: str, path: str, body: object = None, method: str = "POST") -> dict[str, Any]:
    """Ask for something that is answered."""
    answer = world.ask(token, method, path, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_second_opinion_is_asked_and_given(world: Served, alice: str, bob: str, carol: str) -> None:
    """Whom it was asked of is told; who was not asked leaves a note instead, and nobody asks themselves."""
    number, _ = world.open_case("opinions")
    path = f"/v1/cases/{number}"
    asked = told(world, alice, f"{path}/questions", {"of": "bob", "text": "招揽？"})
    assert [(one["by"], one["asked"], one["text"]) for one in asked["notes"]] == [("alice", "bob", "招揽？")]
    unasked = world.ask(carol, "POST", f"{path}/opinions", {"text": "是"})
    assert (unasked.status_code, "nobody has asked carol" in unasked.text) == (409, True)
    oneself = world.ask(alice, "POST", f"{path}/questions", {"of": "alice", "text": "？"})
    assert (oneself.status_code, "not oneself" in oneself.text) == (409, True)
    given = told(world, bob, f"{path}/opinions", {"text": "是"})
    assert [(one["by"], one["text"]) for one in given["notes"]] == [("alice", "招揽？"), ("bob", "是")]


def test_a_complaint_is_answered(world: Served, alice: str) -> None:
    """Its author is told; it is answered once, and there must be one."""
    number, _ = world.open_case("answers")
    path = f"/v1/cases/{number}/complaints/1/answer"
    answered = told(world, alice, path, {"outcome": "dismissed"})["complaints"][0]
    assert (answered["outcome"], answered["undone"]) == ("dismissed", False)
    assert "complaint 1" in answered["answer"].lower()
    again = world.ask(alice, "POST", path, {"outcome": "abusive"})
    assert (again.status_code, "was dismissed already" in again.text) == (409, True)
    none = world.ask(alice, "POST", f"/v1/cases/{number}/complaints/2/answer", {"outcome": "upheld"})
    assert (none.status_code, "has no complaint 2" in none.text) == (409, True)


def test_it_is_seen_before_what_a_decision_would_hit(world: Served, alice: str) -> None:
    """All of the account, or some items of the case; without a finding there is no ladder."""
    number, post = world.open_case("ahead")
    world.place.publish("ahead", "再来一条")
    path = f"/v1/cases/{number}/preview"
    whole = told(world, alice, path, method="GET")
    assert (whole["posts"], whole["accounts"], whole["apps"]) == (2, ["ahead"], [])
    assert (whole["policy"], whole["strikes"], whole["next"]) == (None, [], [])
    assert told(world, alice, f"{path}?post={post}", method="GET")["posts"] == 1
    none = world.ask(alice, "GET", f"{path}?post={post}&post=nothing")
    assert (none.status_code, "nothing: no items of case" in none.json()["detail"]) == (409, True)
    assert world.ask(alice, "GET", f"{path}?post=").status_code == 400


def test_what_was_proposed_and_answered_is_shown_to_all_who_look(world: Served, alice: str, bob: str) -> None:
    """Each proposal with its answer, before the decision and with it; a hearing has an end."""
    number, _ = world.open_case("hearings")
    path = f"/v1/cases/{number}"
    warn = {"measures": ["warn"], "text": "拟警告", **RESTS}
    first = told(world, alice, f"{path}/proposals", warn | {"hours": 2})
    assert first["stage"] == "hearing"
    (proposed,) = first["proposals"]
    assert (proposed["by"], proposed["measures"], proposed["heard"]) == ("alice", ["warn"], None)
    with world.place.desk() as desk:
        answer(desk, number, "这是新闻")
    told(world, alice, f"{path}/proposals", {"measures": ["close_account"], "text": "拟关闭", **RESTS})
    with world.place.desk() as desk:
        answer(desk, number, "不应关闭")
    seen = told(world, bob, path, method="GET")
    assert [(one["text"], one["heard"]) for one in seen["proposals"]] == [
        ("拟警告", "这是新闻"),
        ("拟关闭", "不应关闭"),
    ]
    decided = told(world, alice, f"{path}/decisions", {"measures": ["warn"], "reasons": "…", **RESTS})
    assert decided["proposals"] == []
    (decision,) = decided["decisions"]
    assert [one["heard"] for one in decision["proposals"]] == ["这是新闻", "不应关闭"]
    assert decision["hearing"] == "held"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"measures": []}, 400),
        ({"measures": ["suspend_app"]}, 409),
        ({"text": ""}, 400),
        ({"text": " "}, 409),
        ({"hours": 0}, 400),
        ({"hours": 8761}, 400),
        ({"provision": "x"}, 409),
        ({"policy": None, "provision": None}, 409),
    ],
)
def test_what_cannot_be_proposed_is_told(
    world: Served, alice: str, changed: dict[str, object], status: int
) -> None:
    """Nothing, something for others, without words, for no time, or on no ground."""
    number, _ = world.open_case(f"refused-{status}-{len(str(changed))}-{next(iter(changed))}")
    body = {"measures": ["warn"], "text": "拟警告", **RESTS} | changed
    refused = world.ask(alice, "POST", f"/v1/cases/{number}/proposals", body)
    assert refused.status_code == status, refused.text
    assert told(world, alice, f"/v1/cases/{number}", method="GET")["proposals"] == []


def test_two_undo_what_the_policy_has_two_undo(world: Served, alice: str, bob: str, carol: str) -> None:
    """That a result waits is shown; another judge confirms it, and neither a reviewer nor who judged does."""
    number, _ = world.open_case("undoing")
    path = f"/v1/cases/{number}/decisions"
    close = {"measures": ["close_account"], "reasons": "…", "hearing_waived_for": "grave_harm", **RESTS}
    assert told(world, alice, path, close)["decisions"][0]["waits"]
    erin = world.token("erin", Role.SENIOR_REVIEWER)
    confirmed = told(world, erin, f"{path}/1/confirmation")
    assert not confirmed["decisions"][0]["waits"]
    world.until(alice, f"/v1/cases/{number}", lambda one: one["decisions"][0]["carried_out"] != [])
    with world.place.desk() as desk:
        appeal(desk, number, 1, "这是新闻")
    judged = told(world, bob, f"{path}/1/result", {"result": "reversed", "answer": "成立"})
    objection = judged["decisions"][0]["appeal"]
    assert (objection["result"], objection["waits"], objection["confirmed_by"]) == ("reversed", True, [])
    for token, status in ((alice, 403), (bob, 409), (erin, 409)):
        assert world.ask(token, "POST", f"{path}/1/result/confirmation").status_code == status
    objection = told(world, carol, f"{path}/1/result/confirmation")["decisions"][0]["appeal"]
    assert (objection["waits"], objection["confirmed_by"]) == (False, ["carol"])
