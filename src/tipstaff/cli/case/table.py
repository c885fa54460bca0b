"""Cases as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from tipstaff.casework.case import Case


def cases_table(cases: Iterable[Case]) -> Table:
    """Return cases as a table, the gravest first."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("case", justify="right")
    table.add_column("subject")
    table.add_column("posts", justify="right")
    table.add_column("severity", justify="right")
    table.add_column("rules")
    table.add_column("stands")
    for case in sorted(cases, key=lambda case: (-_severity(case), case.number)):
        rules = dict.fromkeys(found.rule for found in case.found)
        table.add_row(
            str(case.number),
            Text(str(case.subject), "bold"),
            str(len(case.posts)),
            str(_severity(case)),
            ", ".join(rules),
            standing(case),
        )
    return table


def standing(case: Case) -> str:
    """Say how a case stands."""
    if case.refused:
        return "refused by the ledger"
    if case.stage == "decided":
        last = case.decisions[-1]
        if last.appeal and last.appeal.result:
            return f"appeal {last.appeal.result}"
        done = [one.done for one in case.carryings if one.said.decision == last.said.number]
        return "carried out" if done and all(done) else "decided"
    if case.stage == "closed":
        return "appeal reversed" if case.decisions[-1].said.measures else "dismissed"
    return f"{case.stage}, escalated" if case.escalated else str(case.stage)


def _severity(case: Case) -> int:
    """Return the severity of the gravest finding."""
    return max((found.severity for found in case.found), default=0)
