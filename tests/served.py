"""An installation that is served to tests, in this process: no port is opened."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from gates import CHEAP, PASSWORD
from litestar import Litestar
from litestar.testing import TestClient
from places import Place

from tipstaff.actions.access.codes import code_at
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.screening.looking import Look
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_logins, open_server, open_users
from tipstaff.casework.words import Subject
from tipstaff.policy.model import Policy
from tipstaff.server.app import make_app


class Browser:
    """Somebody who is logged in: their cookie, and what their pages show with each change."""

    def __init__(self, client: TestClient[Litestar], answer: httpx.Response) -> None:
        self._client = client
        self.take(answer)

    def take(self, answer: httpx.Response) -> None:
        """Take the session that came with an answer."""
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        told = answer.json()
        self.csrf = str(told.get("login", told)["csrf"])

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Ask for something, as a page of ours does; `headers` go before that."""
        own = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf}
        return self._client.request(method, path, json=body, headers={**own, **(headers or {})})


class Served:
    """A place behind its API."""

    def __init__(self, place: Place, client: TestClient[Litestar]) -> None:
        self.place = place
        self.client = client

    def token(
        self,
        name: str,
        *roles: Role,
        scopes: frozenset[Permission] | None = None,
        reader: str | None = None,
        holds: tuple[Subject, ...] = (),
    ) -> str:
        """Give somebody roles, and what is theirs; returns a token of theirs."""
        user = User(name, frozenset(roles), reader=reader, holds=holds)
        user.check()
        with open_users(self.place.directory) as users:
            users.keep_user(user)
            return make_token(users, name, 1, self.place.clock(), scopes).shown

    def user(self, name: str, *roles: Role, reader: str | None = None, active: bool = True) -> None:
        """Give somebody roles, and the password of all."""
        with open_users(self.place.directory) as users, open_logins(self.place.directory) as logins:
            users.keep_user(User(name, frozenset(roles), active, reader))
            logins.keep_password(name, Hasher(CHEAP).hash(PASSWORD))

    def log_in(self, name: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        """Log in."""
        return self.client.post("/v1/login", json={"name": name, "password": password, "code": code})

    def browser(self, name: str, code: str = "") -> Browser:
        """Return somebody who has logged in."""
        return Browser(self.client, self.log_in(name, code=code))

    def ask(
        self, token: str | None, method: str, path: str, body: object = None, if_match: str | None = None
    ) -> httpx.Response:
        """Ask for something, with a token if there is one."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if if_match is not None:
            headers["If-Match"] = if_match
        return self.client.request(method, path, json=body, headers=headers)


@contextmanager
def served(directory: Path, policy: Policy, look: Look | None = None) -> Iterator[Served]:
    """Serve a new place; `look` stands for screening."""
    place = Place(directory, policy)
    app = make_app(open_server(directory, place.clock, look, Hasher(CHEAP)), HANDLERS)
    with TestClient(app) as client:
        yield Served(place, client)


def enrol(world: Served, browser: Browser) -> tuple[bytes, list[str]]:
    """Have a second factor; returns its secret, and the recovery codes."""
    begun = browser.ask("POST", "/v1/me/totp", {"password": PASSWORD})
    assert begun.status_code == 201, begun.text
    secret = base64.b32decode(begun.json()["secret"])
    assert f"secret={begun.json()['secret']}" in begun.json()["uri"]
    code = code_at(secret, world.place.clock())
    confirmed = browser.ask("POST", "/v1/me/totp/confirmation", {"code": code})
    assert confirmed.status_code == 201, confirmed.text
    browser.take(confirmed)
    return secret, confirmed.json()["recovery_codes"]
