"""An installation that is served to tests, in this process: no port is opened."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
from described import told
from gates import CHEAP, PASSWORD
from litestar import Litestar
from litestar.testing import TestClient
from places import Place, account

from tipstaff.actions.access.codes import code_at
from tipstaff.actions.access.links import make_link
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.ask import ask
from tipstaff.actions.cases import MovedError
from tipstaff.actions.complain import complain
from tipstaff.actions.screening.looking import Look
from tipstaff.actions.standing import hearing_id
from tipstaff.actions.texts import reader
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.access import open_access, open_logins, open_users
from tipstaff.assembly.server import open_server
from tipstaff.casework.commands import Propose
from tipstaff.casework.events import Reason
from tipstaff.casework.words import MeasureKind, Subject, Target
from tipstaff.policy.model import Policy
from tipstaff.server.app import make_app

PATIENCE: Final = 20.0
AGAIN: Final = 20
"""How often something is asked for in all."""


def again(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Send something; again where the worker beside was there first."""
    for _ in range(AGAIN):
        answer = send()
        if not (answer.status_code == 409 and "has moved on: look at it again" in answer.text):
            break
    return answer


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
        queues: frozenset[str] | None = None,
    ) -> str:
        """Give somebody roles, and what is theirs; returns a token of theirs."""
        user = User(name, frozenset(roles), reader=reader, holds=holds, queues=queues)
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
        """Ask for something, with a token if there is one; again where the worker beside was there first."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if if_match is not None:
            headers["If-Match"] = if_match
        return again(lambda: self.client.request(method, path, json=body, headers=headers))

    def until(self, token: str | None, path: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read what is under a path until something holds of it: a worker is at work beside."""
        end = time.monotonic() + PATIENCE
        while True:
            found: dict[str, Any] = self.ask(token, "GET", path).json()
            if holds(found) or time.monotonic() > end:
                assert holds(found), found
                return found
            time.sleep(0.05)

    def open_case(self, handle: str) -> tuple[int, str]:
        """Publish a post of a new account, and complain of it; returns the case and the post."""
        self.place.square.register_account(handle, handle)
        post = self.place.publish(handle, "稳赚不赔，加我 bitcoin")
        with self.place.desk() as desk:
            target = Target(account(handle), post)
            receipt = complain(desk, reader("square", "rae"), target, Reason.FRAUD, "骗人的")
        return receipt.case, post

    def propose(self, case: int) -> dict[str, str]:
        """Propose a warning in a case for an hour; returns the `hearing`, and a `link` to it."""
        with self.place.desk() as desk, open_access(self.place.directory) as access:
            while True:
                text = desk.say(desk.cases.load(case).subject, "hearing", "proposal", "拟警告")
                command = Propose("house-1", (MeasureKind.WARN,), desk.clock() + 3600, text)
                with suppress(MovedError):  # by the worker, which tells of what was proposed before
                    made = ask(desk, case, desk.actor("alice"), command)
                    break
            assert made.proposal
            link = make_link(access.links, made, None, "alice", desk.clock(), desk.table)
            return {"hearing": hearing_id(made.proposal), "link": link.shown}


@contextmanager
def served(
    directory: Path, policy: Policy, look: Look | None = None, settings: Path | None = None
) -> Iterator[Served]:
    """Serve a new place; `look` stands for screening, `settings` is a file.

    Every answer is held against the schema.
    """
    place = Place(directory, policy, settings)
    app = make_app(open_server(directory, place.clock, look, Hasher(CHEAP)), HANDLERS)
    with TestClient(app) as client:
        client.event_hooks = {"response": [told().check]}
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
