"""`tipstaff account show`: one account, its case, and what is in force on it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_subject, parse_subject
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "show"
HELP = "show an account: its profile, case and strikes, and the measures in force with their receipts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `account show` is given."""
    add_subject(parser, "account")
    parser.epilog = "example:\n  tipstaff account show here square/account/moonharbor"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/accounts/{args.subject}")


def run(args: argparse.Namespace) -> int:
    """Show it."""
    from pathlib import Path

    from tipstaff.cli.subject import show_subject

    show_subject(Path(args.directory), parse_subject(args.subject, "account"))
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.sheet import print_sheet

    subject = str(parse_subject(args.subject, "account"))
    print_sheet(subject, client.account(subject))
    return 0
