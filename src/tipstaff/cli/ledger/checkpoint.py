"""`tipstaff ledger checkpoint`: the last checkpoint, as published."""

from __future__ import annotations

import argparse

NAME = "checkpoint"
HELP = "print the last checkpoint, signed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger checkpoint` is given."""
    from tipstaff.cli.ledger import add_directory

    add_directory(parser)


def run(args: argparse.Namespace) -> int:
    """Print the note, byte for byte."""
    import sys
    from pathlib import Path

    from tipstaff.assembly.ledger import read_store
    from tipstaff.base.errors import InputError

    with read_store(Path(args.directory)) as (_, checkpoints):
        last = checkpoints.last()
    if last is None:
        raise InputError(f"{args.directory}: nothing was signed yet")
    sys.stdout.buffer.write(last.note)
    return 0
