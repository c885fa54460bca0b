"""Cases and orders on narrow consoles: whatever the width, nothing of a line is lost."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tipstaff.actions.views import CaseLine
from tipstaff.cli.case.table import cases_table

LINE = CaseLine(
    number=17, subject="square/account/moonharbor", posts=3, severity=5, rules=("hype", "token-sale", "x"),
    complaints=2, deadline="2026-12-01T09:10:00+00:00", standing="open, waits for a second person",
    escalated=False, waits=True,
)  # fmt: skip


@pytest.mark.parametrize("width", [30, 50, 75, 76, 80, 100, 160])
def test_nothing_is_lost(width: int) -> None:
    """The number, the subject, how it stands, when it is due: be they folded, all of it is there."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(cases_table(console, [LINE]))
    assert isinstance(console.file, io.StringIO)
    told = "".join(console.file.getvalue().split())
    for part in ("17", "moonharbor", "person", "2026-12-01", "hype"):
        assert part in told, (width, console.file.getvalue())
    assert "…" not in told
