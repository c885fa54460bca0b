"""Whoever is slow, takes nothing, gives up, or holds many connections: each comes to its end, and no failure.

It is a server on a port, with seconds that a test can wait for.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import Final

import httpx
import pytest
import uvicorn
from gates import CHEAP, PASSWORD
from litestar import Litestar, get
from msgspec.structs import replace
from places import Place
from policies import write_policy

from tipstaff.actions.access.logins import Logins
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, Users, make_token, revoke_token
from tipstaff.actions.access.trail import Sought
from tipstaff.actions.screening.looking import Looked
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.access import open_logins, open_trail, open_users
from tipstaff.assembly.ledger import system_clock
from tipstaff.assembly.server import open_server
from tipstaff.bench.served import nothing
from tipstaff.screening.load import load_policy
from tipstaff.screening.posts import Post
from tipstaff.server import connections, reading
from tipstaff.server.app import make_app

HEAD: Final = 1.0
BODY: Final = 4.0
READ: Final = 1.0
MOST: Final = 8
PATIENCE: Final = 20.0
"""Seconds, and how many connections: more than `PATIENCE` is for ever."""

ASK: Final = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
DRAFT: Final = b'{"text": "hello"}'


class World:
    """A server, and tokens for it."""

    def __init__(self, directory: Path, port: int, chen: str, ada: str) -> None:
        self.directory = directory
        self.port = port
        self.chen = chen
        self.ada = ada

    def connect(self) -> socket.socket:
        """Make a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def post(self, token: str | None = None, length: int = len(DRAFT), more: str = "") -> bytes:
        """Return the headers of a draft to be checked, with `more` of them."""
        shown = f"Authorization: Bearer {token}\r\n{more}" if token else ""
        return (
            f"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{shown}"
            f"Content-Length: {length}\r\n\r\n"
        ).encode()

    def answers(self, status: int) -> float:
        """Return how many drafts were answered with that status."""
        headers = {"Authorization": f"Bearer {self.ada}"}
        lines = httpx.get(f"http://127.0.0.1:{self.port}/metrics", headers=headers).text.splitlines()
        named = f'tipstaff_answers_total{{operation="checkDraft",status="{status}"}} '
        return sum(float(line.removeprefix(named)) for line in lines if line.startswith(named))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve a place."""
    directory, *shown = installed(tmp_path_factory.mktemp("slow"))
    app = make_app(open_server(directory, system_clock, nothing), HANDLERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "HEAD_SECONDS", HEAD)
        patch.setattr(connections, "READ_SECONDS", READ)
        patch.setattr(connections, "MOST", MOST)
        patch.setattr(reading, "BODY_SECONDS", BODY)
        with running(app) as port:
            yield World(directory, port, *shown)


def installed(folder: Path) -> tuple[Path, str, str]:
    """Make a place; returns it, and tokens of a clerk and an admin."""
    place = Place(folder / "here", load_policy(write_policy(folder / "policy")))
    (place.directory / "tipstaff.toml").write_text("requests_a_minute = 0\n")
    with open_users(place.directory) as users:
        users.keep_user(User("chen", frozenset({Role.CLERK})))
        users.keep_user(User("ada", frozenset({Role.ADMIN})))
        chen, ada = (make_token(users, name, 1, system_clock()).shown for name in ("chen", "ada"))
    return place.directory, chen, ada


@contextmanager
def running(app: Litestar) -> Iterator[int]:
    """Serve an application in a thread; yields the port. It ends in time."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(connections.config_of(app))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


@contextmanager
def bounded(app: Litestar) -> Iterator[int]:
    """Serve an application that takes no more than `MOST` connections; yields the port."""
    with pytest.MonkeyPatch.context() as patch, running(app) as port:
        patch.setattr(connections, "MOST", MOST)
        yield port


def is_let_in(connection: socket.socket) -> bool:
    """Return whether what is asked now is answered."""
    with suppress(ConnectionError):
        connection.sendall(ASK)
        with HTTPResponse(connection) as answer:
            answer.begin()
            answer.read()
        return True
    return False


def heard(connection: socket.socket) -> bytes:
    """Return all that is answered until the connection ends."""
    told = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            told += piece
    return told


def dribble(connection: socket.socket, piece: bytes) -> bytes:
    """Send a piece each tenth of a second until the connection ends; returns all that is answered."""
    told, end = b"", time.monotonic() + PATIENCE
    connection.settimeout(0.1)
    with suppress(ConnectionError):
        while time.monotonic() < end:
            connection.sendall(piece)
            with suppress(TimeoutError):
                if not (more := connection.recv(65_536)):
                    return told
                told += more
    assert time.monotonic() < end, "it goes on for ever"
    return told


@pytest.mark.parametrize("sent", [b"", b"G", b"GET /health HTTP/1.1\r\nX-A: a", ASK + b"GET /he"])
def test_who_sends_no_whole_headers_is_cut_off(world: World, sent: bytes) -> None:
    """At once on a new connection, and after a request that was answered; after which one may rest."""
    began = time.monotonic()
    with world.connect() as connection:
        connection.sendall(sent)
        told = heard(connection)
    assert told.count(b"HTTP/1.1 200") == (1 if sent.startswith(ASK) else 0)
    assert HEAD * 0.9 < time.monotonic() - began < 10


