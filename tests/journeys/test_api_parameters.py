"""Parameters of the query that there are not: refused by name, and those that there are told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from described import told
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.screening.load import load_policy

OPERATIONS = [
    (method.upper(), path, one)
    for path, methods in told().schema["paths"].items()
    for method, one in methods.items()
    if path.startswith("/v1/")
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place that takes many requests."""
    folder = tmp_path_factory.mktemp("parameters")
    (settings := folder / "settings.toml").write_text("requests_a_minute = 0\n")
    with served(folder / "here", load_policy(write_policy(folder / "policy")), settings=settings) as made:
        yield made


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_what_there_is_not_is_refused(
    world: Served, method: str, path: str, operation: dict[str, object]
) -> None:
    """Each operation names it, and all that the schema has; nothing else is looked at."""
    parameters = operation["parameters"]
    assert isinstance(parameters, list)
    known = sorted(one["name"] for one in parameters if one["in"] == "query")
    answer = world.ask(world.token("alice", Role.REVIEWER), method, f"{re.sub('{.*?}', '1', path)}?mine=true")
    told_of = answer.json()
    assert (answer.status_code, told_of["type"]) == (400, "/problems/unknown-parameter"), told_of
    there_are = ", ".join(f"`{name}`" for name in known) or "none"
    assert told_of["detail"] == f"there is no parameter `mine` in the query of this: there are {there_are}"


def test_who_is_not_known_is_not_told(world: Served) -> None:
    """It takes a token first; a name is not told at any length."""
    assert world.ask(None, "GET", "/v1/cases?mine=true").status_code == 401
    long = world.ask(world.token("alice", Role.REVIEWER), "GET", f"/v1/cases?{'m' * 4000}=1")
    assert (long.status_code, len(long.json()["detail"]) < 200) == (400, True)


@pytest.mark.parametrize("path", ["/health", "/ledger/checkpoint", "/schema/openapi.json"])
def test_what_is_no_operation_is_had_under_any_query(world: Served, path: str) -> None:
    """Monitors and mirrors add something that nobody has kept."""
    assert world.client.get(f"{path}?now=1").status_code == 200
