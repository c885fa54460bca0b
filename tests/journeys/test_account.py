"""What is kept about an account: shown to reviewers, given to who holds it, and erased."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from policies import example, group, rule, signal, write_policy
from saying import Say, saying

from tipstaff.assembly.casework import open_desk
from tipstaff.assembly.ledger import read_store
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.cli.main import main
from tipstaff.ledger.statement import parse

POLICY = {
    "signals/signals.toml": signal("lexicon", "offer", terms="offer.csv"),
    "signals/offer.csv": group("buy mooncoin"),
    "rules.toml": rule("offer", "offer > 0"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}
ACCOUNT = "square/account/moonharbor"
TEXT = "buy mooncoin with wx_moon66"
WORDS = ("这是新闻，不是推广", "招揽读者买币", "骗了我三千块", "维持原判断", "内部笔记")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on an installation where a post was complained of and blocked."""
    here = tmp_path / "here"
    run = saying(here, capsys)
    run("init", "--origin", "example.org/log", "--policy", write_policy(tmp_path / "policy", POLICY))
    for person in ("alice", "bob"):
        run("person", person)
    run("square account", "moonharbor", "Moon Harbor")
    run("square app", "signer", "Signer", "--publisher", "Paper")
    run("square post", "moonharbor", TEXT)
    complaint = ("--as", "square/reader/rae", "--reason", "fraud", "--text", WORDS[2])
    run("complaint file", f"{ACCOUNT}/p3", *complaint)
    run("case find")
    run("case note", 1, "--as", "alice", "--text", WORDS[4])
    block = ("--measure", "block_content", "--post", "p3", "--skip-rungs", "grave_harm")
    run("case decide", 1, "--as", "alice", *block, "--reasons", WORDS[1])
    run("worker", "--drain")
    return run


def appeal(say: Say) -> None:
    """Have the decision appealed against, and the appeal judged."""
    say("appeal file", 1, 1, "--text", WORDS[0])
    say("appeal rule", 1, 1, "--as", "bob", "--result", "upheld", "--answer", WORDS[3])
    say("worker", "--drain")


def test_an_account_is_shown(say: Say, tmp_path: Path) -> None:
    """Its profile, its case, its strikes, and what is in force on it with the place of its statement."""
    told = say("account show", ACCOUNT)
    for part in ("Moon Harbor", "Case 1: carried out", "strike by decision 1", "block_content p3"):
        assert part in told
    (position,) = re.findall(rf"A receipt: tipstaff ledger prove {tmp_path}/here/ledger (\d+)", told)
    assert main(["ledger", "prove", str(tmp_path / "here" / "ledger"), position]) == 0
    say("appeal file", 1, 1, "--text", WORDS[0])
    say("appeal rule", 1, 1, "--as", "bob", "--result", "reversed", "--answer", WORDS[3])
    say("worker", "--drain")
    told = say("account show", ACCOUNT)
    assert "0 live strikes" in told
    assert "No measure is in force on it." in told


def test_an_app_is_shown(say: Say) -> None:
    """As an account is; one is not taken for the other."""
    told = say("app show", "square/app/signer")
    assert "Paper" in told
    assert "There is no case about it." in told
    assert "is no app: write HOST/app/NAME" in say("app show", ACCOUNT, code=2)
    assert "is no account" in say("account show", f"{ACCOUNT}/p3", code=2)
    assert "nobody" in say("account show", "square/account/nobody", code=2)


