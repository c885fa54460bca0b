"""An installation that is served to tests, in this process: no port is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from places import Place

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.screening.looking import Look
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_server, open_users
from tipstaff.casework.words import Subject
from tipstaff.policy.model import Policy
from tipstaff.server.app import make_app


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
    app = make_app(open_server(directory, place.clock, look), HANDLERS)
    with TestClient(app) as client:
        yield Served(place, client)