@pytest.mark.parametrize("before", [b"", ASK])
def test_who_sends_headers_byte_by_byte_is_cut_off(world: World, before: bytes) -> None:
    """No byte gives more time."""
    with world.connect() as connection:
        connection.sendall(before + b"GET /health HTTP/1.1\r\nX-A: ")
        assert dribble(connection, b"a").count(b"HTTP/1.1") == (1 if before else 0)


@pytest.mark.parametrize("more", ["", "Idempotency-Key: k\r\n"])
def test_a_body_that_does_not_come_is_408(world: World, more: str) -> None:
    """A problem that says so, after which the connection ends; all at once, or byte by byte."""
    with world.connect() as still, world.connect() as slow:
        for one in (still, slow):
            one.sendall(world.post(world.chen, 1000, more) + b"{")
        for told in (dribble(slow, b" "), heard(still)):
            head, _, body = told.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 408")
            assert b"connection: close" in head.lower()
            assert b"the body has not come within 4 s: send it again, faster" in body


def test_what_is_left_of_a_body_after_its_answer_is_not_waited_for(world: World) -> None:
    """Who shows no token is answered before any of it is read: they do not keep the connection by it."""
    with world.connect() as connection:
        connection.sendall(world.post(None, 1 << 20))
        assert dribble(connection, b" ").startswith(b"HTTP/1.1 401")


def test_who_is_not_that_slow_is_answered(world: World) -> None:
    """A body may take longer than headers, and a connection is used again after a rest."""
    with world.connect() as connection, connection.makefile("rb") as answers:
        for _ in range(2):
            head = world.post(world.chen)
            connection.sendall(head[:20])
            time.sleep(HEAD / 3)
            connection.sendall(head[20:] + DRAFT[:5])
            time.sleep(HEAD * 1.5)
            connection.sendall(DRAFT[5:])
            assert answers.readline().startswith(b"HTTP/1.1 200")
            length = 0
            while (line := answers.readline().lower()) != b"\r\n":
                length = int(line.split()[1]) if line.startswith(b"content-length") else length
            answers.read(length)
            time.sleep(HEAD * 1.5)


RAE: Final = User("rae", frozenset({Role.CLERK}))


@pytest.mark.parametrize("more", ["", "Idempotency-Key: rae\r\n"])
@pytest.mark.parametrize(
    "end",
    [
        lambda users, _, number: revoke_token(users, "rae", number, 1),
        lambda users, *_: users.keep_user(replace(RAE, active=False)),
        lambda _, logins, __: logins.end_sessions("rae"),
    ],
    ids=["revoked", "stopped", "logged out"],
)
def test_rights_that_end_before_the_body_is_there_have_ended(
    world: World, end: Callable[[Users, Logins, str], None], more: str, request: pytest.FixtureRequest
) -> None:
    """Who was let in by their headers may not go on to take half a minute over the rest."""
    with open_users(world.directory) as users, open_logins(world.directory) as logins:
        users.keep_user(RAE)
        made = make_token(users, "rae", 1, system_clock())
        shown = f"Authorization: Bearer {made.shown}\r\n"
        if "logged out" in request.node.callspec.id:
            logins.keep_password("rae", Hasher(CHEAP).hash(PASSWORD))
            given = {"name": "rae", "password": PASSWORD}
            answer = httpx.post(f"http://127.0.0.1:{world.port}/v1/login", json=given)
            cookie, csrf = answer.headers["set-cookie"].partition(";")[0], answer.json()["csrf"]
            shown = f"Cookie: {cookie}\r\nX-CSRF-Token: {csrf}\r\n"
        head = world.post().replace(b"\r\n\r\n", f"\r\n{shown}{more}\r\n".encode())
        for ended, status in ((False, b"200"), (True, b"401")):
            with world.connect() as connection:
                connection.sendall(head + DRAFT[:5])
                time.sleep(0.3)
                if ended:
                    end(users, logins, made.token.id)
                connection.sendall(DRAFT[5:])
                assert connection.recv(65_536).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("more", ["", "Idempotency-Key: k\r\n"])
def test_who_gives_up_is_no_failure_of_the_server(world: World, more: str) -> None:
    """It is counted as 499, and nothing as 500."""
    gone, failed = world.answers(499), world.answers(500)
    with world.connect() as connection:
        connection.sendall(world.post(world.chen, 1000, more) + b"{")
        time.sleep(0.3)
    end = time.monotonic() + PATIENCE
    while world.answers(499) == gone and time.monotonic() < end:
        time.sleep(0.05)
    assert (world.answers(499), world.answers(500)) == (gone + 1, failed)


def test_who_takes_nothing_of_the_answer_is_cut_off(world: World) -> None:
    """They get no more than what was under way."""
    ask = b"GET /schema/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.socket() as connection:
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", world.port))
        connection.sendall(ask * 100)
        time.sleep(READ * 3)
        assert heard(connection).count(b"HTTP/1.1 200") < 100


