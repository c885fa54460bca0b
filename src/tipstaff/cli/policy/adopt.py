"""`tipstaff policy adopt`: put a version of a policy in force."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "adopt"
HELP = "put a version of a policy in force; the one that was so before is retired"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy adopt` is given."""
    add_directory(parser)
    parser.add_argument(
        "policy",
        metavar="NAME|DIR",
        help="a version in shadow here (NAME or NAME@VERSION), one that ships, or the folder of any other",
    )
    parser.epilog = "example:\n  tipstaff policy adopt here crypto-promotion"


def run(args: argparse.Namespace) -> int:
    """State it on the ledger."""
    from pathlib import Path

    from tipstaff.assembly.casework import adopt
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.installed import read_version
    from tipstaff.cli.progress import working

    directory = Path(args.directory)
    with working("Reading the policy, and checking its examples"):
        policy = read_version(directory, args.policy)
        adopt(directory, policy)
    stdout_console().print(f"In force: {policy.name} {policy.version}", highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.console import stdout_console

    made = client.adopt_policy(args.policy)
    stdout_console().print(f"In force: {made.name} {made.version}", highlight=False)
    return 0
