"""HEAD: answered wherever GET is, by what it would answer, without the body (RFC 9110, 9.3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.limits import Limit
from tipstaff.actions.access.permissions import Role
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_server
from tipstaff.screening.load import load_policy
from tipstaff.server.app import make_app

SCHEMA: Final = "/schema/openapi.json"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with a case."""
    folder = tmp_path_factory.mktemp("heads")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.open_case("news")
        yield made


def paths(method: str) -> list[str]:
    """Return the paths that take a method, as the schema has them: nothing is served for that."""
    told = make_app(open_server(Path("nowhere")), HANDLERS).openapi_schema.to_schema()["paths"]
    return sorted(path for path, methods in told.items() if method in methods)


def same(one: httpx.Response) -> tuple[int, dict[str, str]]:
    """Return the status and the headers of an answer."""
    return one.status_code, dict(one.headers)


@pytest.mark.parametrize(
    "path", [*paths("get"), SCHEMA, "/ledger/checkpoint", "/v1/cases?most=0", "/nowhere"]
)
def test_a_head_is_what_a_get_would_be(world: Served, path: str) -> None:
    """The same status and headers, whoever asks, also where it is an error; and no body."""
    asked = re.sub(r"\{[^}]*\}", "1", path)
    for token in (world.token("alice", Role.REVIEWER), None):
        head, whole = world.ask(token, "HEAD", asked), world.ask(token, "GET", asked)
        if path != "/metrics":  # which are others each time
            assert same(head) == same(whole)
        assert (head.status_code, head.content) == (whole.status_code, b"")


def test_where_nothing_is_got_there_is_no_head(world: Served) -> None:
    """It is 405, and what is taken is told; where HEAD is taken that is told as well."""
    only = sorted(set(paths("post")) - set(paths("get")))
    for path in only:
        answer = world.client.head(re.sub(r"\{[^}]*\}", "1", path))
        assert answer.status_code == 405, path
        assert not {"GET", "HEAD"} & set(answer.headers["allow"].split(", ")), path
    for answer in (world.client.options("/health"), world.client.put("/health")):
        assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))


def test_who_has_it_already_is_told_so(world: Served) -> None:
    """Conditions count as for GET."""
    alice = world.token("alice", Role.REVIEWER)
    etag = world.ask(alice, "HEAD", "/v1/cases/1").headers["etag"]
    headers = {"Authorization": f"Bearer {alice}", "If-None-Match": etag}
    assert world.client.head("/v1/cases/1", headers=headers).status_code == 304


def test_a_head_is_counted_and_kept(world: Served) -> None:
    """Limits and the trail know no difference."""
    alice, adam = world.token("alice", Role.REVIEWER), world.token("adam", Role.AUDITOR)
    world.ask(alice, "HEAD", "/v1/cases/999")
    found = world.ask(adam, "GET", "/v1/trail?user=alice&most=1").json()["visits"]
    assert [(one["operation"], one["path"], one["status"]) for one in found] == [
        ("readCase", "/v1/cases/999", 404)
    ]
    state = world.client.app.state
    before, state.limit = state.limit, Limit(1)
    try:
        assert [world.ask(alice, "HEAD", "/v1/cases").status_code for _ in range(2)] == [200, 429]
    finally:
        state.limit = before
