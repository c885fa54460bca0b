"""`tipstaff ledger`: make logs, write to them, prove what stands in them, and audit them.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

if TYPE_CHECKING:
    from tipstaff.ledger.store import Store

NAME = "ledger"
HELP = "keep the log of signed statements: begin it, write to it, prove and verify, export and audit it"

SUBCOMMANDS: Final = ("init", "append", "show", "prove", "verify", "checkpoint", "keys", "export", "audit")
"""The modules of this package that are subcommands."""

_ENTRY_DIGITS: Final = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand


def add_directory(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names a log."""
    parser.add_argument("directory", metavar="DIR", help="the directory of the log, as `ledger init` made it")


def add_statement(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Declare the argument that names a statement of a log."""
    parser.add_argument(
        "statement",
        metavar="STATEMENT",
        nargs="?" if optional else None,
        help="its position in the log, from 0, or its entry in 64 hexadecimal digits",
    )


def write_file(path: Path, data: bytes) -> None:
    """Write a file that was asked for. Raises `InputError` where that is not possible."""
    from tipstaff.base.errors import InputError

    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def find_position(store: Store, text: str) -> int:
    """Return the position that an argument means. Raises `InputError` where there is no such statement."""
    from tipstaff.base.errors import InputError

    if text.isascii() and text.isdigit() and len(text) < _ENTRY_DIGITS:
        position = int(text)
        if position < store.size:
            return position
        raise InputError(f"there is no statement {position}: the log has {store.size:,}, from 0 on")
    try:
        entry = bytes.fromhex(text)
    except ValueError as error:
        raise InputError(f"{text!r} is neither a position nor an entry in hexadecimal digits") from error
    found = store.position(entry)
    if found is None:
        raise InputError(f"no statement of this log has the entry {text}")
    return found
