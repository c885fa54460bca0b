"""`tipstaff appeal file`: object to a decision, for the subject."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_decision, read_document, tell

NAME = "file"
HELP = "object to a decision, for the account holder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `appeal file` is given."""
    add_decision(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="what the account holder says")
    parser.add_argument("--attachment", metavar="FILE", help="a document that goes with it")
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
