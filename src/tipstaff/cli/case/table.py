"""Cases as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tipstaff.base.counted import counted
from tipstaff.cli.identifiers import add_identifiers, identifiers, is_narrow
from tipstaff.cli.installation import told_time
from tipstaff.cli.stack import is_stacked, stack

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from tipstaff.actions.views import CaseLine


_RULES, _RULES_NARROW = 3, 1
"""How many rules of a case are named, and on a narrow console: `case show` has all."""


def cases_table(console: Console, lines: Sequence[CaseLine]) -> Table:
    """Return cases as a table for a console, in the order given."""
    from rich.table import Table
    from rich.text import Text

    if is_stacked(console):
        return stack((one.number, _below(one)) for one in lines)
    most = _RULES_NARROW if is_narrow(console) else _RULES
    subjects = [identifiers(console, [one.subject]) for one in lines]
    rules = [_first(one.rules, most) for one in lines]
    words = ["\n".join(one) for one in rules]
    table = Table(box=None, pad_edge=False)
    table.add_column("case", justify="right")
    add_identifiers(console, table, "subject, rules", [*subjects, *words])
    table.add_column("posts", justify="right", no_wrap=True)
    table.add_column("severity", justify="right", no_wrap=True)
    table.add_column("complaints", justify="right", no_wrap=True)
    table.add_column("due", width=len("2026-12-01"))
    table.add_column("stands", overflow="fold")
    for one, subject, found in zip(lines, subjects, rules, strict=True):
        table.add_row(
            str(one.number),
            Text.assemble((subject, "bold"), "\n" if found else "", (" ".join(found), "dim")),
            str(one.posts),
            str(one.severity),
            str(one.complaints or ""),
            told_time(one.deadline) if one.deadline else "",
            Text(one.standing),
        )
    return table


def _below(one: CaseLine) -> list[Text]:
    """Return a case as lines, what it is about and how it stands on top."""
    from rich.text import Text

    counts = f"{counted(one.posts, 'post')}, severity {one.severity}"
    complaints = f", {counted(one.complaints, 'complaint')}" if one.complaints else ""
    due = f", due {told_time(one.deadline)}" if one.deadline else ""
    rules = " ".join(_first(one.rules, _RULES_NARROW))
    return [
        Text(one.subject, "bold"), Text(one.standing), Text(f"{counts}{complaints}{due}"), Text(rules, "dim")
    ]  # fmt: skip


def _first(rules: Sequence[str], most: int) -> list[str]:
    """Name the first rules, and say how many more there are; each ends with a comma but the last."""
    more = len(rules) - most
    told = [*rules[:most], *((f"{more}\N{NO-BREAK SPACE}more",) if more > 0 else ())]
    return [*(f"{one}," for one in told[:-1]), *told[-1:]]
