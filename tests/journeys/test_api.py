"""The API: a case is decided and carried out over HTTP; who may do what; what is wrong is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from io import StringIO
from logging import StreamHandler
from types import SimpleNamespace
from typing import Any, Final

import pytest
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.assembly.ledger import read_trust
from tipstaff.base.logs import LOGGER, JsonLines
from tipstaff.ledger.audit import Auditor
from tipstaff.ledger.memory import MemoryMemory
from tipstaff.screening.load import load_policy

WARN: Final = {"measures": ["warn"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1"}
LASTING: Final = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with a case: somebody has complained of a post."""
    folder = tmp_path_factory.mktemp("api")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.open_case("news")
        yield made


def until(world: Served, token: str, case: int, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Read a case until something holds of it."""
    return world.until(token, f"/v1/cases/{case}", holds)


def carried_out(case: dict[str, Any]) -> bool:
    """Say whether something of the first decision was seen to be in effect."""
    return any(each["seen"] == "applied" for each in case["decisions"][0]["carried_out"])


def test_a_case_is_decided_over_http(world: Served) -> None:
    """Claimed, noted on, decided under its ETag; the worker beside carries it out, and readers see it."""
    number, post = world.open_case("shop")
    alice, bob = (world.token(name, Role.REVIEWER) for name in ("alice", "bob"))
    listed = world.ask(alice, "GET", "/v1/cases").json()["cases"]
    assert next(one for one in listed if one["number"] == number)["standing"] == "open"
    seen = world.ask(alice, "GET", f"/v1/cases/{number}")
    assert (seen.headers["etag"], seen.json()["version"]) == ('"2"', 2)
    assert seen.json()["complaints"][0]["text"] == "骗人的"
    claimed = world.ask(alice, "POST", f"/v1/cases/{number}/claim", if_match='"2"')
    assert claimed.json()["claimed_by"] == "alice"
    busy = world.ask(bob, "POST", f"/v1/cases/{number}/claim")
    assert busy.status_code == 409
    assert "alice works on case" in busy.json()["detail"]
    noted = world.ask(alice, "POST", f"/v1/cases/{number}/notes", {"text": "看过了"})
    assert noted.json()["notes"][0]["text"] == "看过了"

    block = WARN | {"measures": ["block_content"], "posts": [post], "rungs_skipped_for": "grave_harm"}
    stale = world.ask(alice, "POST", f"/v1/cases/{number}/decisions", block, if_match='"2"')
    assert (stale.status_code, stale.json()["title"]) == (412, "Precondition Failed")
    decided = world.ask(alice, "POST", f"/v1/cases/{number}/decisions", block, noted.headers["etag"])
    assert decided.status_code == 200, decided.text

    done = until(world, alice, number, carried_out)
    assert done["decisions"][0]["statement"]["position"] is not None
    assert world.place.square.read_post(post).content is None
    until(world, alice, number, lambda one: one["complaints"][0]["outcome"] == "upheld")


def test_a_closing_takes_two(world: Served) -> None:
    """Who decided may not confirm it; another reviewer may, over HTTP as well."""
    number, _ = world.open_case("club")
    alice, bob = (world.token(name, Role.REVIEWER) for name in ("alice", "bob"))
    close = WARN | {"measures": ["close_account"], "hearing_waived_for": "grave_harm"}
    assert world.ask(alice, "POST", f"/v1/cases/{number}/decisions", close).status_code == 200
    path = f"/v1/cases/{number}/decisions/1/confirmation"
    assert world.ask(alice, "POST", path).status_code == 409
    confirmed = world.ask(bob, "POST", path)
    assert confirmed.json()["decisions"][0]["confirmed_by"] == ["bob"]
    until(
        world,
        bob,
        number,
        lambda one: any(each["seen"] == "applied" for each in one["decisions"][0]["carried_out"]),
    )
    assert world.place.square.read_account("club").profile is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("GET", "/v1/cases/999", None, 404, "there is no case 999"),
        ("GET", "/v1/cases/0", None, 400, "what was sent cannot be read"),
        ("GET", "/v1/cases/x", None, 404, ""),
        ("GET", "/v1/cases?most=201", None, 400, "what was sent cannot be read"),
        ("GET", "/v1/cases?after=999", None, 404, "there is no case 999"),
        ("POST", "/v1/cases/1/notes", {"text": ""}, 400, "what was sent cannot be read"),
        ("POST", "/v1/cases/1/notes", {"text": " "}, 409, "is blank"),
        ("POST", "/v1/cases/1/notes", {"text": "x", "more": 1}, 400, "what was sent cannot be read"),
        ("POST", "/v1/cases/1/notes", ["x"], 400, "what was sent cannot be read"),
        ("POST", "/v1/cases/1/decisions", WARN | {"provision": "x"}, 409, "tiny@1.2.3 has no provision"),
        ("POST", "/v1/cases/1/decisions", WARN | {"measures": ["hang"]}, 400, "what was sent cannot be read"),
        ("POST", "/v1/cases/1/decisions", WARN | {"template": "zh"}, 409, "not both"),
        ("POST", "/v1/cases/1/decisions/7/confirmation", None, 409, "has no decision 7"),
        ("DELETE", "/v1/cases/1", None, 405, ""),
        ("GET", "/nowhere", None, 404, ""),
    ],
)
def test_what_is_wrong_is_told(
    world: Served, method: str, path: str, body: object, status: int, told: str
) -> None:
    """Every error is a problem of its status, which says what is wrong; nothing fails."""
    answer = world.ask(world.token("alice", Role.REVIEWER), method, path, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert told in problem.get("detail", "")


def test_faults_say_where_they_are(world: Served) -> None:
    """Each has its place: in the address, or in the body."""
    alice = world.token("alice", Role.REVIEWER)
    for method, path, body, where in (
        ("GET", "/v1/cases?most=0", None, "query.most"),
        ("POST", "/v1/cases/1/notes", {"text": ""}, "body.text"),
    ):
        (fault,) = world.ask(alice, method, path, body).json()["faults"]
        assert (fault["where"], bool(fault["message"])) == (where, True)


def test_reviewers_see_how_policies_stand(world: Served) -> None:
    """Each version, with the last statement about it."""
    stated = world.place.adopted()
    assert world.ask(world.token("alice", Role.REVIEWER), "GET", "/v1/policies").json() == {
        "policies": [
            {
                "name": "tiny",
                "version": "1.2.3",
                "reference": stated.reference,
                "state": "in_force",
                "entry": stated.entry.hex(),
            }
        ]
    }


@pytest.mark.parametrize("if_match", ["2", 'W/"2"', '"x"', '"2', "null", '"2", "3"'])
def test_an_etag_that_is_none_is_told(world: Served, if_match: str) -> None:
    """What is sent as `If-Match` is the ETag of a case, or a star for any."""
    alice = world.token("alice", Role.REVIEWER)
    answer = world.ask(alice, "POST", "/v1/cases/1/notes", {"text": "x"}, if_match=if_match)
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["where"] == "header.if_match"
    assert world.ask(alice, "POST", "/v1/cases/1/notes", {"text": "x"}, if_match="*").status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/cases/1", "/v1/cases/999", "/nowhere", "/health", "/schema/openapi.json"]
)
def test_no_answer_is_kept_or_framed(world: Served, path: str) -> None:
    """What is private lies in no cache, whatever came of the request; nothing is run, framed, or guessed."""
    answer = world.ask(world.token("alice", Role.REVIEWER), "GET", path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_schema_needs_no_other_host(world: Served) -> None:
    """It is JSON; no page is served that would load scripts from elsewhere."""
    assert world.client.get("/schema/openapi.json").json()["openapi"].startswith("3.")
    for path in ("/schema", "/schema/swagger", "/schema/redoc", "/schema/elements"):
        answer = world.client.get(path)
        assert answer.status_code == 404 or "json" in answer.headers["content-type"], path


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("PUT", "/v1/cases", "GET"), ("GET", "/v1/login", "POST")]
)
def test_what_is_not_asked_so_says_how(world: Served, method: str, path: str, allowed: str) -> None:
    """It is a problem as any other, which says what methods there are."""
    answer = world.ask(world.token("alice", Role.REVIEWER), method, path)
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method")
    assert allowed in answer.headers["allow"]


def test_what_fails_is_told_to_the_log_alone(world: Served) -> None:
    """Who asks learns that the server has failed, and nothing else; the log says where, and no message."""
    told = StringIO()
    handler = StreamHandler(told)
    handler.setFormatter(JsonLines())
    live, world.client.app.state.live = world.client.app.state.live, None
    LOGGER.addHandler(handler)
    try:
        answer = world.client.get("/ledger/checkpoint")
    finally:
        LOGGER.removeHandler(handler)
        world.client.app.state.live = live
    assert answer.json() == {"title": "Internal Server Error", "status": 500, "type": "/problems/failed"}
    (line,) = [one for one in map(json.loads, told.getvalue().splitlines()) if one["event"] == "server error"]
    assert (line["level"], line["about"]) == ("error", "GET /ledger/{path}")
    assert re.fullmatch(r"AttributeError in read_ledger, ledger\.py:\d+", line["reason"])


def test_a_body_that_is_too_long_is_not_read(world: Served) -> None:
    """More than a mebibyte is refused before it is parsed."""
    alice = world.token("alice", Role.REVIEWER)
    answer = world.ask(alice, "POST", "/v1/cases/1/notes", {"text": "x" * (1 << 20)})
    assert answer.status_code == 413


def test_pages_of_cases_follow_one_another(world: Served) -> None:
    """Each begins behind the last of the one before, and the last one says that it is the last."""
    alice = world.token("alice", Role.REVIEWER)
    every = [one["number"] for one in world.ask(alice, "GET", "/v1/cases?most=200").json()["cases"]]
    found, after = [], ""
    while True:
        page = world.ask(alice, "GET", f"/v1/cases?most=1{after}").json()
        found += [one["number"] for one in page["cases"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == every
    waiting = world.ask(alice, "GET", "/v1/cases?waiting=true").json()["cases"]
    assert all(one["waits"] for one in waiting)
    pending = world.ask(alice, "GET", "/v1/cases?pending=true&most=200").json()["cases"]
    assert 0 < len(pending) <= len(every)
    first = pending[0]
    alone = world.ask(alice, "GET", f"/v1/cases?about={first['subject']}").json()["cases"]
    assert [one["number"] for one in alone] == [first["number"]]
    assert world.ask(alice, "GET", "/v1/cases?about=square/account/nobody").json()["cases"] == []
    assert "is no target" in world.ask(alice, "GET", "/v1/cases?about=nobody").json()["detail"]


def test_the_server_says_that_it_is_ready(world: Served) -> None:
    """Alive at once; ready while its worker is alive and the ledger can be read."""
    assert world.client.get("/health").json()["status"] == "alive"
    ready = world.client.get("/ready").json()
    assert (ready["status"], ready["statements"] > 0) == ("ready", True)
    state = world.client.app.state
    for one, told in (("worker", "the worker has broken off"), ("webhooks", "who tells webhooks has broken")):
        beside = state[one]
        state[one] = SimpleNamespace(broken=True)
        try:
            answer = world.client.get("/ready")
        finally:
            state[one] = beside
        assert answer.status_code == 503
        assert told in answer.json()["detail"]
    assert world.client.get("/ready").status_code == 200


def test_an_outsider_audits_the_ledger_over_http(world: Served) -> None:
    """What is served is what an export would be: an auditor with the trust file alone finds it sound."""

    def read(path: str) -> bytes:
        answer = world.client.get(f"/ledger/{path}")
        if answer.status_code == 404:
            raise FileNotFoundError(path)
        assert answer.headers["cache-control"] == ("no-cache" if path == "checkpoint" else LASTING)
        return answer.content

    trust = read_trust(world.place.directory / "ledger" / "trust.json")
    report = Auditor(read, trust, MemoryMemory()).run()
    assert (report.fault, report.sound) == (None, True)
    assert report.counts["key"] >= 5


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/1", "statements/000.p/1"])
def test_what_is_had_of_the_ledger_is_not_sent_again(world: Served, path: str) -> None:
    """The checkpoint is asked for anew each time: it has an ETag, and who has it is told so; all has one."""
    answer = world.client.get(f"/ledger/{path}")
    etag = answer.headers["etag"]
    again = world.client.get(f"/ledger/{path}", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert again.headers["cache-control"] == answer.headers["cache-control"]
    other = world.client.get(f"/ledger/{path}", headers={"If-None-Match": '"x"'})
    assert (other.status_code, other.headers["etag"] == etag) == (200, other.content == answer.content)


def test_texts_say_once_in_which_letters(world: Served) -> None:
    """The checkpoint and metrics."""
    ada = world.token("ada", Role.ADMIN)
    assert world.client.get("/ledger/checkpoint").headers["content-type"] == "text/plain; charset=utf-8"
    told = world.ask(ada, "GET", "/metrics").headers["content-type"]
    assert told == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    ["", "x", "tile", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000", "tile/0/001.p/1",
     "tile/00/000.p/1", "tile/9/000.p/1", "tile/0/x000/000.p/1", "tile/0/000.p/01", "tile/entries/000.p/999",
     "statements/001.p/1", "../trust.json", "%2e%2e/trust.json", "x000/000", "checkpoint%00"],
)  # fmt: skip
def test_the_ledger_has_one_path_for_each_file(world: Served, path: str) -> None:
    """Every other spelling, and what it does not reach yet, is not there."""
    answer = world.client.get(f"/ledger/{path}")
    assert answer.status_code == 404
    assert "origin" not in answer.text
