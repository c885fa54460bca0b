"""docs/api-tutorial.md: done from its beginning to its end in the world of the demo, as it is written."""

from __future__ import annotations

import json
import shlex
import signal
from functools import partial
from pathlib import Path
from string import Template

import httpx
import pytest
from docs.pages import DOCS, Block, blocks
from litestar import Litestar
from litestar.testing import TestClient

from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_server
from tipstaff.cli.main import main
from tipstaff.cli.policies import load_policies
from tipstaff.client import Client
from tipstaff.demo.place import make_place
from tipstaff.demo.story import POLICY, set_stage
from tipstaff.demo.users import bring_in, going_on
from tipstaff.server.app import make_app

PAGE = DOCS / "api-tutorial.md"
PATIENCE = 240
"""Seconds for all of it: a page waits for ever."""

URL = "http://127.0.0.1:8000"


class Reader:
    """Somebody who does what the page says, in a shell and in Python, and keeps what both come to know."""

    def __init__(
        self,
        client: TestClient[Litestar],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self._client = client
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self._variables: dict[str, str] = {}
        self._python: dict[str, object] = {}
        self.answers: list[httpx.Response] = []

    def do(self, block: Block) -> str:
        """Do what a block says; returns all that it tells."""
        self._capsys.readouterr()
        if block.language == "python":
            exec(block.text, self._python)  # noqa: S102  what the page says
        for line in block.text.splitlines() if block.language == "sh" else ():
            self._run(line)
        return self._capsys.readouterr().out

    def _run(self, line: str) -> None:
        """Run a line of the shell."""
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            if name == "LINK":
                value = getattr(self._python["link"], "path")  # noqa: B009  what Python has printed
            elif value.startswith("$("):
                value = self._said(value[2:-1])
            self._set(name, Template(value).substitute(self._variables))
            return
        name, *words = shlex.split(Template(line).substitute(self._variables))
        if name == "curl":
            self._curl(words)
        else:
            assert main(words) == 0, line

    def _said(self, command: str) -> str:
        """Return what a command says on its standard output, as a shell takes it: a word."""
        self._capsys.readouterr()
        assert main(shlex.split(Template(command).substitute(self._variables))[1:]) == 0, command
        (word,) = self._capsys.readouterr().out.split()
        return word

    def _set(self, name: str, value: str) -> None:
        """Set a variable of the shell, which Python sees as well."""
        self._variables[name] = value
        self._monkeypatch.setenv(name, value)

    def _curl(self, words: list[str]) -> None:
        """Send what curl would."""
        headers: dict[str, str] = {}
        method, body = "GET", None
        *options, address = words
        for option, value in zip(options[::2], options[1::2], strict=True):
            if option == "--json":
                method, body = "POST", json.loads(value)
            else:
                assert option == "-H"
                name, _, told = value.partition(": ")
                headers[name] = told
        answer = self._client.request(method, address.removeprefix(URL), headers=headers, json=body)
        assert answer.is_success, answer.text
        self.answers.append(answer)


def client(there: TestClient[Litestar], url: str, token: str) -> Client:
    """Return a client of what is served to the test."""
    assert url == URL
    asked = httpx.MockTransport(there.send)
    return Client(url, token, httpx.Client(base_url=there.base_url, transport=asked))


def give_up(*_: object) -> None:
    """Wait no longer for what the page waits for."""
    raise TimeoutError("what the page waits for does not come")


def test_what_is_written_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Blocked by mistake and restored; closed by an order; suspended after a hearing, and back."""
    monkeypatch.chdir(tmp_path)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    policy = next(one for one in load_policies([]) if one.name == POLICY)
    with make_place(tmp_path / "world") as place:
        stage = set_stage(place, policy, lambda _done, _of: None)
        clock = going_on(stage.clock())
        bring_in(place, stage.world, clock())
        with TestClient(make_app(open_server(place.installation, clock), HANDLERS)) as there:
            monkeypatch.setattr("tipstaff.client.Client", partial(client, there))
            monkeypatch.setattr("tipstaff.cli.remote.connect", partial(client, there))
            reader = Reader(there, capsys, monkeypatch)
            told = [reader.do(block) for block in blocks(PAGE)]
    signal.alarm(0)
    assert "这是广告吧？" in "".join(told)
    shown = [text for text in told if "Nobody can guarantee that." in text or "is blocked" in text]
    assert "is blocked (trading-2026)" in shown[0], "what readers see after the decision"
    assert "Nobody can guarantee that." in shown[-1], "and after the appeal"
    assert "Bureau 7 2026/77" in "".join(told), "the report names the order"
    assert "我们只签协议，不发内容。" in "".join(told)
    assert "sound" in told[-1]
    statuses = {answer.status_code for answer in reader.answers}
    assert statuses == {200, 201}
