"""Who came with a link, who logged in wrongly, and who used a command: all of it is in the trail."""

from __future__ import annotations

import importlib
import json
import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import WRONG_AN_HOUR, Sought, Visit
from tipstaff.assembly.access import open_trail
from tipstaff.cli.main import COMMANDS, main
from tipstaff.screening.load import load_policy

WHO: Final = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place."""
    folder = tmp_path_factory.mktemp("trail")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        yield made


def visits(world: Served, sought: Sought) -> list[Visit]:
    """Return what the trail has, the oldest first."""
    with open_trail(world.place.directory) as trail:
        return [one.visit for one in reversed(trail.visits(sought, 999, None))]


def test_who_comes_with_a_link_is_in_the_trail(world: Served) -> None:
    """By a link, under the path of its case, with the account; its secret is nowhere, and no user is."""
    number, _ = world.open_case("moon")
    link = world.propose(number)["link"]
    name, _, secret = link.partition("_")
    for method, below, body, status in (
        ("GET", "", None, 200),
        ("POST", "/answer", {"text": "这是新闻报道"}, 201),
        ("POST", "/appeal", {"text": "不是"}, 409),
    ):
        assert world.ask(None, method, f"/v1/links/{link}{below}", body).status_code == status
    world.ask(None, "GET", f"/v1/links/{name}_{secret[:-1]}")
    found = visits(world, Sought(path=f"/v1/cases/{number}/links"))
    path = f"/v1/cases/{number}/links/{name}"
    assert [(one.operation, one.path, one.status) for one in found] == [
        ("readLink", path, 200), ("answerByLink", f"{path}/answer", 201),
        ("appealByLink", f"{path}/appeal", 409),
    ]  # fmt: skip
    assert {(one.user, one.by, one.about) for one in found} == {("", "link", "square/account/moon")}
    assert secret[:-1] not in str(visits(world, Sought()))
    adam = world.token("adam", Role.AUDITOR)
    (last,) = world.ask(adam, "GET", f"/v1/trail?most=1&path=/v1/cases/{number}").json()["visits"]
    assert (last["by"], last["about"]) == ("link", "square/account/moon")


def test_a_wrong_login_is_under_the_name_of_a_user_alone(world: Served) -> None:
    """What else is typed as a name may be a password; what is refused unseen is not kept at all."""
    world.user("alice", Role.AUDITOR)
    for _ in range(5):
        world.log_in("alice", "seven lamps by the shore")
    assert world.log_in("seven lamps by the river", "alice").status_code == 401
    found = visits(world, Sought(operation="logIn"))
    assert [(one.user, one.by, one.path, one.status) for one in found] == [
        ("alice", "", "/v1/login", 401)
    ] * 3
    world.place.clock.now += 1
    assert world.log_in("alice").status_code == 201
    last = visits(world, Sought(operation="logIn"))[-1]
    assert (last.user, last.by != "", last.status) == ("alice", True, 201)
    assert "seven" not in str(visits(world, Sought()))


def test_wrong_logins_do_not_fill_the_trail(world: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nothing else would slow them down, so many an hour are kept of a user."""
    for name in ("PAIR", "NAME", "ADDRESS"):
        monkeypatch.setattr(f"tipstaff.actions.access.lockout.{name}", 10_000)
    world.user("carol", Role.AUDITOR)
    for _ in range(WRONG_AN_HOUR + 5):
        assert world.log_in("carol", "x" * 12).status_code == 401
    assert len(visits(world, Sought(user="carol"))) == WRONG_AN_HOUR
    world.place.clock.now += 3601
    assert world.log_in("carol", "x" * 12).status_code == 401
    assert len(visits(world, Sought(user="carol"))) == WRONG_AN_HOUR + 1
    assert world.log_in("carol").status_code == 201
    assert visits(world, Sought(user="carol"))[-1].status == 201


