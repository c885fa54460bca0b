"""`tipstaff doctor`: what is wrong with an installation."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "doctor"
HELP = "say what is wrong with an installation, and how it is mended"

_MINUTES = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `doctor` is given."""
    add_directory(parser)
    parser.add_argument(
        "--minutes",
        type=int,
        default=_MINUTES,
        metavar="N",
        help=f"how long work may be overdue before it is told ({_MINUTES})",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.epilog = (
        "exit codes: 0 well; 1 something is wrong; 2 no installation\n\nexample:\n  tipstaff doctor here"
    )


def run(args: argparse.Namespace) -> int:
    """Examine it, and print what is found: 1 where something is."""
    import sys
    from pathlib import Path

    import msgspec
    from rich.text import Text

    from tipstaff.assembly.doctor import examine
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.progress import working

    with working("Examining the installation"):
        findings = examine(Path(args.directory), args.minutes)
    if args.json:
        report = {"well": not findings, "findings": findings}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
        return 1 if findings else 0
    console = stdout_console()
    for found in findings:
        told = Text.assemble((found.about, "bold red"), f" {found.told}", ("\n  mend: ", "dim"), found.mend)
        console.print(told, soft_wrap=True)
    if not findings:
        console.print("All is well.", highlight=False)
    return 1 if findings else 0
