"""`tipstaff complaint file`: take a complaint in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import (
    COMPLAINANT_HELP,
    TARGET_HELP,
    add_directory,
    add_person,
    parse_target,
    tell,
    tell_next,
)

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "file"
HELP = "take a complaint of a reader in, and print its receipt"

REASONS = ("fraud", "promotion", "hidden_advertising", "impersonation", "other")
"""Those of casework, which is not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `complaint file` is given."""
    add_directory(parser)
    parser.add_argument("target", metavar="TARGET", help=TARGET_HELP)
    add_person(parser, f"who complains: {COMPLAINANT_HELP}")
    parser.add_argument("--reason", required=True, choices=REASONS, help="what is wrong")
    parser.add_argument("--text", required=True, metavar="TEXT", help="what the complainant says")
    parser.epilog = (
        "example:\n  tipstaff complaint file here square/account/moonharbor/p2 \\\n"
        '    --as square/reader/rae --reason fraud --text "…"'
    )


def run(args: argparse.Namespace) -> int:
    """Do it."""
    import sys
    from pathlib import Path

    from tipstaff.actions.complain import complain
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.events import Reason

    with open_desk(Path(args.directory)) as desk:
        receipt = complain(desk, args.person, parse_target(args.target), Reason(args.reason), args.text)
    sys.stdout.write(f"case {receipt.case}, complaint {receipt.complaint}\n")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.casework.events import Reason

    made = client.complain(args.target, Reason(args.reason), args.text)
    tell(f"The receipt: {made.id}")
    tell_next(args, f"complaint show {made.id}")
    return 0
