"""An installation on PostgreSQL behind the API: everything that is done over HTTP on SQLite is done there."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from databases import DATABASES, database
from gates import PASSWORD
from places import Place, account
from policies import write_policy
from receivers import OK, Receiver, receiving, saying
from served import Served, again, enrol, served
from serving import PATIENCE, Process, serve_process
from sqlalchemy import Engine, inspect

from tipstaff.actions.access.lockout import digest_of
from tipstaff.actions.access.permissions import OUTSIDE, Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.assembly.access import open_logins, open_users
from tipstaff.assembly.ledger import system_clock
from tipstaff.screening.load import load_policy

BAD: Final = "稳赚不赔，加我 bitcoin"
NEWS: Final = {"host": "square", "account": "news"}
BLOCK: Final = {
    "measures": ["block_content"], "reasons": "招揽读者买币", "policy": "tiny", "provision": "house-1",
    "rungs_skipped_for": "grave_harm",
}  # fmt: skip


class World:
    """A place on PostgreSQL that is served, and a receiver of webhooks."""

    def __init__(self, here: Served, receiver: Receiver) -> None:
        self.here = here
        self.receiver = receiver

    def ask(self, token: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON
        """Ask for something that is done."""
        answer = self.here.ask(token, method, path, body)
        assert answer.is_success, (path, answer.text)
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve it; nothing of it is on SQLite but what always is."""
    folder = tmp_path_factory.mktemp("postgres")
    with receiving(saying(OK)) as receiver:
        inside = f'webhook_ports = "443 {receiver.port}"\nwebhook_inside = "127.0.0.1"\n'
        with on_postgres(folder, inside) as here:
            yield World(here, receiver)


