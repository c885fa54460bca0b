"""`tipstaff order list`: all orders."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, told_time

if TYPE_CHECKING:
    from rich.table import Table

    from tipstaff.casework.orders.order import Order

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
    from tipstaff.cli.console import stdout_console

    with open_desk(Path(args.directory)) as desk:
        orders = [desk.cases.load_order(number) for number in desk.cases.order_numbers()]
        now = desk.clock()
    found = [one for one in orders if one.waits or not args.waiting]
    which = "orders that wait" if args.waiting else "orders"
    stdout_console().print(_table(found, now) if found else f"There are no {which}.")
    return 0


def _table(orders: list[Order], now: int) -> Table:
    """Return orders as a table."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.casework.orders.report import overdue
    from tipstaff.casework.orders.standing import standing

    table = Table(box=None, pad_edge=False)
    table.add_column("order", justify="right")
    for name in ("authority", "reference", "about", "territory", "deadline", "stands"):
        table.add_column(name, overflow="fold")
    for order in sorted(orders, key=lambda one: (one.report is not None, one.terms.deadline)):
        late = overdue(order, now)
        table.add_row(
            str(order.number),
            Text(order.said.authority, "bold"),
            Text(order.said.reference),
            Text(", ".join(map(str, order.terms.targets)) or "nothing any more"),
            order.terms.territory,
            Text(told_time(order.terms.deadline), "bold red" if late else ""),
            standing(order, overdue=late),
        )
    return table
