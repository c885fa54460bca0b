"""Processes that screen beside each other for the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from tipstaff.bench.workers import Workers


def test_a_worker_that_dies_is_not_waited_for(tmp_path: Path) -> None:
    """A process that cannot load its policy ends the run; nobody waits for it for ever."""
    with pytest.raises(EOFError):
        Workers(tmp_path / "missing", b"{}\n", 1)
