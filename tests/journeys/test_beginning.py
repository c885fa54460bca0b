"""`tipstaff init` makes an installation whole, or leaves nothing behind; what is wrong it says at once."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from desks import InjectedError
from policies import MINIMAL, load_policy, write_policy
from saying import Say, saying

from tipstaff.assembly.casework import install
from tipstaff.base.errors import InputError
from tipstaff.storage import installation

ORIGIN = ("--origin", "example.org/log")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return where the installation is to be."""
    return tmp_path / "here"


@pytest.fixture
def say(here: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command."""
    return saying(here, capsys)


@pytest.fixture
def _no_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a policy is loaded: that takes seconds."""

    def load(name: str) -> None:
        pytest.fail(f"{name} was loaded before what is wrong was told")

    monkeypatch.setattr("tipstaff.screening.load.load_policy", load)


@pytest.mark.usefixtures("_no_policy")
def test_what_is_wrong_is_told_before_anything_is_made(say: Say, here: Path, tmp_path: Path) -> None:
    """A name that no ledger can have, settings that cannot be, a place where something is."""
    assert "without spaces and plus signs" in say("init", "--origin", "坏 名字", code=2)
    (tmp_path / "settings.toml").write_text("hold_ours = 3")
    wrong = say("init", *ORIGIN, "--settings", tmp_path / "settings.toml", code=2)
    assert "did you mean hold_hours?" in wrong
    assert not here.exists()
    here.mkdir()
    (here / "letter").write_text("mine")
    assert "is not empty" in say("init", *ORIGIN, code=2)
    assert [path.name for path in here.iterdir()] == ["letter"]
    (here / "letter").rename(tmp_path / "letter")
    here.rmdir()
    here.write_text("a file")
    assert f"{here} cannot be a directory: Not a directory" in say("init", *ORIGIN, code=2)


def test_a_policy_that_is_wrong_leaves_nothing(say: Say, here: Path, tmp_path: Path) -> None:
    """The same command with another one goes on."""
    broken = write_policy(tmp_path / "broken", {**MINIMAL, "policy.toml": "name = 3"})
    say("init", *ORIGIN, "--policy", broken, code=2)
    assert not here.exists()
    say("init", *ORIGIN, "--policy", write_policy(tmp_path / "policy", MINIMAL))
    assert "All is well" in say("doctor")


def test_what_dies_half_way_leaves_nothing(here: Path, tmp_path: Path) -> None:
    """Wherever it does; a directory that was there stays, and the same command again begins it."""
    policy = load_policy(write_policy(tmp_path / "policy", MINIMAL))
    here.mkdir()
    for number in count(1):
        left = number

        def clock() -> int:
            nonlocal left
            left -= 1
            if not left:
                raise InjectedError
            return 1_790_000_000

        try:
            install(here, "example.org/log", clock, policies=[policy])
        except InjectedError:
            assert not list(here.iterdir())
        else:
            assert number > 1
            break


def test_of_two_who_begin_at_once_one_goes_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one takes nothing away from it."""
    with installation.create(here):
        monkeypatch.setattr(installation, "check_empty", lambda _directory: None)
        with pytest.raises(InputError, match="is being made by another process"):
            install(here, "example.org/log")
    assert {path.name for path in here.iterdir()} == {"people", "policies", "passphrase", "pseudonyms"}
