"""The schema, held against the server: what it does not tell is not answered, and nothing makes it fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from places import Place
from policies import write_policy
from schemathesis import BaseSchema, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from tipstaff.actions.access.permissions import OUTSIDE, Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.access import open_users
from tipstaff.assembly.ledger import system_clock
from tipstaff.assembly.server import open_server
from tipstaff.bench.served import serving
from tipstaff.screening.load import load_policy
from tipstaff.server.app import make_app
from tipstaff.server.cookies import COOKIE

SETTINGS = 'requests_a_minute = 0\npublic_origin = "http://localhost"\n'

EXCLUDED = {"POST /v1/posts": (negative_data_rejection,), "GET /v1/trail": (negative_data_rejection,)}
"""What does not hold, as it should not: a post that is wrong is refused among the others, by its place; and a
time is a number as well, of which the schema says so in words alone.

That nobody is answered without a token is held against every operation in `test_api_roles`.
"""


@pytest.fixture(scope="module")
def api_schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """Serve a place, in a process of its own, to somebody who may nearly everything."""
    folder = tmp_path_factory.mktemp("schema")
    place = Place(folder / "here", load_policy(write_policy(folder / "policy")))
    place.square.register_account("news", "News")
    (folder / "here" / "tipstaff.toml").write_text(SETTINGS)
    with open_users(place.directory) as users:
        users.keep_user(User("carol", frozenset(set(Role) - OUTSIDE)))
        shown = make_token(users, "carol", 1, system_clock()).shown
    with serving(place.directory) as port:
        loaded = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/schema/openapi.json")
        loaded.config.update(headers={"Authorization": f"Bearer {shown}"})
        # No string has a NUL, which a schema could say of each alone: `test_serve_postgres` tries them.
        loaded.config.generation.update(allow_x00=False)
        yield loaded


def operations() -> list[tuple[str, GenerationMode]]:
    """Return every operation as schemathesis names it, with what can be wrong with it as well.

    Nothing is served for that. Where nothing is asked but a path of any letters, nothing can be wrong.
    """
    paths = make_app(open_server(Path("nowhere")), HANDLERS).openapi_schema.to_schema()["paths"]
    found = []
    for path, methods in paths.items():
        for method, told in methods.items():
            label = f"{method.upper()} {path}"
            found.append((label, GenerationMode.POSITIVE))
            asked = [one["schema"].keys() for one in told.get("parameters", ())]
            if "requestBody" in told or any(keys - {"type", "description"} for keys in asked):
                found.append((label, GenerationMode.NEGATIVE))
    return sorted(found)


@pytest.mark.parametrize(("label", "mode"), operations())
def test_what_the_schema_tells_is_so(api_schema: BaseSchema, label: str, mode: GenerationMode) -> None:
    """All checks of schemathesis, with what the schema allows, and with what it does not."""
    operation = api_schema.find_operation_by_label(label)
    assert operation is not None
    excluded = [ignored_auth, *EXCLUDED.get(label, ())]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        case.cookies.pop(COOKIE, None)  # who asks shows one or the other
        case.call_and_validate(excluded_checks=excluded)

    holds()