def test_who_holds_an_account_gets_all_of_it(say: Say, tmp_path: Path) -> None:
    """Profile, posts, what was decided, carried out and told, the appeal; nothing of who complained."""
    appeal(say)
    out = tmp_path / "out.json"
    assert "1 post, 1 decision" in say("account export", ACCOUNT, out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    written = out.read_text(encoding="utf-8")
    for kept_back in ("rae", WORDS[2], WORDS[4], "alice", "bob"):
        assert kept_back not in written
    found = json.loads(written)
    assert found["profile"]["name"] == "Moon Harbor"
    assert [post["text"] for post in found["posts"]] == [TEXT]
    assert [(one["rule"], one["text"]) for one in found["found"]] == [("offer", TEXT)]
    assert [(one["reason"], one["outcome"]) for one in found["complaints"]] == [("fraud", "upheld")]
    (decision,) = found["decisions"]
    assert (decision["by"], decision["policy"], decision["reasons"]) == ("reviewer", "tiny 1.2.3", WORDS[1])
    assert decision["measures"] == [
        {"kind": "block_content", "territory": "world", "posts": ["p3"], "start": None, "until": None}
    ]
    (done,) = decision["carried_out"]
    assert (done["direction"], done["kind"], done["on"], done["seen"]) == (
        "apply",
        "block_content",
        "p3",
        "applied",
    )
    assert isinstance(done["statement"]["position"], int)
    assert (decision["appeal"]["text"], decision["appeal"]["answer"]) == (WORDS[0], WORDS[3])
    assert {one["audience"] for one in found["told"]} == {"account", "readers"}
    assert any("申诉" in one["text"] for one in found["told"])
    assert "cannot be made" in say("account export", ACCOUNT, out, code=2)


def test_texts_are_erased_for_good(say: Say, tmp_path: Path) -> None:
    """Not while an appeal is open; then the case says so, and so does the ledger."""
    say("appeal file", 1, 1, "--text", WORDS[0])
    assert "has an appeal that is not settled yet" in say("account erase", ACCOUNT, code=2)
    say("appeal rule", 1, 1, "--as", "bob", "--result", "upheld", "--answer", WORDS[3])
    say("worker", "--drain")
    subject = Subject("square", SubjectKind.ACCOUNT, "moonharbor")
    with open_desk(tmp_path / "here") as desk:
        count = desk.vault.count(str(subject))
    assert count > 6
    assert f"{count} texts are erased; a worker states it." in say("account erase", ACCOUNT)
    say("worker", "--drain")
    shown = say("case show", 1)
    assert f"{count} texts were erased on" in shown
    assert "p3 (erased)" in shown
    for word in (TEXT, WORDS[0], WORDS[1], WORDS[3], WORDS[4]):
        assert word not in shown
    with read_store(tmp_path / "here" / "ledger") as (store, _):
        (erasure,) = (one for one in map(parse, store.statements(0, store.size)) if one.kind == "erasure")
    assert erasure.claims == {"kind": "account/request", "count": count}
    out = tmp_path / "out.json"
    say("account export", ACCOUNT, out)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["erased"] == count
    assert {one["text"] for one in (*found["found"], *found["told"])} == {"(erased)"}
    assert "Nothing is kept about it." in say("account erase", ACCOUNT)


def test_what_is_past_its_time_is_erased(say: Say) -> None:
    """Not before, nor while it can be appealed against; nor days before it was settled."""
    assert "--days takes a number from 0" in say("retain", "--days", -1, code=2)
    assert "0 texts of 0 cases" in say("retain", "--days", 0)
    say("appeal file", 1, 1, "--text", WORDS[0])
    say("worker", "--drain")
    say("appeal rule", 1, 1, "--as", "bob", "--result", "upheld", "--answer", WORDS[3])
    say("worker", "--drain")
    assert "0 texts of 0 cases" in say("retain")
    assert "texts of 1 case and 0 orders are erased; a worker states it." in say("retain", "--days", 0)
    assert "(retention)" in say("account show", ACCOUNT)


def test_an_answer_in_a_hearing_is_given_back(say: Say, tmp_path: Path) -> None:
    """While it is open, and with the decision that came after it."""
    say("case propose", 1, "--as", "alice", "--measure", "warn", "--text", "拟警告")
    assert "has a proposal that was not decided on yet" in say("account erase", ACCOUNT, code=2)
    say("case hear", 1, "--text", "我们没有收钱")
    out = tmp_path / "first.json"
    say("account export", ACCOUNT, out)
    assert json.loads(out.read_text(encoding="utf-8"))["answers"] == ["我们没有收钱"]
    say("case propose", 1, "--as", "alice", "--measure", "warn", "--text", "拟再警告")
    say("case hear", 1, "--text", "已经说过了")
    shown = say("case show", 1)
    told = ("拟警告", "我们没有收钱", "replaced by the next", "拟再警告", "已经说过了")
    assert [word in shown for word in told] == [True] * 5
    say("case decide", 1, "--as", "alice", "--measure", "warn", "--reasons", "警告")
    out = tmp_path / "second.json"
    say("account export", ACCOUNT, out)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [decision["answers"] for decision in found["decisions"]] == [[], ["我们没有收钱", "已经说过了"]]
    assert found["answers"] == []
    assert [word in say("case show", 1) for word in told] == [True] * 5, "a judge sees what was answered"


def test_what_complainants_are_told_is_theirs(say: Say, tmp_path: Path) -> None:
    """They hear of a decision that was reversed; the account gets what it was told itself."""
    say("appeal file", 1, 1, "--text", WORDS[0])
    say("appeal rule", 1, 1, "--as", "bob", "--result", "reversed", "--answer", WORDS[3])
    say("worker", "--drain")
    assert "Told to the complainant square/reader/rae" in say("case show", 1)
    say("account export", ACCOUNT, tmp_path / "out.json")
    written = (tmp_path / "out.json").read_text(encoding="utf-8")
    assert "rae" not in written
    assert {one["audience"] for one in json.loads(written)["told"]} == {"account", "readers"}
