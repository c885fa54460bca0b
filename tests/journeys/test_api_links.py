"""Links over HTTP: who has one answers or appeals without a login; what is wrong with one, nobody is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from logging import StreamHandler
from typing import Final

import httpx
import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.base.logs import LOGGER, JsonLines
from tipstaff.cli.main import main
from tipstaff.screening.load import load_policy

BLOCK: Final = {
    "measures": ["block_content"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip
SAID: Final = {"text": "这是新闻报道"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("links")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        yield made


def blocked(world: Served, handle: str) -> tuple[int, str]:
    """Have a post of a new account complained of and blocked; returns the case and the post."""
    number, post = world.open_case(handle)
    alice = world.token("alice", Role.REVIEWER)
    path = f"/v1/cases/{number}"
    answer = world.ask(alice, "POST", f"{path}/decisions", BLOCK | {"posts": [post]})
    assert answer.status_code == 200, answer.text
    world.until(alice, path, lambda one: bool(one["decisions"][0]["carried_out"]) and seen(one) == "applied")
    return number, post


def seen(case: dict[str, object]) -> object:
    """Return what was seen last of the first decision of a case."""
    decisions = case["decisions"]
    assert isinstance(decisions, list)
    return decisions[0]["carried_out"][-1]["seen"]


def issue(world: Served, number: int, **wanted: object) -> str:
    """Issue a link, over HTTP; returns its path."""
    alice = world.token("alice", Role.REVIEWER)
    answer = world.ask(alice, "POST", f"/v1/cases/{number}/links", wanted)
    assert answer.status_code == 201, answer.text
    path = answer.json()["path"]
    assert isinstance(path, str)
    return path


def test_from_a_complaint_to_a_restoration(world: Served) -> None:
    """A reader complains, a post is blocked, its holder is told, appeals by a link, and has it back."""
    world.place.square.register_account("moon", "月港快讯")
    post = world.place.publish("moon", "稳赚不赔，加我 bitcoin")
    rae = world.token("rae", Role.READER, reader="square/reader/rae")
    alice = world.token("alice", Role.REVIEWER)
    about = {"about": f"square/account/moon/{post}", "reason": "fraud", "text": "骗人的"}
    receipt = world.ask(rae, "POST", "/v1/complaints", about).json()
    number = int(receipt["id"].split("-")[0])
    case = f"/v1/cases/{number}"
    assert world.ask(alice, "POST", f"{case}/decisions", BLOCK | {"posts": [post]}).status_code == 200
    holder = world.token("moon", Role.ACCOUNT_HOLDER, holds=(account("moon"),))
    told = world.until(holder, "/v1/notices", lambda one: len(one["notices"]) == 2)["notices"]
    assert [
        word in told[0]["text"]
        for word in (f"square/account/moon/{post}", "招揽读者买币", "对第 1 号决定提出申诉")
    ] == [True] * 3
    assert world.place.square.read_post(post).content is None

    link = issue(world, number, decision=1)
    matter = world.ask(None, "GET", link).json()
    decision = matter["decision"]
    assert (matter["purpose"], matter["subject"], matter["hearing"]) == (
        "appeal",
        "square/account/moon",
        None,
    )
    assert (decision["provision"], decision["reasons"]) == ("house-1", "招揽读者买币")
    assert [(one["kind"], one["posts"]) for one in decision["measures"]] == [("block_content", [post])]
    assert [(one["post"], one["text"]) for one in matter["posts"]] == [(post, "稳赚不赔，加我 bitcoin")]
    assert decision["statement"]["position"] is not None
    assert (decision["appeal"], decision["appeal_until"]) == (None, matter["until"])
    assert not {"alice", "rae", "骗人的"} & set(json.dumps(matter, ensure_ascii=False).split('"'))

    appealed = world.ask(None, "POST", f"{link}/appeal", SAID)
    assert appealed.status_code == 201, appealed.text
    assert appealed.json()["decision"]["appeal"]["text"] == SAID["text"]
    again = world.ask(None, "POST", f"{link}/appeal", SAID)
    assert (again.status_code, "appealed against already" in again.text) == (409, True)

    stated = world.until(
        None, link, lambda one: one["decision"]["appeal"]["statement"]["position"] is not None
    )
    assert stated["decision"]["appeal"]["result"] is None
    carol = world.token("carol", Role.SENIOR_REVIEWER)
    judgement = {"result": "reversed", "answer": "成立，已恢复"}
    judged = world.ask(carol, "POST", f"{case}/decisions/1/result", judgement)
    assert judged.status_code == 200, judged.text
    done = world.until(None, link, lambda one: one["decision"]["carried_out"][-1]["seen"] == "lifted")
    assert done["decision"]["appeal"]["result"] == "reversed"
    assert done["decision"]["appeal"]["answer"] == "成立，已恢复"
    assert world.place.square.read_post(post).content is not None
    assert "carol" not in json.dumps(done)


def test_a_hearing_is_answered_by_a_link(world: Served) -> None:
    """What is proposed and why, until when; once answered it can still be read, and is not answered again."""
    number, _ = world.open_case("gazette")
    link = f"/v1/links/{world.propose(number)['link']}"
    matter = world.ask(None, "GET", link).json()
    assert (matter["purpose"], matter["decision"]) == ("hearing", None)
    hearing = matter["hearing"]
    assert (hearing["text"], hearing["measures"], hearing["heard"]) == ("拟警告", ["warn"], None)
    assert hearing["until"] == matter["until"]
    answered = world.ask(None, "POST", f"{link}/answer", SAID)
    assert (answered.status_code, answered.json()["hearing"]["heard"]) == (201, SAID["text"])
    again = world.ask(None, "POST", f"{link}/answer", SAID)
    assert (again.status_code, "was answered already" in again.text) == (409, True)
    assert world.ask(None, "GET", link).json() == answered.json()
    appeal = world.ask(None, "POST", f"{link}/appeal", SAID)
    assert (appeal.status_code, "this link is to answer by" in appeal.text) == (409, True)


def case_of(world: Served, handle: str) -> int:
    """Return the case about an account, which is opened if there is none."""
    with world.place.desk() as desk:
        case = desk.cases.find(account(handle))
    return case.number if case else world.open_case(handle)[0]


def all_of(world: Served, link: str) -> list[httpx.Response]:
    """Ask for everything that a link may open."""
    return [
        world.ask(None, "GET", link),
        *(world.ask(None, "POST", f"{link}/{what}", SAID) for what in ("answer", "appeal")),
    ]


def test_what_is_wrong_with_a_link_nobody_is_told(world: Served) -> None:
    """Unknown, altered, mixed up, revoked, ended: the same answer to the letter, and nothing is done."""
    number, _ = blocked(world, "shop")
    revoked = issue(world, number, decision=1)
    link = issue(world, number, decision=1, revoke=True)
    hearing = f"/v1/links/{world.propose(number)['link']}"
    number_of, secret = link.removeprefix("/v1/links/").split("_", 1)
    other = hearing.removeprefix("/v1/links/").split("_", 1)[0]
    wrong = [
        revoked, f"{link[:-1]}{'x' if link[-1] != 'x' else 'y'}", f"{link}x", f"{link[:-1]}",
        f"/v1/links/{other}_{secret}", f"/v1/links/{number_of}_", f"/v1/links/{number_of}", "/v1/links/x",
        f"/v1/links/{'0' * 16}_{secret}", f"/v1/links/{number_of}%00_{secret}", "/v1/links/%00",
        "/v1/links/中",
        f"/v1/links/{number_of.upper()}_{secret.upper()}", f"/v1/links/' OR 1=1 --_{secret}",
    ]  # fmt: skip
    world.place.clock.now += 3600
    try:
        answers = [one for path in (*wrong, hearing) for one in all_of(world, path)]
    finally:
        world.place.clock.now -= 3600
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert "ask whoever sent it for a new one" in answers[0].text
    assert {one.headers["cache-control"] for one in answers} == {"no-store"}
    case = world.place.case(number)
    assert case.decisions[0].appeal is None
    assert case.proposal
    assert case.proposal.heard is None
    assert world.ask(None, "GET", link).status_code == world.ask(None, "GET", hearing).status_code == 200


def test_a_link_is_passed_on_to_nobody(world: Served) -> None:
    """No cache keeps what it opens, and no page that is gone to from there is told of it."""
    number, _ = world.open_case("daily")
    for answer in all_of(world, f"/v1/links/{world.propose(number)['link']}"):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_no_log_has_a_link(world: Served, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what is used, nor what is refused, nor where the server fails: that tells the route alone."""
    number, _ = world.open_case("weekly")
    secret, alice = world.propose(number)["link"], world.token("alice", Role.REVIEWER)
    link, told = f"/v1/links/{secret}", StringIO()
    handler = StreamHandler(told)
    handler.setFormatter(JsonLines())
    state, level = world.client.app.state, LOGGER.level
    links = state.links
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    try:
        with caplog.at_level(logging.DEBUG):
            assert [one.status_code for one in all_of(world, link)] == [200, 201, 409]
            assert [one.status_code for one in all_of(world, f"{link}x")] == [404] * 3
            assert world.ask(None, "POST", f"{link}/answer", {"text": ""}).status_code == 400
            assert world.ask(None, "DELETE", link).status_code == 405
            known = {"Authorization": f"Bearer {alice}", "Idempotency-Key": "k-1"}
            again = world.client.post(f"{link}/answer", json=SAID, headers=known)
            assert again.status_code == 409
            state.links = None
            assert [one.status_code for one in all_of(world, link)] == [500] * 3
    finally:
        state.links = links
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)
    failures = [
        one for one in map(json.loads, told.getvalue().splitlines()) if one["event"] == "server error"
    ]
    assert [one["about"] for one in failures] == [
        "GET /v1/links/{link}", "POST /v1/links/{link}/answer", "POST /v1/links/{link}/appeal",
    ]  # fmt: skip
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]  # who asks
    visits = state.trail.visits(Sought(), 999, None)
    assert secret.split("_", 1)[1] not in told.getvalue() + str(ours) + str(visits)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"text": ""}, 400), ({"text": " "}, 409), ({"text": "x" * 20_001}, 400),
        ({"text": "x", "more": 1}, 400), ([], 400), (None, 400), ({"text": "x" * (1 << 18)}, 413),
    ],
)  # fmt: skip
def test_what_is_said_has_its_bounds(world: Served, body: object, status: int) -> None:
    """Whoever has a link may say something of a fair length, and nothing else; that is no answer."""
    number = case_of(world, "wire")
    link = f"/v1/links/{world.propose(number)['link']}"
    assert world.ask(None, "POST", f"{link}/answer", body).status_code == status
    assert world.ask(None, "GET", link).json()["hearing"]["heard"] is None


