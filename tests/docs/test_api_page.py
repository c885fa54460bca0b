"""docs/api.md: its commands run, what it asks for is answered, and its tables are those of the code."""

from __future__ import annotations

import base64
import io
import json
import re
import shlex
from functools import partial
from pathlib import Path
from string import Template

import httpx
import pytest
from policies import write_policy
from served import Served, again, served

from tipstaff.actions.access.codes import code_at
from tipstaff.actions.access.permissions import GRANTED, Role
from tipstaff.assembly.casework import add_person
from tipstaff.cli.main import main
from tipstaff.client import Client
from tipstaff.screening.load import load_policy
from tipstaff.server.problems import ProblemType

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)

THERE = (
    "tipstaff person here alice --role reviewer     # signs on the ledger",
    "tipstaff person here feed --role clerk",
    "tipstaff person here petra --role policy_owner",
    "tipstaff serve here --port 8000",
)
"""What the place has already: persons, stated by its clock, and that it is served."""

JARS: dict[str, str] = {}
"""The cookie in each jar of curl."""


def test_what_is_written_is_done_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user is brought in and given a token, with which each request of the page is answered."""
    monkeypatch.chdir(tmp_path)
    policy = load_policy(write_policy(tmp_path / "policy"))
    lines = [line for block in BLOCKS for line in block.splitlines() if line]
    with served(tmp_path / "there", policy) as world:
        (tmp_path / "here").symlink_to("there")
        for name, role in (("feed", "clerk"), ("petra", "policy_owner")):
            add_person(world.place.directory, name, role, world.place.clock)
        world.place.square.register_account("news", "News")
        assert world.place.publish("news", "稳赚不赔，加我微信买比特币") == "p2"
        open_a_case(world)
        tokens = Tokens(capsys)
        monkeypatch.setattr("tipstaff.cli.remote.connect", partial(client, world))
        tokens["ENTRY"] = world.place.adopted().entry.hex()
        for line in lines:
            if line.startswith("echo"):
                say(monkeypatch, line)
                continue
            name, *arguments = shlex.split(line, comments=True)
            if name == "export":
                variable, _, value = arguments[0].partition("=")
                monkeypatch.setenv(variable, Template(value).substitute(tokens))
                continue
            if name == "curl":
                answer = again(partial(ask, world, Template(line).substitute(tokens)))
                assert answer.is_success, (line, answer.text)
                tokens.learn(answer, world.place.clock())
            elif line not in THERE:
                assert name == "tipstaff"
                assert main(arguments) == 0
                if arguments[0] == "token":
                    tokens[arguments[2].upper()] = capsys.readouterr().out.split()[-1]
                if arguments[:2] == ["case", "link"]:
                    tokens["LINK"] = capsys.readouterr().out.split()[-1]
        assert [one.rule for one in world.place.case(1).found] == ["coin-talk"]
        (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        monkeypatch.setattr("tipstaff.client.Client", partial(client, world))
        exec(program, {"token": tokens["ALICE"]})  # noqa: S102  what the page says
        assert world.place.case(1).claim is not None


def client(world: Served, _: str, token: str) -> Client:
    """Return a client of what is served to the tests."""
    there = httpx.MockTransport(world.client.send)
    return Client("", token, httpx.Client(base_url=world.client.base_url, transport=there))


def say(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Run a command that is given a line."""
    said, command = line.split(" | ")
    monkeypatch.setattr("sys.stdin", io.StringIO(shlex.split(said)[1] + "\n"))
    assert main(shlex.split(command, comments=True)[1:]) == 0


class Tokens(dict[str, str]):
    """The token of each user, by its variable of the shell; made where the page has made none.

    `CSRF` and `CODE` are what the last answer says of them.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`capsys` is where a token is shown, once."""
        self._capsys = capsys

    def __missing__(self, variable: str) -> str:
        """Make a token, and remember it."""
        assert main(["token", "here", variable.lower()]) == 0
        self[variable] = self._capsys.readouterr().out.split()[-1]
        return self[variable]

    def learn(self, answer: httpx.Response, now: int) -> None:
        """Remember what changes show, and what an app would show."""
        told = answer.json() if answer.headers.get("content-type") == "application/json" else {}
        if csrf := (told.get("login") or told).get("csrf"):
            self["CSRF"] = csrf
        if "uri" in told:
            self["CODE"] = code_at(base64.b32decode(told["secret"]), now)


def open_a_case(world: Served) -> None:
    """Complain of an account, so that there is a case."""
    assert main(
        ["complaint", "file", "here", "square/account/news", "--as", "square/reader/sam",
         "--reason", "fraud", "--text", "骗人的"]
    ) == 0  # fmt: skip
    assert world.place.case(1).complaints


def ask(world: Served, line: str) -> httpx.Response:
    """Send what a line of curl would."""
    method, headers, address, body, keeps = "GET", dict[str, str](), "", None, ""
    words = iter(shlex.split(line)[1:])
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-c":
            keeps = next(words)
        elif word == "-b":
            headers["Cookie"] = JARS[next(words)]
        elif word == "--json":
            method, body = "POST", json.loads(next(words))
        else:
            address = word.removeprefix("localhost:8000")
    answer = world.client.request(method, address, headers=headers, json=body)
    if keeps and "set-cookie" in answer.headers:
        JARS[keeps] = answer.headers["set-cookie"].partition(";")[0]
    return answer


def test_the_problems_are_those_of_the_code() -> None:
    """Each type with its status, and no others."""
    found = re.findall(r"^\| `(/problems/[a-z-]+)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert found == [(one.reference, str(one.status.value)) for one in ProblemType]


def test_the_roles_are_those_of_the_code() -> None:
    """Each role with its permissions, and no others."""
    found = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (.*?) \|$", PAGE, re.MULTILINE)
    rows = {role: told for roles, told in found for role in re.findall(r"`(\w+)`", roles)}
    assert rows.keys() == set(Role)
    for role in Role:
        told = set(re.findall(r"`([a-z]+:[a-z]+)`", rows[role]))
        if "those of a reviewer" in rows[role]:
            told |= set(GRANTED[Role.REVIEWER])
        assert told == GRANTED[role], role
