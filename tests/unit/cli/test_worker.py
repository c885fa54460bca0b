"""What a worker tells whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tipstaff.actions.work import Done
from tipstaff.assembly import casework
from tipstaff.cli.main import main

DOWN, UP = Done(trouble=("case 1: the host is down",)), Done()
INTERRUPTED = 130


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
