"""What a command says once it has done what was asked: that it is done, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from policies import MINIMAL, example, group, rule, signal, write_policy

from tipstaff.actions.views import view_of
from tipstaff.assembly.casework import open_desk
from tipstaff.cli.installation import told_time
from tipstaff.cli.main import main

POLICY = {
    "policy.toml": f"{MINIMAL['policy.toml']}\n[reversals]\nsecond_person = ['close_account']\n",
    "signals/signals.toml": signal("lexicon", "offer", terms="offer.csv"),
    "signals/offer.csv": group("buy mooncoin"),
    "rules.toml": rule("offer", "offer > 0"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}
HARBOUR, LIGHT = "square/account/moonharbor", "square/account/starlight"
ALICE, BOB, CHEN, DONG = (("--as", name) for name in ("alice", "bob", "chen", "dong"))
CLOSE = ("--measure", "close_account", "--waive-hearing", "grave_harm", "--reasons", "假币诈骗")
BLOCK = ("--measure", "block_content", "--skip-rungs", "grave_harm")
DUE = "2099-01-01T00:00:00+00:00"
Say = Callable[..., str]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return where the installation is."""
    return tmp_path / "here"


@pytest.fixture
def say(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on an installation where a post was found."""

    def run(command: str, *arguments: object, code: int = 0) -> str:
        capsys.readouterr()
        assert main([*command.split(), str(here), *map(str, arguments)]) == code
        told = capsys.readouterr()
        return told.out + told.err

    run("init", "--origin", "example.org/log", "--policy", write_policy(tmp_path / "policy", POLICY))
    for name in ("alice", "bob"):
        run("person", name)
    for name in ("chen", "dong"):
        run("person", name, "--role", "clerk")
    assert run("square account", "moonharbor", "月港快讯") == f"{HARBOUR} is open.\n"
    run("square account", "starlight", "Starlight")
    run("square post", "moonharbor", "buy mooncoin")
    found = run("case find")
    assert "1 post screened, 1 case with something new" in found
    assert f"Next: tipstaff case show {here} 1\n" in found
    return run


def test_a_decision_that_waits_for_another_person_says_so(say: Say, here: Path) -> None:
    """Where it is signed, and where the case is shown, with what was ordered and why."""
    signed = say("case decide", 1, *ALICE, *CLOSE, "--delay", 60)
    assert "another person must confirm it" in signed
    assert f"Next: tipstaff case confirm {here} 1 1 --as NAME\n" in signed
    assert f"for 60 seconds: tipstaff case take-back {here} 1 1 --as alice\n" in signed
    assert "Decision 1 is taken back" in say("case take-back", 1, 1, *ALICE)
    say("case decide", 1, *ALICE, *CLOSE)
    shown = say("case show", 1)
    assert "reasons: 假币诈骗" in shown
    assert f"apply close_account on {HARBOUR}: waits for another person to confirm it" in shown
    assert f"Next: tipstaff worker {here} --drain\n" in say("case confirm", 1, 1, *BOB)
    assert f"apply close_account on {HARBOUR}: not stated yet" in say("case show", 1)
    say("worker", "--drain")
    shown = say("case show", 1)
    assert f"apply close_account on {HARBOUR}: applied" in shown
    assert "not stated yet" not in shown


def test_a_decision_of_one_person_goes_to_a_worker(say: Say, here: Path) -> None:
    """What is told to the same people in the same words is shown once, with how often it was told."""
    for _ in range(2):
        say("square post", "moonharbor", "buy mooncoin")
    say("case find")
    posts = [part for number in (3, 4, 5) for part in ("--post", f"p{number}")]
    signed = say("case decide", 1, *ALICE, *BLOCK, *posts, "--reasons", "假币诈骗")
    assert signed.endswith(f"a worker appends it and carries it out.\nNext: tipstaff worker {here} --drain\n")
    say("worker", "--drain")
    assert "decision 1 needs no second person" in say("case confirm", 1, 1, "--as", "bob", code=2)
    shown = say("case show", 1)
    assert "Told to the readers, 3 times:" in shown
    told = [shown.count(text) for text in ("内容已被屏蔽：square/account/moonharbor", "内容已被屏蔽（依据：")]
    assert told[1] == 1, "the readers, in the same words each time"
    assert told[0], "and the account, on what"


def test_an_appeal_is_shown_to_who_judges_it(say: Say, here: Path) -> None:
    """What the account holder says, and what it was told."""
    say("case decide", 1, *ALICE, *BLOCK, "--post", "p3", "--reasons", "假币诈骗")
    say("worker", "--drain")
    taken_in = say("appeal file", 1, 1, "--text", "这是新闻")
    assert f"Next: tipstaff appeal rule {here} 1 1 --as NAME" in taken_in
    assert "这是新闻" in say("case show", 1)
    judged = say("appeal rule", 1, 1, *BOB, "--result", "varied", "--answer", "再看一次")
    assert "decision 1 is varied" in judged
    assert "--instead-of 1" in judged
    assert "bob answered: 再看一次" in say("case show", 1)


def test_a_reversal_that_waits_for_another_person_says_so(say: Say, here: Path) -> None:
    """Where it is judged, shown and listed; then who complained is told, and the complaint counts no more."""
    for name in ("carol", "dora"):
        say("person", name)
    say("complaint file", HARBOUR, "--as", "square/reader/rae", "--reason", "fraud", "--text", "骗子")
    say("case decide", 1, *ALICE, *CLOSE)
    assert "waits for a second person" in " ".join(say("case list", "--waiting").split())
    say("case confirm", 1, 1, *BOB)
    assert say("case list", "--waiting") == "There are no cases that wait.\n"
    say("worker", "--drain")
    assert "1 upheld" in say("complaint list", 1)
    say("appeal file", 1, 1, "--text", "这是新闻")
    judged = say("appeal rule", 1, 1, "--as", "carol", "--result", "reversed", "--answer", "成立")
    assert "Nothing is undone before another person has confirmed it." in judged
    assert f"Next: tipstaff appeal confirm {here} 1 1 --as NAME\n" in judged
    assert f"Where all have had a part in it: tipstaff person {here} NAME\n" in judged
    say("worker", "--drain")
    shown = say("case show", 1)
    assert "appealed against, waits for a second person" in shown
    assert "appeal: reversed, waits for another person to confirm it" in shown
    assert "waits for a second person" in " ".join(say("case list", "--waiting").split())
    confirmed = say("appeal confirm", 1, 1, "--as", "dora")
    assert "The result of the appeal against decision 1 is confirmed by dora." in confirmed
    assert f"Next: tipstaff worker {here} --drain\n" in confirmed
    say("worker", "--drain")
    shown = say("case show", 1)
    assert "confirmed by dora" in shown
    assert f"lift close_account on {HARBOUR}: lifted" in shown
    listed = say("complaint list", 1)
    assert "upheld, but an appeal has undone that: it does not count" in listed
    assert "0 upheld, 0 dismissed, 0 abusive" in listed


def test_who_is_to_be_heard_is_told_how(say: Say, here: Path) -> None:
    """With a policy that is named, where nothing was found."""
    complaint = ("--as", "square/reader/rae", "--reason", "fraud", "--text", "骗子")
    say("complaint file", LIGHT, *complaint)
    propose = ("case propose", 2, *ALICE, "--measure", "close_account", "--text", "冒名")
    assert "`--policy`, `--provision`" in say(*propose, code=2)
    proposed = say(*propose, "--policy", "tiny", "--provision", "house-1")
    assert f"tipstaff case hear {here} 2 --text TEXT" in proposed
    assert "reasons: 冒名" in say("case show", 2)
    assert "can be decided now" in say("case hear", 2, "--text", "不是我")


def test_a_provision_is_one_of_its_policy(say: Say) -> None:
    """What a decision cites is told to the account holder and stands on the ledger: a slip is refused."""
    for words in (
        ("case decide", 1, *ALICE, *BLOCK, "--post", "p3", "--reasons", "假币诈骗"),
        ("case dismiss", 1, *ALICE, "--reasons", "nothing"),
        ("case propose", 1, *ALICE, "--measure", "close_account", "--text", "冒名"),
    ):
        assert "tiny@" in (refused := say(*words, "--provision", "house-l", code=2))
        assert "has no provision 'house-l': it has house-1" in refused


def test_an_order_says_what_is_left_of_it(say: Say, here: Path) -> None:
    """What is listed and shown is what it says now, and why."""
    named = [part for target in (HARBOUR, LIGHT) for part in ("--target", target)]
    order = ("--authority", "Bureau 7", "--reference", "2026/41", "--basis", "im-2014", "--scope", "account")
    entered = say(
        "order enter", *CHEN, *order, *named, "--territory", "CN", "--deadline", DUE, "--text", "关闭"
    )
    assert entered.startswith("order 2\n")
    assert f"tipstaff order confirm {here} 2 --as NAME\n" in entered
    assert f"Next: tipstaff worker {here} --drain\n" in say("order confirm", 2, *DONG)
    say("worker", "--drain")
    narrowed = ("--change", "narrowed", "--target", LIGHT, "--reasons", "申诉成立")
    amended = say("order amend", 2, *CHEN, *narrowed)
    assert f"Next: tipstaff order confirm {here} 2 --amendment 1 --as NAME\n" in amended
    assert "moonharbor" in say("order list")
    assert "Amendment 1 of order 2 is confirmed" in say("order confirm", 2, "--amendment", 1, *DONG)
    say("worker", "--drain")
    assert "moonharbor" not in say("order list")
    shown = say("order show", 2)
    assert "申诉成立" in shown
    assert f"left: {LIGHT}, in CN" in shown


def test_a_case_in_which_all_has_lapsed_is_shown_as_closed(say: Say, here: Path) -> None:
    """Where its order is, and to who asks over HTTP."""
    order = ("--authority", "Bureau 7", "--reference", "2026/41", "--basis", "im-2014", "--scope", "account")
    named = ("--target", HARBOUR, "--territory", "CN", "--deadline", DUE, "--text", "关闭")
    say("order enter", *CHEN, *order, *named)
    say("order confirm", 2, *DONG)
    say("worker", "--drain")
    dismiss = ("case dismiss", 1, *BOB, "--reasons", "没有违规")
    for command, shown in ((("case decide", 1, *ALICE, *CLOSE), "decided"), (dismiss, "closed")):
        say(*command)
        say("worker", "--drain")
        assert f"{HARBOUR}: case 1, {shown}" in say("order show", 2)
        with open_desk(here) as desk:
            assert view_of(desk, desk.cases.load(1)).stage == shown


def test_an_order_says_what_of_it_waits(say: Say) -> None:
    """For a second person: the order, then an amendment, of which the newest alone can be confirmed."""
    named = [part for target in (HARBOUR, LIGHT) for part in ("--target", target)]
    order = ("--authority", "Bureau 7", "--reference", "2026/41", "--basis", "im-2014", "--scope", "account")
    say("order enter", *CHEN, *order, *named, "--territory", "CN", "--deadline", DUE, "--text", "关闭")
    assert "waits for a second person" in " ".join(say("order list", "--waiting").split())
    say("order confirm", 2, *DONG)
    assert say("order list", "--waiting") == "There are no orders that wait.\n"
    assert "not on the ledger yet" in " ".join(say("order list").split())
    say("worker", "--drain")
    for target in (LIGHT, HARBOUR):
        say("order amend", 2, *CHEN, "--change", "narrowed", "--target", target, "--reasons", "申诉成立")
    assert "in force; an amendment waits" in " ".join(say("order list", "--waiting").split())
    shown = say("order show", 2)
    assert "amendment 1 by chen: narrowed, replaced by amendment 2" in shown
    assert "amendment 2 by chen: narrowed, waits for a second person" in shown
    assert "was replaced by amendment 2" in say("order confirm", 2, "--amendment", 1, *DONG, code=2)
    say("order confirm", 2, "--amendment", 2, *DONG)
    assert "amendment 2 by chen: narrowed, not on the ledger yet" in say("order show", 2)
    say("worker", "--drain")
    assert "amendment 2 by chen: narrowed, in force" in say("order show", 2)


def test_the_log_of_an_installation_is_named(
    say: Say, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever means the installation is told where its log is, and that an audit reads an export."""
    assert f"is an installation: its log is {here / 'ledger'}" in say("ledger show", code=2)
    trust = str(here / "ledger" / "trust.json")
    for named in (here, here / "ledger"):
        assert main(["ledger", "audit", str(named), "--trust", trust]) == 2
        assert f"`tipstaff ledger export {here / 'ledger'} OUT` makes what" in capsys.readouterr().err


@pytest.mark.usefixtures("say")
def test_an_audit_of_another_folder_finds_no_fault(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the folder that is wrong where nothing of a log is in it; where anything is, it is the log."""
    out, trust = tmp_path / "out", ("--trust", here / "ledger" / "trust.json")

    def audit(code: int) -> str:
        capsys.readouterr()
        assert main(["ledger", "audit", str(out), *map(str, trust)]) == code
        told = capsys.readouterr()
        return told.out + told.err

    out.mkdir()
    assert "is no folder of an exported log: it has no checkpoint, no tile, no statements" in audit(2)
    assert main(["ledger", "export", str(here / "ledger"), str(out)]) == 0
    assert "sound" in audit(0)
    (out / "log.db").touch()  # whoever serves it turns no audit away by that
    assert "sound" in audit(0)
    (out / "checkpoint").unlink()
    assert "fault (checkpoint): the file is missing" in audit(1)


def test_a_reader_is_told_how_readers_are_written(say: Say) -> None:
    """Who complains under a bare name is no person who is to be brought in."""
    complaint = ("--reason", "fraud", "--text", "骗子")
    refused = say("complaint file", LIGHT, "--as", "lily", *complaint, code=2)
    assert "'lily' is no name of a reader: write HOST/reader/NAME" in refused
    say("complaint file", LIGHT, "--as", "square/reader/lily", *complaint)


def test_cases_and_orders_share_a_row_of_numbers(say: Say, here: Path) -> None:
    """Who takes one for the other is told which it is, by every command; what is neither is not there."""
    order = ("--authority", "Bureau 7", "--reference", "2026/41", "--basis", "im-2014", "--scope", "account")
    named = ("--target", HARBOUR, "--territory", "CN", "--deadline", DUE, "--text", "关闭")
    say("order enter", *CHEN, *order, *named)
    an_order = f"tipstaff: there is no case 2, it is an order: tipstaff order show {here} 2\n"
    a_case = f"tipstaff: there is no order 1, it is a case: tipstaff case show {here} 1\n"
    for words in (
        ("case show", 2),
        ("case claim", 2, *ALICE),
        ("complaint list", 2),
        ("appeal file", 2, 1, "--text", "x"),
    ):
        assert say(*words, code=2) == an_order
    for words in (("order show", 1), ("order confirm", 1, *DONG)):
        assert say(*words, code=2) == a_case
    assert say("case show", 9, code=2) == "tipstaff: there is no case 9\n"
    assert say("order show", 9, code=2) == "tipstaff: there is no order 9\n"


def test_what_an_order_is_about_stands_whole(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reference and accounts, in a list on a terminal of 80 columns, where a name begins a line."""
    order = ("--authority", "Yunbu Public Information Authority", "--reference", "YPIA-2026-117")
    scope = ("--basis", "im-2014", "--scope", "account", "--territory", "CN", "--deadline", DUE)
    say("order enter", *CHEN, *order, *scope, "--target", HARBOUR, "--target", LIGHT, "--text", "关闭")
    monkeypatch.setenv("COLUMNS", "80")
    listed = say("order list")
    assert max(map(len, listed.splitlines())) <= 80
    words = listed.split()
    for word in ("YPIA-2026-117", "square/account/", "moonharbor", "starlight", "2099-01-01", "territory"):
        assert word in words


def test_what_is_one_is_told_as_one(say: Say) -> None:
    """A strike, a post, a statement that waits."""
    say("case decide", 1, *ALICE, *BLOCK, "--post", "p3", "--reasons", "假币诈骗")
    rotated = say("person", "alice", "--rotate")
    assert "1 statement under the old one waits for the ledger: once a worker has appended it, the" in rotated
    refused = say("person", "alice", "--revoke", code=2)
    assert "1 statement of alice waits for the ledger: let a worker append it first, or have it" in refused
    say("worker", "--drain")
    assert "1 live strike by the ladder of" in say("account show", HARBOUR)


def test_a_claim_says_until_when(say: Say, here: Path) -> None:
    """For whoever else wants to decide the case."""
    say("case claim", 1, *ALICE)
    with open_desk(here) as desk:
        claim = desk.cases.load(1).claim
    assert claim is not None
    assert f"Claimed by alice until {told_time(claim.until)}\n" in say("case show", 1)


def test_all_lines_of_an_answer_stand_below_its_complaint(say: Say) -> None:
    """The account of one complaint ends where the next begins, at the margin."""
    reader = "square/reader/rae"
    say("complaint file", HARBOUR, "--as", reader, "--reason", "fraud", "--text", "骗子\n两次")
    say("case decide", 1, *ALICE, *BLOCK, "--post", "p3", "--reasons", "假币诈骗")
    say("worker", "--drain")
    first, *below = say("complaint show", reader).splitlines()
    assert first.startswith("Case 1, complaint 1")
    assert below[:2] == ["  骗子", "  两次"]
    assert below[2].startswith("  answered: ")
    assert len(below) > 3
    assert all(line.startswith("    ") for line in below[3:])