def test_who_takes_an_answer_slowly_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of it the machine holds for them."""
    monkeypatch.setattr(connections, "READ_SECONDS", READ)
    answer = b"x" * (16 << 20)

    @get("/", media_type="application/octet-stream", sync_to_thread=False)
    def large() -> bytes:
        return answer

    with running(Litestar([large])) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        taken = 0
        for _ in range(20):
            time.sleep(READ / 5)
            taken += len(connection.recv(65_536))
        assert taken + len(heard(connection)) > len(answer)


def test_who_takes_nothing_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does whatever else goes on for too long."""
    monkeypatch.setattr(connections, "GRACE_SECONDS", 1)

    @get("/", media_type="application/octet-stream", sync_to_thread=False)
    def large() -> bytes:
        return b"x" * (64 << 20)

    with socket.socket() as connection, running(Litestar([large])) as port:
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
        assert connection.recv(9) == b"HTTP/1.1 "


def test_what_is_worked_on_at_the_end_is_answered_and_in_the_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it takes longer than all else that is under way may."""
    monkeypatch.setattr(connections, "GRACE_SECONDS", 1)
    looks = threading.Event()

    def look(posts: Sequence[Post]) -> Sequence[Looked]:
        if posts:  # there are none before anybody has asked
            looks.set()
            time.sleep(3)
        return nothing(posts)

    directory, chen, ada = installed(tmp_path)
    app = make_app(open_server(directory, system_clock, look), HANDLERS)
    with ExitStack() as stack:
        with running(app) as port:
            world = World(directory, port, chen, ada)
            connection = stack.enter_context(world.connect())
            connection.sendall(world.post(chen) + DRAFT)
            assert looks.wait(PATIENCE)
        assert heard(connection).startswith(b"HTTP/1.1 200")
    with open_trail(directory) as trail:
        assert [kept.visit.status for kept in trail.visits(Sought(operation="checkDraft"), 9, None)] == [200]


def test_there_are_only_so_many_connections(world: World) -> None:
    """Who comes anew takes the place of who rests, and never of who waits for an answer."""
    with ExitStack() as stack:
        waits = stack.enter_context(world.connect())
        waits.sendall(world.post(world.chen) + DRAFT[:5])
        time.sleep(0.2)
        resting = [stack.enter_context(world.connect()) for _ in range(3 * MOST)]
        new = stack.enter_context(world.connect())
        new.sendall(ASK)
        assert new.recv(65_536).startswith(b"HTTP/1.1 200")
        resting[0].settimeout(HEAD / 2)
        assert heard(resting[0]) == b""
        waits.sendall(DRAFT[5:])
        assert waits.recv(65_536).startswith(b"HTTP/1.1 200")


def test_who_has_just_been_answered_has_not_rested_for_longest(world: World) -> None:
    """However old their connection is."""
    with ExitStack() as stack:
        used = stack.enter_context(world.connect())
        assert is_let_in(used)
        silent = [stack.enter_context(world.connect()) for _ in range(MOST - 1)]
        time.sleep(0.2)
        assert is_let_in(used)
        assert is_let_in(stack.enter_context(world.connect()))
        silent[0].settimeout(HEAD / 2)
        assert heard(silent[0]) == b""
        assert is_let_in(used)


def test_who_sends_a_body_slowly_makes_room_as_well(world: World) -> None:
    """Whoever has taken longest for it; the others are answered."""
    with ExitStack() as stack:
        sending = [stack.enter_context(world.connect()) for _ in range(MOST)]
        for one in sending:
            one.sendall(world.post(world.chen) + DRAFT[:5])
            time.sleep(0.05)
        assert is_let_in(stack.enter_context(world.connect()))
        sending[0].settimeout(HEAD / 2)
        assert heard(sending[0]) == b""
        for one in sending[1:]:
            one.sendall(DRAFT[5:])
            assert one.recv(65_536).startswith(b"HTTP/1.1 200")


def test_who_takes_nothing_makes_room_as_well() -> None:
    """Nor whoever asks again before: nothing of that is computed."""
    ask = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @get("/", media_type="application/octet-stream", sync_to_thread=False)
    def large() -> bytes:
        return b"x" * (8 << 20)

    with bounded(Litestar([large])) as port, ExitStack() as stack:
        for _ in range(MOST):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            one.sendall(ask * 2)
            assert one.recv(9) == b"HTTP/1.1 "
        new = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
        assert is_let_in(new)


def test_where_all_answers_are_computed_nobody_is_let_in() -> None:
    """Until one is there."""
    go_on = threading.Event()

    @get("/", sync_to_thread=True)
    def slow() -> str:
        go_on.wait(PATIENCE)
        return "done"

    with bounded(Litestar([slow])) as port, ExitStack() as stack:
        waiting = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(MOST)]
        for one in waiting:
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.3)
        with socket.create_connection(("127.0.0.1", port)) as new, suppress(ConnectionError):
            new.sendall(ASK)
            assert heard(new) == b""
        go_on.set()
        for one in waiting:
            assert one.recv(65_536).startswith(b"HTTP/1.1 200")
        new = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        assert is_let_in(new)
