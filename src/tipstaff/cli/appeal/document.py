"""`tipstaff appeal document`: the document that came with an appeal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_decision, give_out
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "document"
HELP = "write the document that came with an appeal to a file, as it was kept"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `appeal document` is given."""
    add_decision(parser)
    parser.add_argument("out", metavar="FILE", help="the file to make, for its owner alone")
    parser.epilog = "example:\n  tipstaff appeal document here 1 1 licence.pdf"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/cases/{args.case}/decisions/{args.decision}/appeal/document")


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from pathlib import Path

    from tipstaff.actions.documents import document_of_appeal
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        document = document_of_appeal(desk, desk.cases.load(args.case), args.decision)
    give_out(args.out, document)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    give_out(args.out, client.appeal_document(args.case, args.decision))
    return 0
