"""`tipstaff passphrase`: encrypt the keys of people anew."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory
from tipstaff.cli.tracing import Traced

NAME = "passphrase"
HELP = "make a new passphrase, and encrypt the keys of all who sign under it; others go on meanwhile"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `passphrase` is given."""
    add_directory(parser)
    parser.epilog = "example:\n  tipstaff passphrase here"


def traced(_: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced("/")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.assembly.people import change_passphrase
    from tipstaff.cli.console import stdout_console

    change_passphrase(Path(args.directory))
    told = "All keys are encrypted under a new passphrase: back both up, apart from each other."
    stdout_console().print(told, highlight=False)
    return 0
