"""Identifiers stand whole in tables, on consoles of every width: who reads them can copy them."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.table import Table

from tipstaff.actions.views import CaseLine
from tipstaff.cli.case.table import cases_table
from tipstaff.cli.identifiers import add_identifiers, identifiers

HANDLES = ("coinsign_fans", "jinshan", "a_handle_of_twenty__")
RULES = ("possible-promotion", "solicitation", "promised-returns", "token-sale")


def printed(console: Console, table: Table) -> list[str]:
    """Return the lines of a table."""
    with console.capture() as captured:
        console.print(table)
    return captured.get().splitlines()


def line(number: int, handle: str) -> CaseLine:
    """Return a case that fills its line."""
    return CaseLine(
        number=number,
        subject=f"square/account/{handle}",
        posts=17,
        severity=5,
        rules=RULES,
        complaints=12,
        deadline="2026-11-28T10:00:00+00:00",
        standing="waits for a second person",
        escalated=False,
        waits=True,
    )


@pytest.mark.parametrize("width", [80, 100, 119, 120, 200])
def test_cases_are_listed_with_their_subjects_whole(width: int) -> None:
    """In one line, or on a narrow console in two; a rule that is named is whole there as well."""
    console = Console(width=width)
    lines = printed(console, cases_table(console, [line(at, one) for at, one in enumerate(HANDLES)]))
    assert max(map(len, lines)) <= width
    words = [word for one in lines for word in one.split()]
    for handle in HANDLES:
        assert (f"square/account/{handle}" in words, handle in words) == (width >= 100, width < 100)
    assert words.count("possible-promotion,") == len(HANDLES)
    assert words.count("2026-11-28") == len(HANDLES)


def test_an_identifier_that_is_too_long_is_folded_not_cut() -> None:
    """All of it can be read."""
    console = Console(width=80)
    cell = identifiers(console, [f"square/account/{'x' * 70}/p3"])
    table = Table(box=None)
    add_identifiers(console, table, "subject", [cell])
    table.add_row(cell)
    assert "".join("".join(printed(console, table)).split()) == f"subjectsquare/account/{'x' * 70}/p3"