def test_the_longest_text_is_taken(world: Served) -> None:
    """Written as escapes, too, which take twelve bytes each where they take the most."""
    number, _ = world.open_case("herald")
    link = f"/v1/links/{world.propose(number)['link']}"
    body = json.dumps({"text": "😀" * 20_000})
    assert len(body) > 240_000
    answer = world.client.post(f"{link}/answer", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("wanted", "status", "told"),
    [
        ({}, 409, "nothing is proposed"),
        ({"decision": 2}, 409, "has no decision 2"),
        ({"decision": 0}, 400, "cannot be read"),
        ({"until": 99}, 400, "cannot be read"),
    ],
)
def test_a_link_is_issued_to_something(world: Served, wanted: object, status: int, told: str) -> None:
    """Not to what there is not; nobody says how long it lasts."""
    number = case_of(world, "globe")
    alice = world.token("alice", Role.REVIEWER)
    answer = world.ask(alice, "POST", f"/v1/cases/{number}/links", wanted)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text


def test_a_link_is_issued_on_the_command_line(world: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """By a person who signs here; what is shown opens what it is about, and ends those before if asked."""
    number, _ = blocked(world, "times")
    first = issue(world, number, decision=1)
    command = ["case", "link", str(world.place.directory), str(number), "--decision", "1"]
    assert main([*command, "--as", "alice", "--revoke"]) == 0
    told = capsys.readouterr().out
    assert "A link about decision 1, until 20" in told
    assert "1 before it have ended" in told
    path = told.split()[-1]
    assert world.ask(None, "GET", path).json()["decision"]["number"] == 1
    assert world.ask(None, "GET", first).status_code == 404
    assert main([*command, "--as", "nobody"]) == 2
    assert main(["case", "link", str(world.place.directory), str(number), "--as", "alice"]) == 2
    assert "nothing is proposed" in capsys.readouterr().err
