"""`tipstaff order show`: one order in full."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_order, told_erasure, told_time
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from rich.console import Console

    from tipstaff.actions.desk import Desk
    from tipstaff.casework.orders.order import Order
    from tipstaff.client import Client

NAME = "show"
HELP = "show an order: what it asks for, what has changed in it, its cases, its reports"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `order show` is given."""
    add_order(parser)
    parser.epilog = "example:\n  tipstaff order show here 3"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/orders/{args.order}")


def run(args: argparse.Namespace) -> int:
    """Show the order."""
    from pathlib import Path

    from tipstaff.actions.documents import digest_of
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.lapses import stage_shown
    from tipstaff.casework.orders.report import overdue
    from tipstaff.casework.orders.standing import standing
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    with open_desk(Path(args.directory)) as desk:
        order = desk.cases.load_order(args.order)
        said, told = order.said, standing(order, overdue=overdue(order, desk.clock()))
        title = f"Order {order.number}: {said.authority} {said.reference}, {told}"
        console.print(title, style="bold", highlight=False, markup=False)
        console.print(f"{said.basis}; {said.scope} in {said.territory}", highlight=False, markup=False)
        console.print(f"Due {told_time(order.terms.deadline)}; entered by {order.by}", highlight=False)
        if said.corrects:
            console.print(f"Takes the place of order {said.corrects}, entered wrongly", highlight=False)
        for erasure in order.erasures:
            console.print(told_erasure(erasure), style="bold", highlight=False)
        console.print(desk.text(said.text), highlight=False, markup=False)
        if digest := digest_of(desk, said.attachment):
            get = f"tipstaff order document {args.directory} {order.number} FILE"
            console.print(f"With a document, SHA-256 {digest}: {get}", highlight=False, soft_wrap=True)
        _show_changes(console, desk, order)
        for subject in order.subjects:
            case = desk.cases.find(subject)
            found = (
                f"case {case.number}, {stage_shown(case, desk.table, desk.clock())}"
                if case
                else "no case yet"
            )
            told = f"{subject}: {found}"
            console.print(told, highlight=False, markup=False)
        for report in order.reports:
            console.print(
                f"\nReported to the authority, {told_time(report.at)}:", style="dim", highlight=False
            )
            console.print(desk.text(report.text), highlight=False, markup=False)
    for reason in order.refused.values():
        console.print(f"The ledger has refused a statement: {reason}", style="bold red", highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.sheet import print_sheet

    found = client.order(args.order)
    title = f"Order {found.number}: {found.authority} {found.reference}, {found.standing}"
    print_sheet(title, found)
    return 0


def _show_changes(console: Console, desk: Desk, order: Order) -> None:
    """Show who has confirmed the order, and how it was changed."""
    from tipstaff.casework.orders.events import Change
    from tipstaff.casework.orders.standing import standing_of

    for confirmation in order.confirmations:
        console.print(f"confirmed by {confirmation.by}", highlight=False)
    for amendment in order.amendments:
        stands = standing_of(order, amendment)
        told = f"amendment {amendment.said.number} by {amendment.by}: {amendment.said.change}, {stands}"
        console.print(told, highlight=False)
        console.print(f"  {desk.text(amendment.said.reasons)}", highlight=False, markup=False)
        if amendment.said.change is Change.NARROWED:
            left = ", ".join(map(str, amendment.said.targets))
            due = told_time(amendment.said.deadline)
            told = f"  left: {left}, in {amendment.said.territory}, due {due}"
            console.print(told, highlight=False, markup=False)
