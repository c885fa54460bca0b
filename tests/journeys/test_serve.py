"""`tipstaff user`, `token` and `serve`: somebody is let in, asks, and is shut out again."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from places import Place
from policies import write_policy
from serving import PATIENCE, serve_process

from tipstaff.assembly.access import open_users
from tipstaff.assembly.ledger import read_store
from tipstaff.cli.main import main
from tipstaff.screening.load import load_policy


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an installation."""
    folder = tmp_path_factory.mktemp("serve")
    place = Place(folder / "here", load_policy(write_policy(folder / "policy")))
    place.square.register_account("news", "News")
    return place.directory


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Run a command; returns how it ended, and all that it said."""
    code = main([str(one) for one in arguments])
    told = capsys.readouterr()
    return code, " ".join((told.out + told.err).split())


def test_tokens_are_made_listed_and_revoked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step says what it did; what cannot be is told with its mend."""
    assert run(capsys, "token", here, "alice") == (
        2,
        "tipstaff: there is no user 'alice': `tipstaff user` brings them in",
    )
    code, told = run(capsys, "user", here, "dora", "--role", "reviewer")
    assert (code, "`tipstaff person` brings people in" in told) == (2, True)
    assert run(capsys, "user", here, "alice")[0] == 2
    assert run(capsys, "user", here, "alice", "--role", "reviewer", "--stop")[0] == 2
    code, told = run(capsys, "user", here, "alice", "--role", "reviewer", "--role", "auditor")
    assert (code, told.startswith("alice is auditor, reviewer. Next: tipstaff token")) == (0, True)
    code, told = run(capsys, "token", here, "alice", "--days", "7", "--scope", "cases:read")
    assert code == 0
    shown, _, number, *_ = told.split()
    assert shown.startswith(f"tipstaff_{number}_"), "alone on the standard output, what it is beside it"
    listed = run(capsys, "token", here, "alice", "--list")[1]
    assert listed.startswith(f"{number} cases:read until 20")
    assert run(capsys, "token", here, "bob", "--revoke", number)[0] == 2
    assert run(capsys, "token", here, "alice", "--revoke", number) == (0, f"Token {number} is revoked.")
    assert "ended, was for use until" in run(capsys, "token", here, "alice", "--list")[1]
    assert run(capsys, "token", here, "alice")[0] == 0
    assert run(capsys, "user", here, "alice", "--stop") == (0, "alice may do nothing any more.")
    with open_users(here) as users:
        assert [one.revoked_at is None for one in users.tokens("alice")] == [False, False]
    assert run(capsys, "token", here, "alice")[0] == 2


def test_who_is_outside_is_given_what_is_theirs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader needs no key; whoever signs here is no reader; what does not go together is told."""
    code, told = run(capsys, "user", here, "rae", "--role", "reader", "--reader", "square/reader/rae")
    assert (code, told.startswith("rae is reader. Next: tipstaff token")) == (0, True)
    assert run(capsys, "token", here, "rae", "--scope", "complaints:own")[0] == 0
    holds = ("--holds", "square/account/news")
    assert run(capsys, "user", here, "moon", "--role", "account_holder", *holds)[0] == 0
    for arguments, why in (
        (("rae", "--role", "reader"), "have the name of a reader"),
        (("moon", "--role", "account_holder", "--holds", "square/account/news/p1"), "is a post"),
        (("alice", "--role", "reader", "--reader", "square/reader/alice"), "alice signs here"),
        (("nobody", "--stop"), "there is no user 'nobody'"),
    ):
        code, told = run(capsys, "user", here, *arguments)
        assert (code, why in told) == (2, True), told
    assert run(capsys, "user", here, "rae", "--stop") == (0, "rae may do nothing any more.")


ENTER = ["--as", "chen", "--authority", "bureau", "--basis", "im-2014", "--scope", "account",
         "--target", "square/account/news", "--territory", "CN", "--deadline", "2099-01-01T00:00:00+08:00",
         "--text", "x"]  # fmt: skip
"""What an order says, but for its reference."""

LINK = "0123456789abcdef_zCkQ3vNf8mS1"
"""What somebody might be sent: no log has it."""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_installation_is_served(
    here: Path, capsys: pytest.CaptureFixture[str], ending: signal.Signals
) -> None:
    """The process answers on its port, to this machine alone, until it is ended; it tells what is done."""
    with read_store(here / "ledger") as (store, _):
        before = store.size
    assert run(capsys, "order", "enter", here, "--reference", ending.name, *ENTER)[0] == 0
    run(capsys, "user", here, "bob", "--role", "reviewer")
    shown = run(capsys, "token", here, "bob")[1].split()[0]
    with serve_process(here) as server:
        headers = {"Authorization": f"Bearer {shown}"}
        answer = httpx.get(f"{server.url}/v1/cases", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"cases": [], "next": None})
        assert "server" not in answer.headers
        assert httpx.get(f"{server.url}/v1/links/{LINK}").status_code == 404
        ready = {"status": "ready", "statements": before + 1}
        server.wait(lambda: httpx.get(f"{server.url}/ready").json() == ready)
        code = server.end(ending)
    output = server.output
    assert code == (0 if ending is signal.SIGINT else -ending), output
    assert output.count(b'"event": "appended"') == 1, output
    assert server.url.encode() in output
    assert b"Traceback" not in output
    assert LINK.encode() not in output


def test_what_is_under_way_at_the_end_is_done_and_nobody_holds_it_up(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGTERM: a body that comes is read and answered; one that does not, and who rests, keep nothing going.

    systemd kills what has not ended after `TimeoutStopSec`.
    """
    run(capsys, "user", here, "bob", "--role", "reviewer")
    shown = run(capsys, "token", here, "bob")[1].split()[0]
    body = b'{"text": "hello"}'
    half = (
        f"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {shown}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body[:5]
    with ExitStack() as stack, serve_process(here) as server:
        opened = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(4)]
        going, stuck, head, _ = (stack.enter_context(one) for one in opened)
        for one, sent in ((going, half), (stuck, half), (head, b"GET /hea")):
            one.sendall(sent)
        time.sleep(1)
        began = time.monotonic()
        server.signal(signal.SIGTERM)
        time.sleep(1)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/health")
        going.sendall(body[5:])
        assert going.recv(65_536).startswith(b"HTTP/1.1 200")
        assert server.ended() == -signal.SIGTERM
        took = time.monotonic() - began
    assert took < 20, server.output
    events = [json.loads(line) for line in server.output.splitlines() if line.startswith(b"{")]
    asked = [
        one["status"] for one in events if one["event"] == "request" and one["operation"] == "checkDraft"
    ]
    assert asked == [200, 499]
    assert not [one for one in events if one["level"] == "error"]
    assert b"Traceback" not in server.output


def test_no_installation_is_not_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told before anything is listened for."""
    code, told = run(capsys, "serve", tmp_path)
    assert (code, "is no installation" in told) == (2, True)


def test_an_installation_of_an_older_version_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told in a line that it is to be rebuilt, as by any other command."""
    place = Place(tmp_path / "here", load_policy(write_policy(tmp_path / "policy")))
    with closing(sqlite3.connect(place.directory / "casework.db")) as old, old:
        old.execute("UPDATE alembic_version SET version_num = '0003'")
    code, told = run(capsys, "serve", place.directory, "--port", "0")
    assert (code, f"run `tipstaff rebuild {place.directory}`" in told, "serves" in told) == (2, True, False)
