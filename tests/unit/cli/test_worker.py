"""What a worker tells whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from casebook import ACCOUNT
from desks import Office, TroubledForgetfulHost, decide, turn

from tipstaff.actions.access.memory import MemoryTrail
from tipstaff.actions.desk import Desk
from tipstaff.actions.drift import check
from tipstaff.actions.webhooks.memory import MemoryHooks
from tipstaff.actions.work import Done
from tipstaff.assembly import access, casework, webhooks
from tipstaff.casework.words import Target
from tipstaff.cli.main import main

DOWN, UP = Done(trouble=("case 1: the host is down",)), Done()
INTERRUPTED = 130


@pytest.fixture(autouse=True)
def no_webhooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody who is told of anything."""

    @contextmanager
    def open_telling(_: Path) -> Iterator[webhooks.Telling]:
        yield webhooks.Telling(Office().desk, MemoryHooks(), lambda _url, _headers, _body: 204)

    monkeypatch.setattr(webhooks, "open_telling", open_telling)


def test_a_trouble_is_told_whenever_a_turn_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A turn has it once an hour, and has it again when it comes back: nothing is left out here."""
    turns = iter([DOWN, UP, UP, DOWN, DOWN])

    @contextmanager
    def open_worker(directory: Path) -> Iterator[object]:
        assert directory == Path("here")
        yield lambda: next(turns)

    def sleep(_: float) -> None:
        if turns.__length_hint__() == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(casework, "open_worker", open_worker)
    monkeypatch.setattr("time.sleep", sleep)
    assert main(["worker", "here"]) == INTERRUPTED
    assert capsys.readouterr().out.count("the host is down") == 3


def test_what_is_in_force_twice_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check counts it, and the case says of which measure it is; where there is none, nothing is said."""
    office = Office(host=TroubledForgetfulHost)

    @contextmanager
    def open_desk(directory: Path) -> Iterator[Desk]:
        assert directory == Path("here")
        yield office.desk

    @contextmanager
    def open_worker(_: Path) -> Iterator[object]:
        yield lambda: UP

    monkeypatch.setattr(casework, "open_desk", open_desk)
    monkeypatch.setattr(casework, "open_worker", open_worker)
    monkeypatch.setattr(access, "open_trail", lambda _: nullcontext(MemoryTrail()))
    monkeypatch.setattr(casework, "check_drift", lambda _, tell: check(office.desk, tell))
    decide(office)
    turn(office)
    assert main(["worker", "here", "--check"]) == 0
    assert "more than once" not in capsys.readouterr().out
    target = Target(ACCOUNT, "m1")
    office.host._more.update((target, name) for name in office.host.read_back(target).measures)
    assert main(["worker", "here", "--check"]) == 0
    told = capsys.readouterr().out
    assert "2 measures read back, 0 have drifted" in told
    assert "1 in force more than once: `tipstaff case show` tells which" in told
    assert main(["case", "show", "here", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "apply block_content on m1: applied it was seen in force 2 times" in shown
    assert shown.count("it was seen in force") == 1
