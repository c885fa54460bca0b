"""`tipstaff ledger init`: begin a log."""

from __future__ import annotations

import argparse

NAME = "init"
HELP = "begin a log in a new directory: its rules, its key, and the file that outsiders need"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger init` is given."""
    parser.add_argument("directory", metavar="DIR", help="the directory to make")
    parser.add_argument(
        "--origin",
        required=True,
        metavar="NAME",
        help="the name of the log, for ever: such as example.org/log, without spaces and plus signs",
    )
    parser.epilog = "example:\n  tipstaff ledger init log --origin example.org/log"


def run(args: argparse.Namespace) -> int:
    """Begin the log, and say what is where."""
    from pathlib import Path

    from rich.text import Text

    from tipstaff.assembly.ledger import init_log
    from tipstaff.cli.console import stdout_console

    directory = Path(args.directory)
    trust = init_log(directory, args.origin)
    console = stdout_console()
    console.print(
        Text.assemble("The log ", (trust.origin, "bold"), f" begins in {directory}."), soft_wrap=True
    )
    console.print(Text.assemble("Its key  ", (trust.log_key.verifier, "cyan")), soft_wrap=True)
    console.print(
        f"Give {directory / 'trust.json'} to everyone who is to check the log; keep "
        f"{directory / 'keys'} to yourself."
    )
    return 0
