"""One account or app on the terminal: its profile, its case, its strikes, and what is in force on it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tipstaff.actions.holdings import done_of
from tipstaff.assembly.casework import open_desk
from tipstaff.casework.awaited import waits
from tipstaff.casework.case import Case
from tipstaff.casework.outline import outline
from tipstaff.casework.words import Subject
from tipstaff.cli.case.ladder import show_strikes
from tipstaff.cli.console import stdout_console
from tipstaff.cli.identifiers import add_identifiers, identifiers
from tipstaff.cli.installation import told_erasure, told_time
from tipstaff.storage.installation import LEDGER

_DIGITS: Final = 16
"""How many digits of an entry are shown, as `ledger show` does: the place on the ledger stands beside it."""


def show_subject(directory: Path, subject: Subject) -> None:
    """Show a subject. Raises `InputError` where it never existed."""
    console = stdout_console()
    with open_desk(directory) as desk:
        profile = Table(box=None, pad_edge=False, show_header=False)
        for name, value in desk.host(subject).profile(subject).items():
            profile.add_row(Text(name, "dim"), Text(value))
        console.print(Text(str(subject), "bold"))
        console.print(profile)
        case = desk.cases.find(subject)
        if case is None:
            console.print("There is no case about it.")
            return
        now = desk.clock()
        stands = outline(case, waits=waits(case, desk.table, now)).stands(now)
        console.print(f"\nCase {case.number}: {stands}", highlight=False)
        for erasure in case.erasures:
            console.print(told_erasure(erasure), highlight=False)
        show_strikes(console, desk, case)
        _show_in_force(console, case, directory / LEDGER)


def _show_in_force(console: Console, case: Case, ledger: Path) -> None:
    """Show the measures in force, and where each stands on the ledger."""
    if not case.in_force:
        console.print("No measure is in force on it.")
        return
    all_done = [done_of(case, carrying) for carrying in case.in_force]
    on = [identifiers(console, [done.on]) for done in all_done]
    table = Table(box=None, pad_edge=False)
    table.add_column("in force", no_wrap=True)
    add_identifiers(console, table, "on", on)
    for name in ("until", "decision", "statement", "at"):
        table.add_column(name)
    for carrying, done, where in zip(case.in_force, all_done, on, strict=True):
        until = case.carried_out(carrying).planned(carrying.said.measure).until
        position = done.statement.position
        table.add_row(
            Text(done.kind, "bold"),
            Text(where),
            told_time(until) if until else "",
            str(carrying.said.decision),
            f"{done.statement.entry[:_DIGITS]}…",
            "late, not on the ledger yet" if position is None else f"{position:,}",
        )
    console.print(table)
    first = case.in_force[0]
    if (position := case.logged.get(first.entry)) is not None:
        told = f"A receipt: tipstaff ledger prove {ledger} {position}"
        console.print(Text(told, "dim"), soft_wrap=True)
