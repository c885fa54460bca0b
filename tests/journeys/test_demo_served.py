"""`tipstaff demo --port`: the world is served by a process of its own, to who logs in as it is told."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

PATIENCE = 240.0
"""Seconds for all of it, on a machine that does much besides: a demo takes a fraction of that."""

SERVED = "Tipstaff serves"


class Demo(NamedTuple):
    """A demo that serves: its process, where it is, and what it has printed."""

    process: subprocess.Popen[str]
    url: str
    told: str


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Start the demo as a newcomer does, and wait until it says that it serves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tipstaff")), "demo", "--port", str(port)]
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with (
        (tmp_path / "errors").open("w", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603  our own command
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        end = threading.Timer(PATIENCE, process.kill)
        end.start()
        try:
            told = ""
            assert process.stdout is not None
            for line in process.stdout:
                told += line
                if line.startswith(SERVED):
                    break
            assert SERVED in told, told + (tmp_path / "errors").read_text("utf-8")
            yield Demo(process, f"http://127.0.0.1:{port}", told)
        finally:
            end.cancel()
            process.kill()


def test_who_is_told_a_login_gets_in(demo: Demo, tmp_path: Path) -> None:
    """A case is read with the token that is printed and with a password; SIGTERM ends it as documented."""
    (command,) = re.findall(r"^curl -H \"(Authorization: Bearer \S+)\" (\S+)$", demo.told, re.MULTILINE)
    assert command[1] == f"{demo.url}/v1/cases"
    name, value = command[0].split(": ")
    passwords = dict(re.findall(r"^(\w+) +\w+.* (\S{16})$", demo.told, re.MULTILINE))
    with httpx.Client(base_url=demo.url, timeout=60) as client:
        answered(client)
        cases = client.get("/v1/cases", headers={name: value}).json()["cases"]
        assert len(cases) > 5
        case = client.get(f"/v1/cases/{cases[0]['number']}", headers={name: value})
        assert (case.status_code, case.json()["subject"]) == (200, cases[0]["subject"])
        assert client.get("/v1/cases").status_code == 401
        pending = client.get("/v1/cases?pending=true", headers={name: value}).json()["cases"]
        assert {"appealed against", "open, escalated"} <= {one["standing"] for one in pending}
        (order,) = client.get("/v1/orders?waiting=true", headers={name: value}).json()["orders"]
        assert not order["overdue"]
        page = client.get("/console/cases", follow_redirects=True)
        assert (page.url.path, "<h1>Log in</h1>" in page.text) == ("/login", True)
        logged_in = client.post("/v1/login", json={"name": "osei", "password": passwords["osei"]})
        assert logged_in.status_code == 201, logged_in.text
        cookie = logged_in.headers["set-cookie"].partition(";")[0]
        read = client.get(f"/v1/cases/{cases[0]['number']}", headers={"Cookie": cookie})
        assert read.json() == case.json()
        wrong = client.post("/v1/login", json={"name": "osei", "password": "seven lamps by the river"})
        assert wrong.status_code == 401
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(60) == -signal.SIGTERM
    errors = (tmp_path / "errors").read_text("utf-8")
    assert "Traceback" not in errors
    assert (tmp_path / "tipstaff-demo" / "installation").is_dir(), "where the help says that it is"


def answered(client: httpx.Client) -> None:
    """Wait until the server answers that it is alive."""
    for _ in range(100):
        try:
            answer = client.get("/health")
        except httpx.TransportError:
            threading.Event().wait(0.1)
        else:
            assert answer.json() == {"status": "alive", "statements": None}
            return
    pytest.fail("the server does not answer")
