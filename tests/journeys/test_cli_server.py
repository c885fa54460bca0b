"""`tipstaff --server URL …`: the commands of an installation, asked of a server."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import TypeAlias

import httpx
import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.texts import reader
from tipstaff.assembly.casework import add_person
from tipstaff.cli import remote
from tipstaff.cli.main import main
from tipstaff.client import Client
from tipstaff.screening.load import load_policy

URL = "https://tipstaff.example"
DEADLINE = "2099-01-01T00:00:00+08:00"
AGAIN = 20

Say: TypeAlias = Callable[..., str]
"""Runs a command with somebody's token; returns all that it tells. It must end with `code`, 0 unless told."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with an account, an authority and persons."""
    folder = tmp_path_factory.mktemp("cli")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.place.square.register_account("news", "News")
        yield made


@pytest.fixture
def say(world: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return what asks the server; again where its worker was there first."""

    def connected(url: str, token: str) -> Client:
        assert url == URL
        there = httpx.MockTransport(world.client.send)
        return Client(url, token, httpx.Client(base_url=world.client.base_url, transport=there))

    monkeypatch.setattr(remote, "connect", connected)

    def run(token: str, command: str, *arguments: object, code: int = 0) -> str:
        monkeypatch.setenv(remote.TOKEN, token)
        for _ in range(AGAIN):
            capsys.readouterr()
            ended = main(["--server", URL, *command.split(), *map(str, arguments)])
            told = capsys.readouterr()
            if "has moved on: look at it again" not in told.err:
                break
        assert ended == code, told.err
        return " ".join((told.out + told.err).split())

    return run


def test_a_case_from_its_complaint_to_its_closing(world: Served, say: Say) -> None:
    """Each word is that of the same command on an installation, without a directory and a name."""
    rae = world.token("rae", Role.READER, reader=reader("square", "rae"))
    alice, bob = (world.token(name, Role.REVIEWER) for name in ("alice", "bob"))
    holder = world.token("editor", Role.ACCOUNT_HOLDER, holds=(account("news"),))
    made = say(rae, "complaint file", "square/account/news", "--reason", "fraud", "--text", "骗了我三千块")
    receipt = made.removeprefix("The receipt: ").split()[0]
    assert f"Next: tipstaff --server {URL} complaint show {receipt}" in made
    assert "骗了我三千块" in say(rae, "complaint show", receipt)
    assert "骗了我三千块" in say(rae, "complaint show")
    listed = say(alice, "case list")
    assert "square/account/news" in listed
    number = 1
    assert "Nobody but alice decides case 1" in say(alice, "case claim", number)
    assert "bob has not claimed case 1" in say(bob, "case release", number, code=2)
    say(alice, "case note", number, "--text", "看过了")
    say(alice, "case release", number)
    say(alice, "case escalate", number, "--text", "请看")
    assert [
        word in say(alice, "case show", number) for word in ("看过了", "请看", "骗了我三千块", "rae")
    ] == [True] * 4
    signed = say(
        alice, "case decide", number, "--measure", "close_account", "--policy", "tiny",
        "--provision", "house-1", "--reasons", "诱导入群", "--waive-hearing", "grave_harm", "--delay", 3600,
    )  # fmt: skip
    assert "Decision 1 is signed. Next: tipstaff --server" in signed
    say(alice, "case take-back", number, 1)
    say(
        alice, "case decide", number, "--measure", "close_account", "--policy", "tiny",
        "--provision", "house-1", "--reasons", "诱导入群", "--waive-hearing", "grave_harm",
    )  # fmt: skip
    assert "alice signed or confirmed" in say(alice, "case confirm", number, 1, code=2)
    assert "There are no cases that wait." not in say(bob, "case list", "--waiting")
    assert "Decision 1 is confirmed by bob" in say(bob, "case confirm", number, 1)
    world.until(
        alice, "/v1/cases/1", lambda case: "applied" in json.dumps(case["decisions"][0]["carried_out"])
    )
    assert "close account" in say(holder, "account show", "square/account/news").replace("_", " ")
    link = say(alice, "case link", number, "--decision", 1)
    assert f"{URL}/v1/links/" in link
    assert "There are no cases that wait." in say(bob, "case list", "--waiting")
    assert "Decision 2 is signed: nothing is to be done." in say(
        alice, "case dismiss", number, "--policy", "tiny", "--provision", "house-1", "--reasons", "没有别的"
    )


def test_an_order_from_its_entry_to_its_refusal(
    world: Served, say: Say, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Entered, confirmed, narrowed, confirmed again; listed and shown."""
    clerk, other = world.token("chen", Role.CLERK), world.token("wu", Role.CLERK)
    document = tmp_path_factory.mktemp("order") / "order.pdf"
    document.write_bytes(b"%PDF")
    assert say(clerk, "order list") == "There are no orders."
    entered = say(
        clerk, "order enter", "--authority", "bureau", "--reference", "2026/7", "--basis", "im-2014",
        "--scope", "account", "--target", "square/account/news", "--territory", "CN",
        "--deadline", DEADLINE, "--text", "关闭该帐号。", "--attachment", document,
    )  # fmt: skip
    assert entered.startswith("Order 2: bureau 2026/7, ")
    assert "2026/7" in say(clerk, "order list", "--waiting")
    assert "chen signed order 2: another person must confirm it" in say(clerk, "order confirm", 2, code=2)
    assert "Order 2 is confirmed." in say(other, "order confirm", 2)
    assert "2098-12-31 16:00 UTC" in say(clerk, "order list")
    assert "5 bytes" not in say(clerk, "order document", 2, document, code=2), "no file is written over"
    assert "4 bytes" in say(clerk, "order document", 2, document.with_name("copy.pdf"))
    assert document.with_name("copy.pdf").read_bytes() == b"%PDF"
    amended = say(clerk, "order amend", 2, "--change", "withdrawn", "--reasons", "已另案处理")
    assert f"Next: tipstaff --server {URL} order confirm 2 --amendment 1" in amended
    assert "Amendment 1 of order 2 is confirmed." in say(other, "order confirm", 2, "--amendment", 1)
    shown = say(clerk, "order show", 2)
    assert [word in shown for word in ("关闭该帐号。", "已另案处理", "withdrawn", "chen", "wu")] == [True] * 5


def test_who_audits_reads_the_trail(world: Served, say: Say) -> None:
    """As a table, or as lines of JSON; whoever may not is told so, and of what they lack."""
    auditor, alice = world.token("ada", Role.AUDITOR), world.token("alice", Role.REVIEWER)
    say(alice, "case list")
    assert "listCases /v1/cases" in say(auditor, "trail", "--user", "alice", "--operation", "listCases")
    lines = say(auditor, "trail", "--most", 1, "--json")
    assert json.loads(lines)["operation"] == "readTrail"
    assert "trail:read" in say(alice, "trail", code=2)


def test_who_holds_an_account_answers_and_appeals(world: Served, say: Say) -> None:
    """By what their own account shows: the hearing, and the decision."""
    number, post = world.open_case("gazette")
    hearing = world.propose(number)["hearing"]
    holder = world.token("gazette", Role.ACCOUNT_HOLDER, holds=(account("gazette"),))
    alice = world.token("alice", Role.REVIEWER)
    assert hearing in say(holder, "account show", "square/account/gazette")
    said = say(holder, "case hear", "square/account/gazette", hearing, "--text", "这是新闻报道")
    assert "Your answer about square/account/gazette stands" in said
    assert "这是新闻报道" in say(alice, "case show", number)
    assert "was answered already" in say(
        holder, "case hear", "square/account/gazette", hearing, "--text", "再说", code=2
    )
    say(
        alice, "case decide", number, "--measure", "block_content", "--post", post, "--policy", "tiny",
        "--provision", "house-1", "--reasons", "招揽", "--skip-rungs", "grave_harm",
    )  # fmt: skip
    path = f"/v1/cases/{number}"
    world.until(alice, path, lambda one: "applied" in json.dumps(one["decisions"][0]["carried_out"]))
    told = say(holder, "appeal file", "square/account/gazette", 1, "--text", "不服")
    assert "The appeal against decision 1 is taken in." in told
    assert f"Next: tipstaff --server {URL} account show square/account/gazette" in told
    assert "square/account/news" in say(
        holder, "appeal file", "square/account/news", 1, "--text", "不服", code=2
    )


def test_a_statement_is_proven(world: Served, say: Say) -> None:
    """By the trust file that one has; of another log it is not, and that is an answer."""
    entry, trust = world.place.adopted().entry.hex(), world.place.directory / "ledger" / "trust.json"
    anyone = world.token("adam", Role.AUDITOR)
    assert "of kind policy" in say("", "ledger verify", entry, "--trust", trust), "it takes no token"
    assert "of kind policy" in say(anyone, "ledger verify", entry, "--trust", trust)
    other = world.place.directory.parent / "other"
    assert main(["ledger", "init", str(other), "--origin", "other.example/log"]) == 0
    assert "not proven" in say(anyone, "ledger verify", entry, "--trust", other / "trust.json", code=1)


def test_an_admin_manages_users(world: Served, say: Say) -> None:
    """Brought in, changed, shown, stopped and unlocked; their tokens are listed and revoked."""
    ada = world.token("ada", Role.ADMIN)
    for words, told in (
        (("user", "olga", "--role", "auditor"), "olga is auditor."),
        (("user", "bob", "--role", "reviewer", "--queue", "square"), "bob is reviewer."),
        (("user", "bob"), "queues square"),
        (("user", "olga", "--unlock"), "olga can log in."),
        (("user", "olga", "--stop"), "olga may do nothing any more."),
        (("user", "olga", "--role", "auditor", "--role", "admin"), "olga is admin, auditor."),
    ):
        assert told in say(ada, *words), words
    token = world.token("bob", Role.REVIEWER).split("_")[1]
    assert f"{token} all until 20" in say(ada, "token", "bob", "--list")
    assert f"Token {token} is revoked." in say(ada, "token", "bob", "--revoke", token)
    assert token not in say(ada, "token", "bob", "--list")
    assert "another admin says" in say(ada, "user", "ada", "--stop", code=2)
    assert "say one thing at a time: --stop, --unlock" in say(
        ada, "user", "bob", "--stop", "--unlock", code=2
    )


@pytest.mark.parametrize(
    "words", ["user bob --password", "user bob --forget-second-factor", "token bob --days 7"]
)
def test_what_takes_a_login_is_not_offered(words: str) -> None:
    """A server is asked with a token here, which lets nobody in."""
    with pytest.raises(SystemExit) as ended:
        main(["--server", URL, *words.split()])
    assert ended.value.code == 2


def test_pages_go_on_where_the_last_one_ended(world: Served, say: Say) -> None:
    """As on an installation."""
    for name in ("one", "two", "three"):
        world.place.square.register_account(name, name)
        rae = world.token("rae", Role.READER, reader=reader("square", "rae"))
        say(rae, "complaint file", f"square/account/{name}", "--reason", "other", "--text", "x")
    alice = world.token("alice", Role.REVIEWER)
    first = say(alice, "case list", "--most", 2)
    after = first.rpartition("--after ")[2]
    rest = say(alice, "case list", "--after", after)
    named = [name for name in ("one", "two", "three") if f"account/{name} " in first + rest]
    assert named == ["one", "two", "three"]
    assert "There are more" not in rest


def test_reviewers_work_on_a_case_together(world: Served, say: Say) -> None:
    """They look ahead, ask each other, answer a complaint, propose, and undo by two."""
    number, _ = world.open_case("together")
    alice, bob = (world.token(name, Role.SENIOR_REVIEWER) for name in ("alice", "bob"))
    assert "followers" in say(alice, "case preview", number)
    assert "bob is asked." in say(alice, "case ask", number, "--of", "bob", "--text", "？")
    assert f"What you think stands in case {number}." in say(bob, "case opine", number, "--text", "是")
    answered = say(alice, "complaint answer", number, 1, "--outcome", "dismissed")
    assert f"Complaint 1 of case {number} is answered: dismissed." in answered
    proposed = say(
        alice, "case propose", number, "--measure", "warn", "--policy", "tiny", "--provision", "house-1",
        "--text", "拟警告",
    )  # fmt: skip
    assert "the account holder can answer until 20" in proposed
    assert "拟警告" in say(bob, "case show", number)
    assert "has no decision 1" in say(alice, "appeal confirm", number, 1, code=2)


def test_a_server_is_asked_with_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the environment: it is on no command line, and goes to nobody in clear; what is wrong is told."""
    monkeypatch.delenv(remote.TOKEN, raising=False)
    assert main(["--server", URL, "case", "list"]) == 2
    assert "put it into TIPSTAFF_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv(remote.TOKEN, "令牌")
    assert main(["--server", URL, "case", "list"]) == 2
    assert "令牌" not in capsys.readouterr().err
    monkeypatch.setenv(remote.TOKEN, "a-token")
    for url, told in (
        ("http://tipstaff.example", "for all to read"),
        ("ftp://tipstaff.example", "is no URL of a server"),
        ("tipstaff.example", "is no URL of a server"),
        ("http://[::1", "is no URL"),
    ):
        assert main([f"--server={url}", "case", "list"]) == 2
        assert told in capsys.readouterr().err


def test_no_proxy_reads_the_token_on_its_way_to_this_machine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment may name one, for what has no TLS."""
    seen: list[bytes] = []
    with socket.socket() as proxy, socket.socket() as free:
        proxy.bind(("127.0.0.1", 0))
        proxy.listen()
        proxy.settimeout(0.5)
        free.bind(("127.0.0.1", 0))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(remote.TOKEN, "a-token")
        monkeypatch.setattr("tipstaff.client.connection.TRIES", 1)
        assert main(["--server", f"http://127.0.0.1:{free.getsockname()[1]}", "case", "list"]) == 2
        assert "does not answer" in capsys.readouterr().err
        with pytest.raises(TimeoutError):
            seen.append(proxy.accept()[0].recv(4096))
    assert seen == []


def test_a_server_that_is_away_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its URL, and not by a traceback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv(remote.TOKEN, "a-token")
    monkeypatch.setattr("tipstaff.client.connection.TRIES", 1)
    assert main(["--server", f"http://127.0.0.1:{port}", "case", "list"]) == 2
    assert f"http://127.0.0.1:{port} does not answer" in capsys.readouterr().err


def test_what_a_server_cannot_do_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in the help, nor as a command; and no command takes the directory of an installation."""
    with pytest.raises(SystemExit) as ended:
        main(["--server", URL, "worker", "here"])
    assert ended.value.code == 2
    with pytest.raises(SystemExit):
        main(["--server", URL, "case", "claim", "--help"])
    told = capsys.readouterr().out
    assert "DIR" not in told
    assert "--as" not in told
    assert "--minutes" not in told
    assert "example" not in told


def test_policy_owners_put_versions_in_force(world: Served, say: Say) -> None:
    """By name; whoever signs has a key of their own, and the list says how each stands."""
    add_person(world.place.directory, "petra", "policy_owner", world.place.clock)
    petra = world.token("petra", Role.POLICY_OWNER)
    assert "In shadow: undisclosed-sponsorship" in say(petra, "policy shadow", "undisclosed-sponsorship")
    assert "In force: undisclosed-sponsorship" in say(petra, "policy adopt", "undisclosed-sponsorship")
    assert "Retired: undisclosed-sponsorship" in say(petra, "policy retire", "undisclosed-sponsorship")
    listed = say(petra, "policy list")
    assert ("tiny@1.2.3 in force" in listed, "retired" in listed) == (True, True)
    assert "nothing" in say(petra, "policy retire", "nothing", code=2)


def test_webhooks_are_set_up_looked_at_and_removed(world: Served, say: Say) -> None:
    """Their secret is shown once; what is owed is in the log, and sent again."""
    ada = world.token("ada", Role.ADMIN)
    assert say(ada, "webhook list") == "Nobody is told of anything."
    added = say(ada, "webhook add", "https://hooks.example.org/x", "--event", "case.opened")
    number = added.split()[1]
    assert "is told of case.opened. Its secret is shown this once: whsec_" in added
    listed = say(ada, "webhook list")
    assert (f"{number} https://hooks.example.org/x active" in listed, "whsec_" in listed) == (True, False)
    assert say(ada, "webhook log", number) == "It was told nothing."
    assert "is sent what it is owed" in say(ada, "webhook enable", number)
    since = ("--since", "2026-01-01T00:00:00Z")
    assert "0 messages to be sent again" in say(ada, "webhook replay", number, *since)
    assert "goes with --since" in say(ada, "webhook replay", number, "--number", 1, "--arrived", code=2)
    assert f"Webhook {number} is removed." in say(ada, "webhook remove", number)
    assert say(ada, "webhook list") == "Nobody is told of anything."


def test_who_holds_an_account_has_what_is_kept_of_it(
    world: Served, say: Say, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As lines of JSON, in a file of theirs; of another's account nothing."""
    world.place.square.register_account("own", "Own")
    moon = world.token("moon", Role.ACCOUNT_HOLDER, holds=(account("own"),))
    out = tmp_path_factory.mktemp("export") / "own.jsonl"
    assert "a line for each thing" in say(moon, "account export", "square/account/own", out)
    assert json.loads(out.read_text().splitlines()[0])["subject"] == "square/account/own"
    say(moon, "account export", "square/account/news", out.with_name("news.jsonl"), code=2)
    assert not out.with_name("news.jsonl").exists()
