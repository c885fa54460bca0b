"""`tipstaff worker`: append what is signed, carry out what is on the ledger, read it back."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "worker"
HELP = "append signed statements to the ledger, carry measures out on their hosts, and read them back"

_PAUSE = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `worker` is given."""
    add_directory(parser)
    parser.add_argument("--drain", action="store_true", help="do what is due now, and end")
    parser.epilog = "example:\n  tipstaff worker here --drain"


def run(args: argparse.Namespace) -> int:
    """Work until nothing is due, or until it is interrupted."""
    import time
    from pathlib import Path

    from rich.text import Text

    from tipstaff.assembly.casework import drain
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    while True:
        done = drain(Path(args.directory))
        if done or args.drain:
            console.print(
                f"{done.appended} statements appended, {done.attended} events, {done.delivered} carried out",
                highlight=False,
            )
        for told in done.trouble:
            console.print(Text(told, "bold red"), soft_wrap=True)
        if args.drain:
            return 0
        time.sleep(_PAUSE)
