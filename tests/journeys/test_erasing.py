"""What complainants wrote, and what an order says, is erased: views say so, and are the same made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from saying import Say, saying

from tipstaff.actions.texts import complaint_key
from tipstaff.assembly.casework import drain, open_desk
from tipstaff.assembly.doctor import examine
from tipstaff.assembly.ledger import read_store, system_clock
from tipstaff.assembly.rebuild import rebuild_all
from tipstaff.ledger.statement import parse

ACCOUNT = "square/account/moonharbor"
RAE, SAM = "square/reader/rae", "square/reader/sam"
WORDS = ("骗了我三千块", "我也被骗了", "关闭该帐号。", "令状扫描件", "不再需要")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on an installation: two complaints about a post, and an order about it."""
    here = tmp_path / "here"
    run = saying(here, capsys)
    run("init", "--origin", "example.org/log")
    for person in ("alice", "bob"):
        run("person", person)
    for clerk in ("chen", "dong"):
        run("person", clerk, "--role", "clerk")
    run("square account", "moonharbor", "Moon Harbor")
    run("square post", "moonharbor", "稳赚不赔！跟单买币月收益30%")
    for who, text in ((RAE, WORDS[0]), (SAM, WORDS[1])):
        run("complaint file", f"{ACCOUNT}/p2", "--as", who, "--reason", "fraud", "--text", text)
    document = tmp_path / "order.pdf"
    document.write_text(WORDS[3], encoding="utf-8")
    run(
        "order enter", "--as", "chen", "--authority", "Bureau 7", "--reference", "2026/41",
        "--basis", "im-2014", "--scope", "content", "--target", f"{ACCOUNT}/p2", "--territory", "CN",
        "--deadline", "2099-01-01T00:00:00+08:00", "--text", WORDS[2], "--attachment", document,
    )  # fmt: skip
    run("order confirm", 2, "--as", "dong")
    run("worker", "--drain")
    return run


def decide(say: Say) -> None:
    """Have the order carried out; it is reported on, and the complaints are answered."""
    block = ("--measure", "block_content", "--post", "p2", "--order", 2, "--policy", "crypto-promotion")
    more = ("--skip-rungs", "order", "--provision", "trading-2026")
    say("case decide", 1, "--as", "alice", *block, *more, "--reasons", "依令屏蔽")
    say("worker", "--drain")


def views(say: Say) -> list[str]:
    """Return all that is shown."""
    return [
        say("case show", 1), say("complaint list", 1), say("order show", 2), say("order list"),
        say("complaint show", RAE), say("complaint show", SAM), say("case list"),
    ]  # fmt: skip


def test_what_a_complainant_wrote_is_erased_when_they_ask(say: Say, tmp_path: Path) -> None:
    """Not while the case needs it; then theirs alone, which they can see before."""
    assert f"{WORDS[0]}" in say("complaint show", RAE)
    assert "about p2: not answered yet" in say("complaint show", RAE)
    assert "nothing is erased: case 1 is open" in say("complaint erase", RAE, code=2)
    decide(say)
    shown = say("complaint show", RAE)
    assert "about p2: upheld" in shown
    assert "answered: 投诉 1：你的投诉成立" in shown
    assert WORDS[1] not in shown
    assert "2 texts are erased; a worker states it." in say("complaint erase", RAE)
    say("worker", "--drain")
    found = views(say)
    assert f"2 texts of {RAE} were erased on" in found[0]
    assert "(erased) answered: (erased)" in found[4]
    assert WORDS[1] in found[0]
    assert not any(WORDS[0] in one for one in found)
    with read_store(tmp_path / "here" / "ledger") as (store, _):
        (erasure,) = (one for one in map(parse, store.statements(0, store.size)) if one.kind == "erasure")
    assert erasure.claims == {"kind": "complainant/request", "count": 2}
    assert "Nothing is kept of what they wrote." in say("complaint erase", RAE)
    nobody = "square/reader/nobody"
    assert f"{nobody} has complained of nothing" in say("complaint erase", nobody, code=2)
    assert f"{nobody} has complained of nothing." in say("complaint show", nobody)


def test_what_is_refused_is_not_kept(say: Say, tmp_path: Path) -> None:
    """An appeal against what is not there, and a second complaint about the same post."""
    key = complaint_key(RAE, 1)
    with open_desk(tmp_path / "here") as desk:
        before = desk.vault.count(ACCOUNT), desk.vault.count(key)
    assert "has no decision 7" in say("appeal file", 1, 7, "--text", "my name is Li", code=2)
    again = (f"{ACCOUNT}/p2", "--as", RAE, "--reason", "fraud", "--text", "again")
    assert "you have complained of this already" in say("complaint file", *again, code=2)
    with open_desk(tmp_path / "here") as desk:
        assert (desk.vault.count(ACCOUNT), desk.vault.count(key)) == before


def test_what_complainants_are_told_of_an_appeal_is_theirs(say: Say) -> None:
    """They see it, and it is erased when they ask."""
    decide(say)
    say("appeal file", 1, 1, "--text", "x")
    say("worker", "--drain")
    say("appeal rule", 1, 1, "--as", "bob", "--result", "reversed", "--answer", "x")
    say("worker", "--drain")
    assert "p2：对第 1 号决定的申诉已有结果：撤销原决定" in say("complaint show", RAE)
    assert "3 texts are erased; a worker states it." in say("complaint erase", RAE)
    assert "told after an appeal: (erased)" in say("complaint show", RAE)


@pytest.mark.parametrize("by_worker", [False, True])
def test_everything_is_erased_in_time(say: Say, tmp_path: Path, *, by_worker: bool) -> None:
    """By a worker as by `retain`: the case, its complaints, the order with document and report."""
    decide(say)
    here, later = tmp_path / "here", 366 * 86_400 if by_worker else 0

    def clock() -> int:
        return system_clock() + later

    if by_worker:
        assert drain(here, clock).trouble == ()
    else:
        assert "texts of 0 cases and 1 order are erased; a worker states it." in say("retain", "--days", 0)
        say("appeal file", 1, 1, "--text", "x")
        say("worker", "--drain")
        say("appeal rule", 1, 1, "--as", "bob", "--result", "upheld", "--answer", "x")
        say("worker", "--drain")
        assert "texts of 1 case and 0 orders are erased; a worker states it." in say("retain", "--days", 0)
        assert "0 texts of 0 cases and 0 orders are erased." in say("retain", "--days", 0)
        say("worker", "--drain")
    found = views(say)
    assert "3 texts were erased on" in found[2]
    assert "reported, erased" in found[2]
    assert "UTC: (erased)" in found[2].partition("Reported to the authority")[2]
    assert "reported, erased" in found[3]
    assert "(retention)" in found[0]
    for word in (*WORDS, "依令屏蔽", "稳赚不赔", "投诉成立", "执行情况报告"):
        assert not any(word in one for one in found), word
    assert rebuild_all(here, clock) == []
    assert views(say) == found
    assert examine(here, clock=clock) == []
