"""Cases as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tipstaff.cli.installation import told_time

if TYPE_CHECKING:
    from rich.table import Table

    from tipstaff.api.views import CaseLine


_RULES = 3
"""How many rules of a case are named: `case show` has all."""


def cases_table(lines: Iterable[CaseLine]) -> Table:
    """Return cases as a table, in the order given."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("case", justify="right")
    table.add_column("subject", overflow="fold")
    table.add_column("posts", justify="right")
    table.add_column("severity", justify="right")
    table.add_column("rules")
    table.add_column("complaints", justify="right")
    table.add_column("due")
    table.add_column("stands")
    for one in lines:
        table.add_row(
            str(one.number),
            Text(one.subject, "bold"),
            str(one.posts),
            str(one.severity),
            _first(one.rules),
            str(one.complaints or ""),
            told_time(one.deadline) if one.deadline else "",
            Text(one.standing),
        )
    return table


def _first(rules: Sequence[str]) -> str:
    """Name the first rules, and say how many more there are."""
    more = len(rules) - _RULES
    return ", ".join((*rules[:_RULES], *((f"{more}\N{NO-BREAK SPACE}more",) if more > 0 else ())))
