"""`tipstaff order list`: all orders."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from tipstaff.cli.installation import add_directory, told_time

if TYPE_CHECKING:
    from rich.text import Text

    from tipstaff.casework.orders.order import Order
    from tipstaff.client import Client

NAME = "list"
HELP = "list all orders, the one that is due first on top"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `order list` is given."""
    add_directory(parser)
    parser.add_argument(
        "--waiting",
        action="store_true",
        help="those alone that wait for a second person, or an amendment does",
    )
    parser.epilog = "examples:\n  tipstaff order list here\n  tipstaff order list here --waiting"


def run(args: argparse.Namespace) -> int:
    """List the orders."""
    from pathlib import Path

    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.orders.report import overdue

    with open_desk(Path(args.directory)) as desk:
        orders = [desk.cases.load_order(number) for number in desk.cases.order_numbers()]
        now = desk.clock()
    found = [one for one in orders if one.waits or not args.waiting]
    found.sort(key=lambda one: (bool(one.reports or one.ended or one.given_up), one.terms.deadline))
    _show(args, [_row(order, overdue=overdue(order, now)) for order in found])
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    lines = client.orders(waiting=args.waiting)
    _show(
        args,
        [
            _Row(
                one.number, one.authority, one.reference, one.targets, one.territory, one.deadline,
                one.standing, one.overdue,
            )
            for one in lines
        ],
    )  # fmt: skip
    return 0


class _Row(NamedTuple):
    """An order in one line. `deadline` is in seconds, or as the API writes it."""

    number: int
    authority: str
    reference: str
    targets: list[str]
    territory: str
    deadline: int | str
    standing: str
    overdue: bool


def _row(order: Order, *, overdue: bool) -> _Row:
    """Return an order in one line."""
    from tipstaff.casework.orders.standing import standing

    said, terms = order.said, order.terms
    return _Row(
        order.number, said.authority, said.reference, [*map(str, terms.targets)], terms.territory,
        terms.deadline, standing(order, overdue=overdue), overdue,
    )  # fmt: skip


def _show(args: argparse.Namespace, rows: list[_Row]) -> None:
    """Show orders as a table."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.identifiers import add_identifiers, identifiers, is_narrow
    from tipstaff.cli.stack import is_stacked, stack

    console = stdout_console()
    if not rows:
        console.print(f"There are no {'orders that wait' if args.waiting else 'orders'}.")
        return
    if is_stacked(console):
        console.print(stack((one.number, _below(one)) for one in rows))
        return
    about = [identifiers(console, one.targets or ["nothing any more"]) for one in rows]
    table = Table(box=None, pad_edge=False)
    table.add_column("order", justify="right")
    add_identifiers(console, table, "authority, reference", [one.reference for one in rows])
    add_identifiers(console, table, "about", about)
    add_identifiers(console, table, "territory", [one.territory for one in rows])
    table.add_column("deadline", width=len("2026-12-01") if is_narrow(console) else None)
    table.add_column("stands", overflow="fold")
    for one, targets in zip(rows, about, strict=True):
        table.add_row(
            str(one.number),
            Text.assemble((one.authority, "bold"), "\n", one.reference),
            Text(targets),
            one.territory,
            Text(told_time(one.deadline), "bold red" if one.overdue else ""),
            one.standing,
        )
    console.print(table)


def _below(one: _Row) -> list[Text]:
    """Return an order as lines, whose it is and how it stands on top."""
    from rich.text import Text

    due = Text(f"{one.territory}, due {told_time(one.deadline)}", "bold red" if one.overdue else "")
    about = ", ".join(one.targets) or "nothing any more"
    title = Text.assemble((one.authority, "bold"), " ", one.reference)
    return [title, Text(one.standing), due, Text(about, "dim")]
