"""`tipstaff account export`: all that is kept about an account, for who holds it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_subject, parse_subject, tell, write_document
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "export"
HELP = "write all that is kept about an account as JSON, for who holds it; who complained is not in it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `account export` is given."""
    add_subject(parser, "account")
    parser.add_argument("out", metavar="OUT.json", help="the file to make, for its owner alone")
    parser.epilog = "example:\n  tipstaff account export here square/account/moonharbor moonharbor.json"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/accounts/{args.subject}/export")


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from pathlib import Path

    import msgspec

    from tipstaff.actions.holdings import holdings
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.counted import counted
    from tipstaff.cli.console import stdout_console

    with open_desk(Path(args.directory)) as desk:
        found = holdings(desk, parse_subject(args.subject, "account"))
    written = msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
    write_document(args.out, written)
    told = (
        f"{counted(len(found.posts), 'post')}, {counted(len(found.decisions), 'decision')}, "
        f"{counted(len(found.told), 'notice')}: {args.out}"
    )
    stdout_console().print(told, soft_wrap=True, highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    found = client.export(args.subject)
    write_document(args.out, found)
    tell(f"{args.out}: {len(found):,} bytes, a line for each thing")
    return 0
