"""`tipstaff ledger show`: what a log holds, or one statement of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from tipstaff.ledger.cbor import Value
    from tipstaff.ledger.statement import Statement
    from tipstaff.ledger.store import Checkpoints, Store

NAME = "show"
HELP = "show the newest statements of a log, or one statement in full"

_NEWEST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger show` is given."""
    from tipstaff.cli.ledger import add_directory, add_statement

    add_directory(parser)
    add_statement(parser, optional=True)
    parser.add_argument("--raw", metavar="FILE", help="also write the bytes of the statement to a file")


def run(args: argparse.Namespace) -> int:
    """Show the log or the statement."""
    from pathlib import Path

    from tipstaff.assembly.ledger import read_store
    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.ledger import find_position, write_file
    from tipstaff.ledger.statement import parse

    console = stdout_console()
    with read_store(Path(args.directory)) as (store, checkpoints):
        if args.statement is None:
            if args.raw:
                raise InputError("--raw is for one statement: name its position or its entry")
            _show_log(console, store, checkpoints)
            return 0
        position = find_position(store, args.statement)
        (data,) = store.statements(position, position + 1)
    _show_statement(console, position, parse(data))
    if args.raw:
        write_file(Path(args.raw), data)
    return 0


def _show_log(console: Console, store: Store, checkpoints: Checkpoints) -> None:
    """Show the last checkpoint and the newest statements."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.base.counted import counted
    from tipstaff.cli.visible import visible
    from tipstaff.ledger.statement import parse

    last = checkpoints.last()
    size = store.size
    if last is not None:
        origin, signed, root = last.checkpoint
        size = max(size, signed)  # what was signed over is there, or is found to be missing
        console.print(
            Text.assemble((origin, "bold"), f": {counted(signed, 'statement')}, root ", (root.hex(), "cyan")),
            soft_wrap=True,
        )
    table = Table(box=None, pad_edge=False)
    for name in ("", "kind", "by", "about", "signed (UTC)", "entry"):
        table.add_column(name, justify="right" if not name else "left", no_wrap=name in ("", "kind", "entry"))
    first = max(0, size - _NEWEST)
    for position, data in enumerate(store.statements(first, size), start=first):
        statement = parse(data)
        table.add_row(
            f"{position:,}",
            Text(statement.kind, "bold"),
            Text(visible(statement.iss)),
            Text(visible(statement.sub)),
            _time(statement.iat),
            Text(statement.entry.hex()[:16] + "…", "cyan"),
        )
    console.print(table)


def _show_statement(console: Console, position: int, statement: Statement) -> None:
    """Show a statement in full."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.cli.visible import visible

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    rows: list[tuple[str, str]] = [
        ("position", f"{position:,}"),
        ("entry", statement.entry.hex()),
        ("kind", f"{statement.kind}, version {statement.version}"),
        ("by", statement.iss),
        ("with key", statement.kid.hex()),
        ("about", statement.sub),
        ("signed", f"{_time(statement.iat)} UTC"),
        ("identifier", statement.cti.hex()),
        ("size", f"{len(statement.encoded):,} bytes"),
    ]
    if statement.digest is not None and statement.envelope is not None:
        rows += [("hash of", statement.envelope.media_type), ("digest", statement.digest.hex())]
    for name, value in rows:
        table.add_row(name, Text(visible(value)))
    for name, claim in statement.claims.items():
        table.add_row(Text(visible(name), "bold"), Text(visible(_told(claim))))
    console.print(table)


def _time(seconds: int) -> str:
    """Tell a time."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError):
        return str(seconds)


def _told(value: Value) -> str:
    """Tell a claim: JSON, with byte strings in hexadecimal digits."""
    import json

    return value if isinstance(value, str) else json.dumps(value, default=bytes.hex, ensure_ascii=False)
