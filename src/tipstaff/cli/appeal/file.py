"""`tipstaff appeal file`: object to a decision, for the subject."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_decision, read_document, tell, tell_next
from tipstaff.cli.remote import is_remote

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "file"
HELP = "object to a decision, for the account holder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `appeal file` is given."""
    if is_remote(parser):
        parser.add_argument(
            "subject", metavar="SUBJECT", help="HOST/account/NAME or HOST/app/NAME, one's own"
        )
        parser.add_argument("decision", metavar="DECISION", type=int, help="the number of the decision")
    else:
        add_decision(parser)
    parser.add_argument("--attachment", metavar="FILE", help="a document that goes with it")
    parser.add_argument("--text", required=True, metavar="TEXT", help="what the account holder says")
    parser.epilog = 'example:\n  tipstaff appeal file here 1 1 --text "…"'


def run(args: argparse.Namespace) -> int:
    """Take the appeal in."""
    from pathlib import Path

    from tipstaff.actions.objections import appeal
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        attachment = read_document(args.attachment) if args.attachment else None
        appeal(desk, args.case, args.decision, args.text, attachment)
    tell(
        f"The appeal against decision {args.decision} is taken in.",
        "Somebody judges it who had no part in the decision.",
        f"Next: tipstaff appeal rule {args.directory} {args.case} {args.decision} --as NAME --result RESULT "
        "--answer TEXT",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it: who holds the account appeals themselves."""
    attachment = read_document(args.attachment) if args.attachment else None
    client.appeal(args.subject, args.decision, args.text, attachment)
    tell(
        f"The appeal against decision {args.decision} is taken in.",
        "Somebody judges it who had no part in the decision.",
    )
    tell_next(args, f"account show {args.subject}")
    return 0
