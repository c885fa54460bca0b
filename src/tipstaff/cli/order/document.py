"""`tipstaff order document`: the document that came with an order."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_order, give_out
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "document"
HELP = "write the document that came with an order to a file, as it was kept"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `order document` is given."""
    add_order(parser)
    parser.add_argument("out", metavar="FILE", help="the file to make, for its owner alone")
    parser.epilog = "example:\n  tipstaff order document here 3 order.pdf"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/orders/{args.order}/document")


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from pathlib import Path

    from tipstaff.actions.documents import document_of_order
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        document = document_of_order(desk, desk.cases.load_order(args.order))
    give_out(args.out, document)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    give_out(args.out, client.order_document(args.order))
    return 0