def test_commands_are_in_the_trail(
    world: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the name of who uses them on the machine, with what was asked for, before it is done."""
    here = str(world.place.directory)
    number, _ = world.open_case("news")
    monkeypatch.delenv("SUDO_USER", raising=False)
    out = str(tmp_path / "out.json")
    for words, code in (
        (["user", here, "bob", "--role", "reviewer", "--queue", "square"], 0),
        (["token", here, "bob", "--days", "7", "--scope", "cases:read"], 0),
        (["case", "show", here, str(number)], 0),
        (["account", "export", here, "square/account/news", out], 0),
        (["complaint", "show", here, "square/reader/rae"], 0),
        (["user", here, "nobody", "--stop"], 2),
    ):
        assert main(words) == code
    found = [one for one in visits(world, Sought()) if one.by == "shell"]
    assert {(one.user, one.status, one.address) for one in found} == {(WHO, 0, "")}
    assert [(one.operation, one.path, one.about) for one in found] == [
        ("user", "/v1/users/bob", "--role reviewer --queue square"),
        ("token", "/v1/users/bob/tokens", "--days 7 --scope cases:read"),
        ("case show", f"/v1/cases/{number}", ""),
        ("account export", "/v1/accounts/square/account/news/export", ""),
        ("complaint show", "/v1/complaints", "square/reader/rae"),
        ("user", "/v1/users/nobody", "--stop"),
    ]
    capsys.readouterr()
    assert main(["trail", here, "--path", "/v1/users", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["about"] for one in told][:1] == ["--stop"]


@pytest.mark.parametrize(("number", "who"), [(0, "olga"), (65_432, "65432")])
def test_who_has_called_sudo_is_believed_from_root_alone(
    world: Served, monkeypatch: pytest.MonkeyPatch, number: int, who: str
) -> None:
    """Anybody else could write another's name there."""
    monkeypatch.setenv("SUDO_USER", "olga")
    monkeypatch.setattr("os.getuid", lambda: number)
    assert main(["trail", str(world.place.directory)]) == 0
    assert visits(world, Sought(operation="trail"))[-1].user == who


def test_the_trail_says_whose_accounts_were_given(world: Served) -> None:
    """And the name of a reader: with commands, and over HTTP."""
    here, ada = str(world.place.directory), world.token("ada", Role.ADMIN)
    assert main(["user", here, "moon", "--role", "account_holder", "--holds", "square/account/moon"]) == 0
    assert main(["user", here, "rae", "--role", "reader", "--reader", "square/reader/rae"]) == 0
    holder = {"roles": ["account_holder"], "holds": ["square/account/moon", "square/app/coin"]}
    reader = {"roles": ["reader"], "reader": "square/reader/rae"}
    assert world.ask(ada, "POST", "/v1/users/moon/roles", holder).status_code == 200
    assert world.ask(ada, "POST", "/v1/users/rae/roles", reader).status_code == 200
    assert [one.about for one in visits(world, Sought(path="/v1/users"))][-4:] == [
        "--role account_holder --holds square/account/moon",
        "--role reader --reader square/reader/rae",
        "account_holder of square/account/moon, square/app/coin",
        "reader as square/reader/rae",
    ]


def test_nobody_fills_the_trail_with_a_long_path(world: Served) -> None:
    """What was asked for is kept as far as it says something: the answer is as ever."""
    rae = world.token("rae", Role.READER, reader="square/reader/rae")
    assert world.ask(rae, "GET", f"/v1/complaints?{'x' * 9000}").status_code == 400
    assert world.ask(rae, "GET", f"/v1/complaints/{'y' * 9000}").status_code == 400
    asked, path = visits(world, Sought(user="rae"))[-2:]
    assert (len(asked.path), len(path.path)) == (2000, 2000)
    assert asked.path.startswith("/v1/complaints?xxx")
    assert path.path.startswith("/v1/complaints/yyy")


def test_nothing_is_shown_that_cannot_be_kept(
    world: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As over HTTP: the command fails before it says anything."""
    number, _ = world.open_case("gazette")
    monkeypatch.setattr("tipstaff.storage.access.trail.SqlTrail.add", None)
    capsys.readouterr()
    assert main(["case", "show", str(world.place.directory), str(number)]) != 0
    assert capsys.readouterr().out == ""


TRACED: Final = {
    "user", "token", "person", "passphrase", "trail", "backup", "case.show", "case.image", "case.link",
    "order.show", "order.document", "appeal.document",
    "complaint.show", "complaint.erase", "account.show", "account.export", "account.erase",
    "app.show", "webhook.add", "webhook.enable", "webhook.remove", "webhook.replay",
}  # fmt: skip

ELSEWHERE: Final = {
    # what they do is stated on the ledger, or is an event with who has done it
    "case.find", "case.claim", "case.release", "case.note", "case.ask", "case.opine", "case.escalate",
    "case.propose", "case.hear", "case.decide", "case.dismiss", "case.take_back", "case.confirm",
    "complaint.file", "complaint.answer", "order.enter", "order.confirm", "order.amend", "appeal.file",
    "appeal.rule", "appeal.confirm", "policy.shadow", "policy.adopt", "policy.retire",
    # what is public is there for all
    "square.account", "square.app", "square.feed", "square.follow", "square.post", "square.read",
    # nothing private is in it: numbers, names and states
    "case.list", "case.preview", "complaint.list", "order.list", "webhook.list", "webhook.log",
    "worker", "retain", "serve", "doctor", "rebuild", "policy.compare",
}  # fmt: skip


def test_no_command_is_forgotten() -> None:
    """Each that opens an installation leaves a trace here, or one elsewhere, or shows nothing private."""
    found = set()
    for name in COMMANDS:
        module = importlib.import_module(f"tipstaff.cli.{name}")
        below = [f"{name}.{one}" for one in getattr(module, "SUBCOMMANDS", ())]
        found |= {one for one in below or [name] if opens(one)}
    traced = {one for one in found if hasattr(importlib.import_module(f"tipstaff.cli.{one}"), "traced")}
    assert traced == TRACED
    assert found - traced == ELSEWHERE


def opens(command: str) -> bool:
    """Say whether a command is given the directory of an installation."""
    module = importlib.import_module(f"tipstaff.cli.{command}")
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    return "tipstaff.cli.installation" in source or "directory of the installation" in source
