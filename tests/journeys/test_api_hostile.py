"""What is sent by those who mean harm, as bytes on the wire: it is refused, and the server goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from places import Place
from policies import write_policy

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.assembly.access import open_users
from tipstaff.assembly.ledger import system_clock
from tipstaff.bench.served import serving
from tipstaff.screening.load import load_policy

MEGABYTE = 1 << 20


class Wire:
    """A server on this machine, and a token for it."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token

    def send(self, *parts: bytes, patience: float = 60.0) -> list[tuple[int, bytes]]:
        """Send bytes as they are; returns each status that is answered, with all that follows it.

        Until the server ends the connection, or says nothing for so many seconds.
        """
        heard = b""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=patience) as connection,
            suppress(BrokenPipeError, ConnectionResetError, TimeoutError),  # it has heard or said enough
        ):
            for part in parts:
                connection.sendall(part)
            while piece := connection.recv(65_536):
                heard += piece
        answers = heard.split(b"HTTP/1.1 ")[1:]
        return [(int(one[:3]), one) for one in answers]

    def post(self, path: str, body: bytes, *headers: str) -> bytes:
        """Return a request to post something, with a token."""
        lines = [
            f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.token}",
            "Content-Type: application/json", *headers,
        ]  # fmt: skip
        if not headers:
            lines += [f"Content-Length: {len(body)}", "Connection: close"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def lives(self) -> None:
        """Hold that it still answers others."""
        ((status, _),) = self.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert status == 200


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """Serve a place, in a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    place = Place(folder / "here", load_policy(write_policy(folder / "policy")))
    with open_users(place.directory) as users:
        users.keep_user(User("chen", frozenset({Role.CLERK})))
        token = make_token(users, "chen", 1, system_clock()).shown
    with serving(place.directory) as port:
        yield Wire(port, token)


@pytest.mark.parametrize("path", ["/v1/orders", "/v1/posts", "/v1/check"])
@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 100_000, b'{"text": ' + b"[" * 500_000 + b"]" * 500_000 + b"}"],
)
def test_what_is_nested_too_deep_is_refused(wire: Wire, path: str, body: bytes) -> None:
    """It is bad input, whoever parses it, and no failure."""
    ((status, _),) = wire.send(wire.post(path, body))
    assert status == 400
    wire.lives()


@pytest.mark.parametrize(
    "body", [b'{"text": "\xff\xfe"}', b'{"text": "\\ud800"}', b"\x00", b"{}{}", b'{"text": 1e999}', b"NaN"]
)
def test_what_is_no_json_is_refused(wire: Wire, body: bytes) -> None:
    """Broken UTF-8, half a surrogate pair, more than one value, numbers that are none."""
    for path in ("/v1/posts", "/v1/check"):
        ((status, _),) = wire.send(wire.post(path, body))
        assert status == 400, (path, body)


def test_a_body_without_a_length_is_bounded_as_well(wire: Wire) -> None:
    """In pieces, of which nobody says how many come: once there are too many, the rest is not read."""
    piece = b"%x\r\n%s\r\n" % (MEGABYTE // 2, b" " * (MEGABYTE // 2))
    request = wire.post("/v1/orders", b"", "Transfer-Encoding: chunked")
    answers = wire.send(request, *[piece] * 8, patience=10.0)  # no end comes: it says nothing more
    assert answers[0][0] == 413
    wire.lives()


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Content-Length: 4", "Content-Length: 5"),
        ("Content-Length: -1",),
        ("Content-Length: 4_0",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: 4", "X-Folded: a\r\n b: c\r\nX : d"),
        ("Content-Length: 4", "X-Nul: a\x00b"),
    ],
)
def test_no_request_is_smuggled_in_another(wire: Wire, headers: tuple[str, ...]) -> None:
    """What a proxy could read otherwise is refused: what stands behind it is no request, and never done."""
    behind = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answers = wire.send(wire.post("/v1/check", b"0\r\n\r\n" + behind, *headers), patience=2.0)
    assert all(b"alive" not in one for _, one in answers), answers
    assert [status for status, _ in answers] in ([400], [], [501])
    wire.lives()


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/../../../../etc/passwd",
        "/ledger/%2e%2e/%2e%2e/casework.db",
        "/ledger/..%2f..%2fpassphrase",
        "/ledger//etc/passwd",
        "/ledger/tile/0/../../keys",
        "/ledger/checkpoint%00.txt",
        "/ledger/" + "x" * 8000,
        "/v1/cases/%2e%2e/%2e%2e/health",
        "/v1/cases/1%0d%0aX-Injected:%20yes",
    ],
)
def test_paths_lead_nowhere_else(wire: Wire, path: str) -> None:
    """There is nothing there, and nothing of it becomes a header or a file."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {wire.token}",
        "Connection: close",
    ]
    ((status, answer),) = wire.send("\r\n".join([*lines, "", ""]).encode())
    assert status in (400, 404)
    assert b"X-Injected" not in answer.split(b"\r\n\r\n")[0]


def test_a_head_has_no_body_on_the_wire(wire: Wire) -> None:
    """What follows on the connection is the next answer."""
    lines = [b"%s /ledger/checkpoint HTTP/1.1\r\nHost: localhost\r\n" % one for one in (b"HEAD", b"GET")]
    (first, head), (second, whole) = wire.send(
        b"\r\n".join([*lines[:1], lines[1] + b"Connection: close\r\n", b""])
    )
    assert (first, second) == (200, 200)
    assert head.endswith(b"\r\n\r\n")
    body = whole.partition(b"\r\n\r\n")[2]
    assert body
    assert b"content-length: %d\r\n" % len(body) in head


def test_too_many_headers_are_refused(wire: Wire) -> None:
    """They are bounded before anybody looks at them."""
    lines = b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: " + b"a" * (4 * MEGABYTE)
    assert [status for status, _ in wire.send(lines)] in ([400], [])  # it may end before we have read
    wire.lives()


def test_who_is_slow_makes_nobody_wait(wire: Wire) -> None:
    """A hundred who have sent half a request, and go no further: others are answered meanwhile."""
    half = wire.post("/v1/check", b"{", "Content-Length: 100")
    slow = [socket.create_connection(("127.0.0.1", wire.port), timeout=30) for _ in range(100)]
    try:
        for one in slow:
            one.sendall(half)
        wire.lives()
        ((status, _),) = wire.send(wire.post("/v1/posts", b'{"posts": []}'))
        assert status == 200
    finally:
        for one in slow:
            one.close()
