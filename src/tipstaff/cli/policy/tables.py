"""How the subcommands of `tipstaff policy` write tables and figures."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

from tipstaff.screening.evaluate import Share

_DIGITS = 12


def plain_table(*columns: str, title: str | None = None) -> Table:
    """Return an empty table; a column whose name ends in `:` holds numbers, the last may be long."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns[:-1]:
        table.add_column(
            column.rstrip(":"), justify="right" if column.endswith(":") else "left", no_wrap=True
        )
    last = columns[-1]
    table.add_column(last.rstrip(":"), justify="right" if last.endswith(":") else "left", overflow="fold")
    return table


def short(digest: str) -> str:
    """Return the beginning of a digest, enough to tell policies apart by eye."""
    return digest[:_DIGITS]


def percent(share: Share) -> Text:
    """Return a share with its interval; nothing of nothing."""
    if share.value is None:
        return Text("-", "dim")
    low, high = share.interval
    return Text(f"{share.value:.1%}").append(f" [{100 * low:.1f}-{100 * high:.1f}]", "dim")
