"""Identifiers in tables: whole, so that they can be copied; it is the other columns that are folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_MOST: Final = 48
_MOST_NARROW: Final = 24
"""The columns that an identifier may take, and on a narrow console; one that is longer is folded."""

_NARROW: Final = 100
"""On a console of fewer columns identifiers go on in a second line, behind HOST/KIND/."""


def is_narrow(console: Console) -> bool:
    """Say whether identifiers are to take as few columns as they can."""
    return console.width < _NARROW


def identifiers(console: Console, names: Sequence[str]) -> str:
    """Return identifiers as the text of a cell, a line each, or two on a narrow console."""
    if not is_narrow(console):
        return "\n".join(names)
    return "\n".join("\n".join(filter(None, _parts(name))) for name in names)


def add_identifiers(console: Console, table: Table, heading: str, cells: Sequence[str]) -> None:
    """Add the column of such cells; it is given the room that the longest line of them takes."""
    from rich.cells import cell_len

    lines = [heading, *(line for cell in cells for line in cell.splitlines())]
    most = _MOST_NARROW if is_narrow(console) else _MOST
    table.add_column(heading, width=min(most, max(map(cell_len, lines))), overflow="fold")


def _parts(name: str) -> tuple[str, str]:
    """Part an identifier behind its host and kind, if it has them."""
    before, rest = "/".join(name.split("/", 2)[:2]), name.split("/", 2)[2:]
    return (f"{before}/", rest[0]) if rest else (name, "")
