"""`tipstaff ledger export`: the whole log as files."""

from __future__ import annotations

import argparse

NAME = "export"
HELP = (
    "write the log into a folder that any web server can serve, and an auditor reads; later exports add to it"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger export` is given."""
    from tipstaff.cli.ledger import add_directory

    add_directory(parser)
    parser.add_argument("out", metavar="OUT", help="the folder")
    parser.epilog = (
        "example:\n  tipstaff ledger export log public\n  python3 -m http.server --directory public"
    )


def run(args: argparse.Namespace) -> int:
    """Export, and say what was written."""
    from pathlib import Path

    from tipstaff.assembly.ledger import read_store
    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.ledger.bars import bar
    from tipstaff.ledger.export import export

    with read_store(Path(args.directory)) as (store, checkpoints):
        last = checkpoints.last()
        if last is None:
            raise InputError(f"{args.directory}: nothing was signed yet")
        try:
            with bar("statements") as advance:
                done = export(store, last, Path(args.out), advance)
        except OSError as error:
            raise InputError(f"{error.filename or args.out} cannot be written: {error.strerror}") from error
    new = f"{done.size - done.old:,} of them new, in {done.files:,} files"
    told = new if done.files else "all of them there already"
    stdout_console().print(f"{args.out}: {done.size:,} statements, {told}")
    return 0
