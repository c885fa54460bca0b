"""docs/api.md: its commands run, what it asks for is answered, and its tables are those of the code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import httpx
import pytest
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import GRANTED, Role
from tipstaff.cli.main import main
from tipstaff.screening.load import load_policy

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$([A-Z]+)")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def test_what_is_written_is_done_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user is brought in and given a token, with which each request of the page is answered."""
    monkeypatch.chdir(tmp_path)
    policy = load_policy(write_policy(tmp_path / "policy"))
    lines = [line for block in BLOCKS for line in block.splitlines() if line]
    commands = [line for line in lines if not line.startswith("curl")]
    with served(tmp_path / "there", policy) as world:
        (tmp_path / "here").symlink_to("there")
        world.place.square.register_account("news", "News")
        for line in commands:
            name, *arguments = shlex.split(line, comments=True)
            assert name == "tipstaff"
            if arguments[0] in {"person", "serve"}:  # the place has its persons, and is served already
                continue
            assert main(arguments) == 0
        open_a_case(world)
        for line in lines:
            if line.startswith("curl"):
                answer = ask(world, VARIABLE.sub(lambda found: token(capsys, found[1].lower()), line))
                assert answer.is_success, (line, answer.text)


def token(capsys: pytest.CaptureFixture[str], name: str) -> str:
    """Return a token of a user of the page."""
    assert main(["token", "here", name]) == 0
    return capsys.readouterr().out.split()[-1]


def open_a_case(world: Served) -> None:
    """Complain of an account, so that there is a case."""
    assert main(
        ["complaint", "file", "here", "square/account/news", "--as", "square/reader/sam",
         "--reason", "fraud", "--text", "骗人的"]
    ) == 0  # fmt: skip
    assert world.place.case(1).complaints


def ask(world: Served, line: str) -> httpx.Response:
    """Send what a line of curl would."""
    method, headers, address, body = "GET", dict[str, str](), "", None
    words = iter(shlex.split(line)[1:])
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "--json":
            method, body = "POST", json.loads(next(words))
        else:
            address = word.removeprefix("localhost:8000")
    return world.client.request(method, address, headers=headers, json=body)


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
