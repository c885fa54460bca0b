"""What is shown of work that takes a while."""

from __future__ import annotations

import io
import sys

import pytest

from tipstaff.cli.progress import working


class _Terminal(io.StringIO):
    """A terminal that keeps what it was shown."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_a_terminal_shows_what_is_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is; the line is gone after that."""
    shown = _Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    with working("Reading the policies"):
        pass
    assert "Reading the policies" in shown.getvalue()
    assert shown.getvalue().endswith("\x1b[2K"), "the line is cleared"


def test_what_is_no_terminal_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file or a pipe gets the answer alone."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with working("Reading the policies"):
        pass
    assert capsys.readouterr() == ("", "")
