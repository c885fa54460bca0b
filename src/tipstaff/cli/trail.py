"""`tipstaff trail`: who asked for what."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, parse_time, told_time
from tipstaff.cli.tracing import Traced, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tipstaff.actions.access.trail import Visit
    from tipstaff.api.trail import VisitView
    from tipstaff.client import Client

NAME = "trail"
HELP = "show who asked for what, over HTTP and here, the newest first"

_MOST = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `trail` is given."""
    add_directory(parser)
    parser.add_argument("--user", metavar="NAME", help="whose requests")
    parser.add_argument("--operation", metavar="ID", help="those of one operation, as readCase")
    parser.add_argument("--path", metavar="PATH", help="those for this and all below it, as /v1/cases/7")
    parser.add_argument("--status", type=int, metavar="N", help="those that were answered so")
    parser.add_argument("--since", metavar="TIME", help="those from this time on, with its offset")
    parser.add_argument("--until", metavar="TIME", help="those from before this time")
    parser.add_argument("--most", type=int, default=_MOST, metavar="N", help=f"how many ({_MOST})")
    parser.add_argument("--json", action="store_true", help="write them as JSON lines")
    parser.epilog = (
        "examples:\n  tipstaff trail here --user alice --since 2026-12-01T00:00:00+08:00\n"
        "  tipstaff trail here --path /v1/cases/7 --json"
    )


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(
        "/v1/trail", said(user=args.user, operation=args.operation, path=args.path, since=args.since)
    )


def run(args: argparse.Namespace) -> int:
    """Show it."""
    from pathlib import Path

    from tipstaff.actions.access.trail import Sought
    from tipstaff.assembly.access import open_trail

    most, *asked = _asked(args)
    since, until = (int(one.timestamp()) if one else None for one in asked)
    sought = Sought(args.user, args.operation, args.path, args.status, since, until)
    with open_trail(Path(args.directory)) as trail:
        found = trail.visits(sought, most, None)
    _show(args, found)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from itertools import islice

    most, since, until = _asked(args)
    lines = client.trail(
        user=args.user, operation=args.operation, path=args.path, status=args.status, since=since, until=until
    )
    _show(args, [(one.number, one) for one in islice(lines, most)])
    return 0


def _asked(args: argparse.Namespace) -> tuple[int, datetime | None, datetime | None]:
    """Return how many are asked for, since when, and until when. Raises `InputError`."""
    from tipstaff.base.errors import InputError

    if args.most < 1:
        raise InputError("--most is how many to show: 1 or more")
    since, until = (parse_time(one) if one else None for one in (args.since, args.until))
    return args.most, since, until


def _show(args: argparse.Namespace, found: Sequence[tuple[int, Visit | VisitView]]) -> None:
    """Show visits, each after its number, as a table, or as lines of JSON."""
    import sys

    import msgspec
    from rich.table import Table
    from rich.text import Text

    from tipstaff.cli.console import stdout_console

    if args.json:
        for number, one in found:
            told = {"number": number, **msgspec.structs.asdict(one)}
            sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return
    if not found:
        stdout_console().print("Nobody has asked for that.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("at", "user", "by", "asked for", "answered", "from"):
        table.add_column(name, overflow="fold")
    for _, one in found:
        refused = one.status >= 400  # noqa: PLR2004  an error of HTTP
        table.add_row(
            told_time(one.at),
            Text(one.user),
            one.by,
            Text(" ".join(filter(None, (one.operation, one.path, one.about)))),
            Text(str(one.status or ""), "red" if refused else "green"),
            one.address,
        )
    stdout_console().print(table)
