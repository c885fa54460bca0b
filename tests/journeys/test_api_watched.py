"""Who watches over the API: the trail, the metrics, the log of requests, and limits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from io import StringIO
from logging import StreamHandler
from typing import Any

import pytest
from litestar.exceptions import LitestarException
from places import account
from policies import write_policy
from prometheus_client.parser import text_string_to_metric_families
from served import Served, served

from tipstaff.actions.access.limits import Limit
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.base.logs import LOGGER, JsonLines
from tipstaff.screening.load import load_policy
from tipstaff.server.cookies import COOKIE
from tipstaff.server.reading import BoundedRequest


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("watched")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        yield made


@pytest.fixture
def limited(world: Served) -> Iterator[None]:
    """Two requests a minute for each, meanwhile."""
    state = world.client.app.state
    before, state.limit = state.limit, Limit(2)
    yield
    state.limit = before


def told(world: Served, method: str, path: str, token: str | None) -> list[dict[str, Any]]:
    """Ask for something; returns what the log tells of it."""
    stream = StringIO()
    handler = StreamHandler(stream)
    handler.setFormatter(JsonLines())
    LOGGER.addHandler(handler)
    level = LOGGER.level
    LOGGER.setLevel("INFO")
    try:
        world.ask(token, method, path)
    finally:
        LOGGER.setLevel(level)
        LOGGER.removeHandler(handler)
    return [one for one in map(json.loads, stream.getvalue().splitlines()) if one["event"] == "request"]


def test_auditors_see_who_asked_for_what(world: Served) -> None:
    """Each request of who is known is there, refused ones as well, and asking for the trail itself."""
    alice, adam = world.token("alice", Role.REVIEWER), world.token("adam", Role.AUDITOR)
    world.ask(alice, "GET", "/v1/cases?most=7")
    world.ask(alice, "GET", "/v1/cases/999")
    world.ask(alice, "GET", "/v1/trail")
    world.ask(None, "GET", "/v1/cases")
    found = world.ask(adam, "GET", "/v1/trail?user=alice").json()["visits"]
    assert [(one["operation"], one["path"], one["status"]) for one in found] == [
        ("readTrail", "/v1/trail", 403),
        ("readCase", "/v1/cases/999", 404),
        ("listCases", "/v1/cases?most=7", 200),
    ]
    assert {one["by"] for one in found} == {alice.split("_")[1]}
    assert found[0]["address"] == "testclient"
    own = world.ask(adam, "GET", "/v1/trail?operation=readTrail&status=200").json()["visits"]
    assert [one["path"] for one in own] == ["/v1/trail?user=alice"]
    page = world.ask(adam, "GET", "/v1/trail?most=2").json()
    assert (len(page["visits"]), page["visits"][-1]["number"]) == (2, page["next"])
    rest = world.ask(adam, "GET", f"/v1/trail?before={page['next']}&path=/v1/cases").json()
    assert [one["path"] for one in rest["visits"]] == ["/v1/cases/999", "/v1/cases?most=7"]
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["since=yesterday", "since=2026-12-01T00:00:00", "path=v1", "status=7"])
def test_what_cannot_be_sought_is_told(world: Served, query: str) -> None:
    """Times need an offset, paths begin at the root."""
    adam = world.token("adam", Role.AUDITOR)
    assert world.ask(adam, "GET", f"/v1/trail?{query}").status_code == 400
    assert world.ask(
        adam, "GET", "/v1/trail?since=2026-12-01T00:00:00Z&until=2020-01-01T00:00:00Z"
    ).json() == {
        "visits": [],
        "next": None,
    }


def test_nothing_is_answered_whose_visit_cannot_be_kept(world: Served) -> None:
    """Without a trail nobody reads a case: the server fails before it says anything."""
    alice = world.token("alice", Role.REVIEWER)
    state = world.client.app.state
    trail, state.trail = state.trail, None
    try:
        with pytest.raises(LitestarException):
            world.ask(alice, "GET", "/v1/cases")
    finally:
        state.trail = trail


def test_monitors_read_metrics(world: Served) -> None:
    """Answers are counted by operation and status, durations by operation; what waits is told."""
    ada = world.token("ada", Role.ADMIN)
    before = metrics(world, ada)
    world.ask(ada, "GET", "/v1/cases")
    world.ask(None, "GET", "/nowhere")
    after = metrics(world, ada)
    for operation, status in (("listCases", "403"), ("nowhere", "404"), ("readMetrics", "200")):
        name = ("tipstaff_answers_total", operation, status)
        assert after[name] == before.get(name, 0) + 1
        assert after["tipstaff_answer_seconds_count", operation, None] >= 1
    assert after["tipstaff_worker_alive", None, None] == 1
    assert after["tipstaff_statements", None, None] == world.ask(None, "GET", "/ready").json()["statements"]


def metrics(world: Served, token: str) -> dict[tuple[str, str | None, str | None], float]:
    """Read the metrics, by name, operation and status."""
    answer = world.ask(token, "GET", "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, sample.labels.get("operation"), sample.labels.get("status")): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_log_tells_of_requests_and_no_secrets(world: Served) -> None:
    """Operation, status, how long, who and whence; what was asked for as a template, not as it was."""
    alice = world.token("alice", Role.REVIEWER)
    (line,) = told(world, "GET", "/v1/cases/7?x=secret", alice)
    assert line.pop("ms") >= 0
    assert line.pop("time")
    assert line == {
        "level": "info", "event": "request", "operation": "readCase", "method": "GET",
        "path": "/v1/cases/{number}", "status": 400, "user": "alice", "address": "testclient",
    }  # fmt: skip
    (line,) = told(world, "HEAD", "/v1/cases/7", alice)
    assert (line["operation"], line["method"]) == ("readCase", "HEAD")
    (line,) = told(world, "GET", "/nowhere/secret%0Aforged", None)
    assert (line["operation"], line["status"]) == ("nowhere", 404)
    assert "secret" not in json.dumps(line)


@pytest.mark.usefixtures("limited")
def test_who_asks_too_often_waits(world: Served) -> None:
    """Each user for themselves, and strangers by their address, with a wrong token as without one."""
    alice, adam = world.token("alice", Role.REVIEWER), world.token("adam", Role.AUDITOR)
    for token, path in (
        (alice, "/v1/cases"),
        (adam, "/v1/trail"),
        (None, "/v1/cases"),
        ("wrong", "/v1/cases"),
    ):
        answers = [world.ask(token, "GET", path) for _ in range(3)]
        assert answers[2].status_code == 429, path
        assert 0 < int(answers[2].headers["retry-after"]) <= 60
        assert answers[2].json()["detail"].startswith("too many requests: ask again in")
    for path in ("/health", "/ready", "/ledger/checkpoint"):
        assert all(world.ask(None, "GET", path).status_code == 200 for _ in range(5)), path


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/health", 405)])
def test_who_asks_for_what_there_is_not_waits_as_well(
    world: Served, method: str, path: str, status: int
) -> None:
    """No handler counts them: a path that is none, a method that is not taken; they are strangers there."""
    answers = [world.ask(None, method, path) for _ in range(3)]
    assert [one.status_code for one in answers] == [status, status, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 60
    assert world.ask(None, "GET", "/v1/me").status_code == 429


@pytest.mark.usefixtures("limited")
def test_who_holds_an_account_checks_drafts_as_often_as_they_ask_for_anything(world: Served) -> None:
    """They write posts: what is found is told them, and not without end."""
    moon = world.token("moon", Role.ACCOUNT_HOLDER, holds=(account("moon"),))
    answers = [world.ask(moon, "POST", "/v1/check", {"text": "加我 bitcoin"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one["rule"] for one in answers[0].json()["problems"]] == ["coin-talk"]


def test_what_is_old_is_forgotten_while_it_is_served(world: Served) -> None:
    """Once an hour, what was there for longer than `trail_days`."""
    alice = world.token("alice", Role.REVIEWER)
    trail = world.client.app.state.trail
    world.ask(alice, "GET", "/v1/cases")
    assert trail.visits(Sought(user="alice"), 1, None)
    world.place.clock.now += 367 * 86_400
    end = time.monotonic() + 20
    while trail.visits(Sought(user="alice"), 1, None) and time.monotonic() < end:
        time.sleep(0.05)
    assert trail.visits(Sought(), 9, None) == []


@pytest.mark.usefixtures("limited")
def test_strangers_of_one_network_are_one(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of IPv6, what one person has counts as one."""
    addresses = iter([f"2001:db8::{number}" for number in range(1, 4)])
    monkeypatch.setattr("tipstaff.server.identity.address_of", lambda _: next(addresses))
    answers = [world.ask(None, "GET", "/schema/openapi.json").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(("method", "what"), [("GET", ""), ("POST", "/answer"), ("POST", "/appeal")])
def test_who_comes_with_a_link_is_counted(world: Served, method: str, what: str) -> None:
    """As any stranger, and the schema tells so: every answer is held against it."""
    body = {"text": "…"} if method == "POST" else None
    answers = [world.ask(None, method, f"/v1/links/x{what}", body).status_code for _ in range(3)]
    assert answers == [404, 404, 429]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer junk"}, {"Cookie": f"{COOKIE}=junk"}])
@pytest.mark.parametrize("path", ["/v1/check", "/v1/posts", "/v1/cases/1/notes"])
def test_who_is_not_known_is_counted_before_their_body_is_read(
    world: Served, monkeypatch: pytest.MonkeyPatch, path: str, headers: dict[str, str], limited: None
) -> None:
    """Whatever they show: of a megabyte that they send nothing is read."""
    del limited
    read: list[str] = []

    async def body(self: BoundedRequest) -> bytes:
        read.append(self.url.path)
        return b"{}"

    monkeypatch.setattr(BoundedRequest, "body", body)
    found = [world.client.post(path, content=b"x" * 1000, headers=headers).status_code for _ in range(3)]
    assert (found, read) == ([401, 401, 429], [])
