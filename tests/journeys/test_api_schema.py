"""The schema, held against the server: what it does not tell is not answered, and nothing makes it fail.

The place has some of everything, and those who ask are of all kinds: most of what is asked for is there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import schemathesis
from described import told
from gates import CHEAP, PASSWORD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import BaseSchema, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from served import served
from stories import ORIGIN, Left, Story, policy_of

from tipstaff.actions.access.gate import csrf_of
from tipstaff.actions.access.logins import Session, session_digest
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import OUTSIDE, Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.assembly.access import open_logins, open_users
from tipstaff.assembly.ledger import system_clock
from tipstaff.bench.served import serving
from tipstaff.server.cookies import COOKIE
from tipstaff.server.forgery import CSRF_HEADER
from tipstaff.server.once import KEY_HEADER, KEY_PATTERN

KEY: Final = re.compile(KEY_PATTERN)
SETTINGS: Final = f'requests_a_minute = 0\npublic_origin = "{ORIGIN}"\n'

EXCLUDED: Final = {
    "POST /v1/posts": (negative_data_rejection,),
    "GET /v1/trail": (negative_data_rejection,),
    "POST /v1/me/password": (positive_data_acceptance,),
    "POST /v1/me/passkeys": (positive_data_acceptance,),
    "POST /v1/me/totp/confirmation": (positive_data_acceptance,),
    "POST /v1/complaints": (positive_data_acceptance,),
    "POST /v1/orders": (positive_data_acceptance,),
    "GET /v1/policies/{name}/comparison": (positive_data_acceptance,),
}
"""What does not hold, as it should not: a post that is wrong is refused among the others, by its place; and a
time is a number as well, of which the schema says so in words alone. What no schema says: which passwords are
guessed first, what an authenticator signs and an app shows, and which accounts and hosts there are.

That nobody is answered without a token is held against every operation in `test_api_roles`.
"""

STAFF, LOGGED_IN, STRANGER = "carol", "lena", "nobody"
ASKING: Final = {
    GenerationMode.POSITIVE: {STAFF: 8, "rae": 3, "moon": 3, "bureau": 2, LOGGED_IN: 3, STRANGER: 2},
    GenerationMode.NEGATIVE: {STAFF: 14, LOGGED_IN: 5},
}
"""Who asks, and how often: somebody of all roles that are not outside, mostly; others; and a stranger."""


class World(NamedTuple):
    """A place that is served, with its story told; and its schema."""

    directory: Path
    left: Left
    schema: BaseSchema

    def shown(self, who: str) -> Mapping[str, str]:
        """Return the headers that say who asks; each login is a new one: some of what is asked ends it."""
        if who == STRANGER:
            return {}
        if who == LOGGED_IN:
            secret = begin_session(self.directory)
            return {"Cookie": f"{COOKIE}={secret}", CSRF_HEADER: csrf_of(secret)}
        return {"Authorization": f"Bearer {self.left.tokens[who]}"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Tell a story, and serve the place of it in a process of its own."""
    folder = tmp_path_factory.mktemp("schema")
    own = folder / "settings.toml"
    own.write_text(SETTINGS)
    directory = folder / "here"
    with served(directory, policy_of(folder / "policy"), settings=own) as made:
        made.place.clock.now = system_clock() - 600
        left = Story(made, folder).tell()
    with open_users(directory) as users:
        users.keep_user(User(STAFF, frozenset(set(Role) - OUTSIDE)))
        left = left._replace(tokens={**left.tokens, STAFF: make_token(users, STAFF, 1, system_clock()).shown})
    with serving(directory) as port:
        loaded = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/schema/openapi.json")
        # No string has a NUL, which a schema could say of each alone: `test_serve_postgres` tries them.
        loaded.config.generation.update(allow_x00=False)
        accepting = loaded.config.checks.positive_data_acceptance
        accepting.expected_statuses = [*accepting.expected_statuses, "412"]  # versions are drawn at random
        yield World(directory, left, loaded)


def begin_session(directory: Path) -> str:
    """Have somebody logged in, with two factors; returns the secret of the cookie."""
    with open_users(directory) as users, open_logins(directory) as logins:
        if logins.login(LOGGED_IN) is None:
            users.keep_user(User(LOGGED_IN, frozenset({Role.AUDITOR})))
            logins.keep_password(LOGGED_IN, Hasher(CHEAP).hash(PASSWORD))
        login = logins.login(LOGGED_IN)
        assert login is not None
        now, secret = system_clock(), secrets.token_urlsafe(32)
        number, digest = secrets.token_hex(8), session_digest(secret)
        logins.keep_session(
            Session(number, LOGGED_IN, digest, login.version, True, now, now, now + 3600)  # noqa: FBT003
        )
    return secret


def operations() -> list[tuple[str, GenerationMode]]:
    """Return every operation as schemathesis names it, with what can be wrong with it as well.

    Nothing is served for that. Where nothing is asked but a path of any letters, nothing can be wrong.
    """
    found = []
    for path, methods in told().schema["paths"].items():
        for method, one in methods.items():
            label = f"{method.upper()} {path}"
            found.append((label, GenerationMode.POSITIVE))
            asked = [parameter["schema"].keys() for parameter in one["parameters"]]
            if "requestBody" in one or any(keys - {"type", "description", "default"} for keys in asked):
                found.append((label, GenerationMode.NEGATIVE))
    return sorted(found)


@pytest.mark.parametrize(("label", "mode"), operations())
def test_what_the_schema_tells_is_so(world: World, label: str, mode: GenerationMode) -> None:
    """All checks of schemathesis, with what the schema allows, and with what it does not.

    What can be read is read: there is somebody for whom it is there.
    """
    operation = world.schema.find_operation_by_label(label)
    assert operation is not None
    excluded = [ignored_auth, *EXCLUDED.get(label, ())]
    there = world.left.of(operation.path)
    names = st.sampled_from([*there, *there, None]) if there else st.none()
    keys, statuses = count(), set[int]()

    def holds(who: str, case: schemathesis.Case, named: Mapping[str, object] | None) -> None:
        if named is not None and is_right(case, ParameterLocation.PATH):
            own = {name: named[name] for name in case.path_parameters or {} if name in named}
            case.path_parameters = {**case.path_parameters, **own}
        case.cookies.pop(COOKIE, None)  # who asks shows one or the other
        headers: dict[str, Any] = dict(case.headers)
        for shown in ("Authorization", CSRF_HEADER):
            headers.pop(shown, None)
        if KEY.fullmatch(headers.get(KEY_HEADER, "")):
            headers[KEY_HEADER] = f"{label} {mode} {next(keys)}"  # of each request its own
        case.headers = {**headers, **world.shown(who)}
        statuses.add(case.call_and_validate(excluded_checks=excluded).status_code)

    for who, often in ASKING[mode].items():
        drawn = settings(
            max_examples=often, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        cases = operation.as_strategy(generation_mode=mode)
        drawn(given(who=st.just(who), case=cases, named=names)(holds))()
    if label.startswith("GET ") and mode is GenerationMode.POSITIVE:
        assert statuses & {200, 304}, statuses


def is_right(case: schemathesis.Case, location: ParameterLocation) -> bool:
    """Say whether a part of what is asked is as the schema has it."""
    told_of = case.meta.components.get(location) if case.meta else None
    return told_of is None or told_of.mode is GenerationMode.POSITIVE