@pytest.fixture(scope="module", params=DATABASES)
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place on each database in turn."""
    folder = tmp_path_factory.mktemp("either")
    if request.param == "postgresql":
        with on_postgres(folder) as here:
            yield here
    else:
        with served(folder / "here", load_policy(write_policy(folder / "policy"))) as here:
            yield here


@contextmanager
def databases(folder: Path, more: str = "") -> Iterator[tuple[Path, Engine]]:
    """Make databases for casework and square; yields a file of settings with them, and that of casework."""
    with database("postgresql", folder) as casework, database("postgresql", folder) as square:
        urls = [one.url.render_as_string(hide_password=False) for one in (casework, square)]
        settings = folder / "settings.toml"
        settings.write_text('casework_url = "{}"\nsquare_url = "{}"\n'.format(*urls) + more)
        yield settings, casework


@contextmanager
def on_postgres(folder: Path, more: str = "") -> Iterator[Served]:
    """Serve a place of which casework and square are on PostgreSQL, with more settings."""
    with databases(folder, more) as (settings, casework):
        policy = load_policy(write_policy(folder / "policy"))
        with served(folder / "here", policy, settings=settings) as here:
            assert not list((folder / "here").glob("*.db"))
            assert inspect(casework).has_table("visits")
            try:
                yield here
            finally:
                here.place.square_engine.dispose()


def test_a_case_goes_all_the_way(world: World) -> None:
    """Posts, a case, claimed, decided, carried out, told, appealed against, restored; and webhooks told."""
    here, place = world.here, world.here.place
    ada, chen = here.token("ada", Role.ADMIN), here.token("chen", Role.CLERK)
    alice, carol = here.token("alice", Role.REVIEWER), here.token("carol", Role.SENIOR_REVIEWER)
    hook = world.ask(ada, "POST", "/v1/webhooks", {"url": world.receiver.url, "events": ["case.opened"]})
    place.square.register_account("news", "News")
    post = place.publish("news", BAD)
    sent = {"posts": [{"id": post, "text": BAD, **NEWS}]}
    found = world.ask(chen, "POST", "/v1/posts", sent)
    assert (found["verdicts"][0]["verdict"], found["verdicts"][0]["case"]) == ("violation", 1)
    assert world.ask(chen, "POST", "/v1/posts", sent)["verdicts"][0]["case"] == 1

    assert world.ask(alice, "POST", "/v1/cases/1/claim")["claimed_by"] == "alice"
    assert [one["number"] for one in world.ask(alice, "GET", "/v1/cases")["cases"]] == [1]
    world.ask(alice, "POST", "/v1/cases/1/decisions", BLOCK | {"posts": [post]})
    done = here.until(alice, "/v1/cases/1", lambda one: bool(one["decisions"][0]["carried_out"]))
    assert done["decisions"][0]["statement"]["position"] is not None
    here.until(alice, "/v1/cases/1", lambda one: one["decisions"][0]["carried_out"][0]["seen"] == "applied")
    assert place.square.read_post(post).content is None
    holder = here.token("nora", Role.ACCOUNT_HOLDER, holds=(account("news"),))
    assert [one["audience"] for one in world.ask(holder, "GET", "/v1/notices")["notices"]]

    link = world.ask(alice, "POST", "/v1/cases/1/links", {"decision": 1})["path"]
    told = here.ask(None, "POST", f"{link}/appeal", {"text": "这是新闻"})
    assert told.status_code == 201, told.text
    here.until(None, link, lambda one: one["decision"]["appeal"]["statement"]["position"] is not None)
    world.ask(carol, "POST", "/v1/cases/1/decisions/1/result", {"result": "reversed", "answer": "成立"})
    here.until(carol, "/v1/cases/1", lambda one: restored(one["decisions"][0]))
    assert place.square.read_post(post).content is not None

    log = here.until(
        ada,
        f"/v1/webhooks/{hook['webhook']['id']}/deliveries",
        lambda one: bool(one["deliveries"] and one["deliveries"][0]["arrived_at"]),
    )
    assert [one["type"] for one in log["deliveries"]] == ["case.opened"]


def test_a_server_that_is_ended_and_started_again_has_all_of_it(tmp_path: Path) -> None:
    """`tipstaff serve` as a process: from a post to a decision carried out; then SIGTERM, and anew."""
    with databases(tmp_path) as (settings, _), ExitStack() as stack:
        place = Place(tmp_path / "here", load_policy(write_policy(tmp_path / "policy")), settings)
        stack.callback(place.square_engine.dispose)
        place.square.register_account("news", "News")
        post = place.publish("news", BAD)
        with open_users(place.directory) as users:
            tokens = {}
            for name, role in (("chen", Role.CLERK), ("alice", Role.REVIEWER), ("adam", Role.AUDITOR)):
                users.keep_user(User(name, frozenset({role})))
                tokens[name] = make_token(users, name, 1, system_clock()).shown

        def ask(server: Process, name: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON
            """Ask for something that is done; again where the worker was there first."""
            headers = {"Authorization": f"Bearer {tokens[name]}"}
            url = server.url + path
            answer = again(lambda: httpx.request(method, url, json=body, headers=headers, timeout=PATIENCE))
            assert answer.is_success, (path, answer.text)
            return answer.json()

        with serve_process(place.directory) as server:
            sent = {"posts": [{"id": post, "text": BAD, **NEWS}]}
            (verdict,) = ask(server, "chen", "POST", "/v1/posts", sent)["verdicts"]
            case = f"/v1/cases/{verdict['case']}"
            ask(server, "alice", "POST", f"{case}/claim")
            ask(server, "alice", "POST", f"{case}/decisions", BLOCK | {"posts": [post]})
            server.wait(lambda: seen(ask(server, "alice", "GET", case)) == ["applied"])
            before = ask(server, "alice", "GET", case)
            assert server.end(signal.SIGTERM) == -signal.SIGTERM
            assert b"Traceback" not in server.output
        assert place.square.read_post(post).content is None
        with serve_process(place.directory) as server:
            assert ask(server, "alice", "GET", case) == before
            (again_told,) = ask(server, "chen", "POST", "/v1/posts", sent)["verdicts"]
            assert again_told["case"] == verdict["case"]
            assert [one["number"] for one in again_told["decisions"]] == [1]
            visits = ask(server, "adam", "GET", "/v1/trail?user=alice&operation=decideCase")["visits"]
            assert [(one["path"], one["status"]) for one in visits] == [(f"{case}/decisions", 200)]
            assert ask(server, "alice", "POST", f"{case}/notes", {"text": "看过了"})["notes"]
            assert server.end(signal.SIGTERM) == -signal.SIGTERM


def seen(case: dict[str, Any]) -> list[str]:
    """Return what was seen last of each decision that something was carried out of."""
    return [one["carried_out"][-1]["seen"] for one in case["decisions"] if one["carried_out"]]


def restored(decision: dict[str, Any]) -> bool:
    """Say whether all that a decision did was seen to have ended."""
    return bool(decision["carried_out"][-1]["seen"] == "lifted")


def test_people_log_in(world: World) -> None:
    """With a password and a second factor; wrong ones are counted, and the lock can be lifted."""
    here = world.here
    here.user("bob", Role.REVIEWER)
    browser = here.browser("bob")
    enrol(here, browser)
    assert browser.ask("GET", "/v1/cases").status_code == 200
    assert browser.ask("GET", "/v1/me/sessions").json()["sessions"]
    assert [here.log_in("bob", "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    with open_logins(here.place.directory) as logins:
        assert logins.unlock(digest_of("bob")) > 0
    assert here.log_in("bob", PASSWORD, "000000").status_code == 401


def test_what_is_sent_again_is_done_once(world: World) -> None:
    """Under the same key; and the trail has all of it."""
    here = world.here
    number, _ = here.open_case("shop")
    alice, audrey = here.token("alice", Role.REVIEWER), here.token("audrey", Role.AUDITOR)
    headers = {"Authorization": f"Bearer {alice}", "Idempotency-Key": "k-1"}
    first, second = (
        here.client.post(f"/v1/cases/{number}/notes", json={"text": "看过了"}, headers=headers)
        for _ in range(2)
    )
    assert first.status_code == 200, first.text
    assert (second.content, second.headers["idempotency-replayed"]) == (first.content, "true")
    seen = world.ask(audrey, "GET", f"/v1/trail?path=/v1/cases/{number}")["visits"]
    assert [(one["user"], one["operation"], one["status"]) for one in seen] == [
        ("alice", "noteOnCase", 200)
    ] * 2


ORDER: Final = {
    "authority": "bureau", "reference": "1", "basis": "im-2014", "scope": "account", "territory": "CN",
    "targets": ["square/account/news"], "deadline": "2099-01-01T00:00:00+08:00", "text": "关闭",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "place"),
    [
        ("POST", "/v1/login", {"name": "a\0", "password": PASSWORD}, "name"),
        ("POST", "/v1/login", {"name": "alice", "password": "\0"}, "password"),
        ("POST", "/v1/orders", ORDER | {"authority": "bureau\0"}, "authority"),
        ("POST", "/v1/orders", ORDER | {"reference": "\0"}, "reference"),
        ("POST", "/v1/orders", ORDER | {"targets": ["square/account/a", "square/account/\0"]}, "targets.1"),
        ("POST", "/v1/cases/1/notes", {"text": "看\0过"}, "text"),
        ("POST", "/v1/cases/1/notes", {"text": "x", "\0": 1}, "it"),
        ("POST", "/v1/check", {"text": "\0"}, "text"),
        ("GET", "/v1/trail?user=a%00", None, "`user` of the query"),
        ("GET", "/v1/cases?%00=a", None, "`` of the query"),
        ("GET", "/v1/accounts/square/account/a%00b", None, "the path"),
    ],
)
def test_nul_is_refused_wherever_it_is(
    either: Served, method: str, path: str, body: object, place: str
) -> None:
    """On every database alike: PostgreSQL keeps none, and nobody means it."""
    token = either.token("grace", *set(Role) - OUTSIDE)
    answer = either.ask(None if path == "/v1/login" else token, method, path, body)
    status = 404 if place == "the path" else 400
    assert (answer.status_code, f"{place} has a NUL (U+0000)" in answer.text) == (status, True), answer.text


def test_what_only_looks_like_nul_is_taken(either: Served) -> None:
    """A text about it, as it is written in JSON."""
    number, _ = either.open_case("books")
    alice = either.token("alice", Role.REVIEWER)
    noted = either.ask(alice, "POST", f"/v1/cases/{number}/notes", {"text": "\\u0000"})
    assert noted.json()["notes"][0]["text"] == "\\u0000"


def test_a_post_with_nul_is_screened_all_the_same(either: Served) -> None:
    """Or that would be a way past; what has it in a name is refused by its place, and no other is."""
    chen = either.token("chen", Role.CLERK)
    sent = [{"id": "p", "text": BAD, **NEWS, field: "\0"} for field in ("id", "account", "host")]
    hidden = {"id": "p1", "text": "\0今天", **NEWS}
    found = either.ask(chen, "POST", "/v1/posts", {"posts": [*sent, hidden]})
    assert found.status_code == 200, found.text
    told = {one["index"]: one["reason"] for one in found.json()["refused"]}
    assert [told[0], told[1]] == [f"{name} has a NUL (U+0000): leave it out" for name in ("id", "account")]
    assert (sorted(told), found.json()["verdicts"][0]["index"]) == ([0, 1, 2], 3)


@pytest.mark.parametrize("field", ["authority", "reference", "basis", "territory"])
def test_what_is_too_long_is_refused_alike(either: Served, field: str) -> None:
    """PostgreSQL keeps no more of a name than its column has, and SQLite keeps all."""
    answer = either.ask(either.token("chen", Role.CLERK), "POST", "/v1/orders", ORDER | {field: "x" * 2000})
    assert answer.status_code in (400, 409), answer.text
