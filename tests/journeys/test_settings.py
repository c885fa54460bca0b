"""An installation does as its settings say; options go before them."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from policies import example, group, rule, signal, write_policy

from tipstaff.assembly.casework import open_desk
from tipstaff.casework.case import Case
from tipstaff.cli.main import main

POLICY = {
    "signals/signals.toml": signal("lexicon", "offer", terms="offer.csv"),
    "signals/offer.csv": group("buy mooncoin"),
    "rules.toml": rule("offer", "offer > 0"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}
Begin = Callable[[str], "Say"]
Say = Callable[..., str]


@pytest.fixture
def begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Begin:
    """Return what begins an installation with settings, and an account that advertises."""

    def make(settings: str) -> Say:
        (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")

        def say(command: str, *arguments: object, code: int = 0) -> str:
            capsys.readouterr()
            assert main([*command.split(), str(tmp_path / "here"), *map(str, arguments)]) == code
            told = capsys.readouterr()
            return " ".join((told.out + told.err).split())

        policy = write_policy(tmp_path / "policy", POLICY)
        given = ("--settings", tmp_path / "settings.toml")
        say("init", "--origin", "example.org/log", "--policy", policy, *given)
        say("person", "alice")
        say("square account", "moonharbor", "Moon Harbor")
        say("square post", "moonharbor", "buy mooncoin")
        return say

    return make


def case(tmp_path: Path) -> Case:
    """Return the case."""
    with open_desk(tmp_path / "here") as desk:
        return desk.cases.load(1)


def test_commands_do_as_it_is_set(begin: Begin, tmp_path: Path) -> None:
    """Claims, holds, hearings, take-backs and retention; the file is for its owner alone."""
    say = begin(
        "claim_minutes = 3\nhold_severity = 1\nhold_hours = 5\nhearing_hours = 7\ndecision_delay = 600\n"
        "retention_days = 1\n"
    )
    assert stat.S_IMODE((tmp_path / "here" / "tipstaff.toml").stat().st_mode) == 0o600
    say("case find")
    (hold,) = case(tmp_path).decisions
    assert hold.said.measures[0].until == hold.at + 5 * 3600
    say("case claim", 1, "--as", "alice")
    with open_desk(tmp_path / "here") as desk:
        claim = case(tmp_path).claim
        assert claim is not None
        assert 0 <= desk.clock() + 180 - claim.until < 60
    say("case propose", 1, "--as", "alice", "--measure", "close_account", "--text", "x")
    proposal = case(tmp_path).proposal
    assert proposal is not None
    with open_desk(tmp_path / "here") as desk:
        assert 0 <= desk.clock() + 7 * 3600 - proposal.said.until < 60
    say("case decide", 1, "--as", "alice", "--measure", "warn", "--reasons", "ad")
    decision = case(tmp_path).decisions[-1]
    assert decision.said.due == decision.at + 600
    assert "0 texts" in say("retain")
    say("case take-back", 1, 2, "--as", "alice")
    say("case decide", 1, "--as", "alice", "--measure", "warn", "--reasons", "ad", "--delay", 0)
    assert case(tmp_path).decisions[-1].said.due == case(tmp_path).decisions[-1].at
    assert "All is well" in say("doctor", "--minutes", 100), "the file is a part of the installation"


def test_wrong_settings_stop_everything(begin: Begin, tmp_path: Path) -> None:
    """Before anything is done, and before anything is made."""
    say = begin("")
    (tmp_path / "here" / "tipstaff.toml").write_text("hold_ours = 3")
    told = say("case find", code=2)
    assert "tipstaff.toml:1: there is no setting 'hold_ours'; did you mean hold_hours?" in told
