"""Tables on a console that is too narrow for columns: one thing below the other, and nothing cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_COLUMNS: Final = 76
"""On a console of fewer columns a table of cases, or orders, has no room for all of its own."""


def is_stacked(console: Console) -> bool:
    """Say whether there is no room for columns."""
    return console.width < _COLUMNS


def stack(rows: Iterable[tuple[int, Sequence[Text]]]) -> Table:
    """Return what is shown of each thing, line below line, beside its number; empty lines are left out."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for number, lines in rows:
        table.add_row(str(number), Text("\n").join(line for line in lines if line))
    return table
