"""`tipstaff policy shadow`: watch what a version would find."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory
from tipstaff.cli.policy import add_policy

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "shadow"
HELP = "let a version of a policy find beside the one in force, without anything coming of it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy shadow` is given."""
    add_directory(parser)
    add_policy(parser)
    parser.epilog = "example:\n  tipstaff policy shadow here ./my-policy"


def run(args: argparse.Namespace) -> int:
    """State it on the ledger."""
    from pathlib import Path

    from tipstaff.assembly.casework import shadow
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.progress import working
    from tipstaff.screening.load import load_policy

    directory = Path(args.directory)
    with working("Reading the policy, and checking its examples"):
        policy = load_policy(args.policy)
        shadow(directory, policy)
    told = f"In shadow: {policy.name} {policy.version}. See what it would change: tipstaff policy compare"
    stdout_console().print(f"{told} {directory} {policy.name}", soft_wrap=True, highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.console import stdout_console

    made = client.shadow_policy(args.policy)
    stdout_console().print(f"In shadow: {made.name} {made.version}", highlight=False)
    return 0
