"""`tipstaff worker`: append what is signed, carry out what is on the ledger, read it back, tell of it."""

from __future__ import annotations

import argparse
from contextlib import nullcontext

from tipstaff.cli.installation import add_directory

NAME = "worker"
HELP = "append signed statements, carry measures out on their hosts, read them back, and tell webhooks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `worker` is given."""
    add_directory(parser)
    parser.add_argument("--drain", action="store_true", help="do what is due now, and end")
    parser.add_argument(
        "--check",
        action="store_true",
        help="read back all that was carried out, do again what is no longer as decided, and end",
    )
    parser.add_argument(
        "--log",
        choices=("json",),
        help="tell what is done as lines of JSON on the standard error, and in no other way",
    )
    parser.epilog = "examples:\n  tipstaff worker here --drain\n  tipstaff worker here --check"


def run(args: argparse.Namespace) -> int:
    """Work until nothing is due, or until it is interrupted."""
    import time
    from pathlib import Path

    from rich.text import Text

    from tipstaff.assembly.casework import PAUSE, check_drift, open_worker
    from tipstaff.assembly.webhooks import open_telling
    from tipstaff.base.counted import counted
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.events import events_told
    from tipstaff.cli.ledger.bars import bar

    directory, console = Path(args.directory), stdout_console()
    console.quiet = args.log is not None
    ends = args.drain or args.check
    with events_told(directory) if args.log else nullcontext():
        if args.check:
            with bar("cases") if args.log is None else nullcontext(_tell_nobody) as tell:
                found = check_drift(directory, tell=tell)
            console.print(
                f"{counted(found.read, 'measure')} read back, {found.drifted} have drifted", highlight=False
            )
            if found.repeated:
                told = f"{found.repeated} in force more than once: `tipstaff case show` tells which"
                console.print(told, style="bold red", highlight=False)
            for told in found.trouble:
                console.print(Text(told, "bold red"), soft_wrap=True)
        with open_worker(directory) as turn, open_telling(directory) as telling:
            while True:
                done = turn()
                sent = telling.drain() if ends else telling.turn()
                if done or ends:
                    console.print(
                        f"{counted(done.appended, 'statement')} appended, {counted(done.attended, 'event')}, "
                        f"{done.delivered} carried out",
                        highlight=False,
                    )
                if sent and ends:
                    console.print(f"{counted(sent, 'message')} sent to webhooks", highlight=False)
                for told in done.trouble:
                    console.print(Text(told, "bold red"), soft_wrap=True)
                if ends:
                    return 0
                time.sleep(PAUSE)


def _tell_nobody(_done: int, _of: int) -> None:
    """Show nothing of how far it is: the standard error is for lines of JSON."""
