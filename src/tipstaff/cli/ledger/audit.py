"""`tipstaff ledger audit`: replay an exported log, and say whether it is sound."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.ledger.report import Report

NAME = "audit"
HELP = "replay an exported log, signatures, rules and tree; count its statements; name the first fault"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger audit` is given."""
    parser.add_argument("out", metavar="OUT", help="the folder of the export")
    parser.add_argument(
        "--trust", required=True, metavar="FILE", help="the trust file: its origin and log key are believed"
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="remember what was seen: later audits go on from it, and find a log rolled back or forked",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes that verify signatures (one per core)"
    )
    parser.epilog = (
        "exit codes: 0 sound; 1 a fault was found; 2 the audit could not be made; 70 a defect\n\n"
        "example:\n  tipstaff ledger audit public --trust trust.json --state seen.db"
    )


def run(args: argparse.Namespace) -> int:
    """Audit, and report."""
    import os
    import sys
    from pathlib import Path

    import msgspec

    from tipstaff.assembly.ledger import audit_folder, read_trust
    from tipstaff.base.errors import InputError
    from tipstaff.cli.ledger.bars import bar
    from tipstaff.cli.visible import escaped
    from tipstaff.ledger.errors import WorkerError
    from tipstaff.storage.ledger.exported import check_folder

    trust = read_trust(Path(args.trust))
    workers = args.workers if args.workers is not None else os.cpu_count() or 1
    if workers < 1:
        raise InputError("--workers takes a number from 1")
    check_folder(Path(args.out))
    state = Path(args.state) if args.state else None
    try:
        with bar("statements") as advance:
            report = audit_folder(Path(args.out), trust, state, workers, advance)
    except WorkerError as error:
        raise InputError(f"{error}: audit again with fewer --workers") from error
    except msgspec.DecodeError as error:  # of records that this auditor wrote
        if state is None:
            raise
        raise InputError(f"{state} is damaged: {error}. Begin with another state") from error
    if args.json:
        sys.stdout.write(escaped(msgspec.json.format(msgspec.json.encode(report)).decode()) + "\n")
    else:
        _show(report)
    return 0 if report.sound else 1


def _show(report: Report) -> None:
    """Show a report."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.base.counted import counted
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    fault = report.fault
    if fault is None:
        console.print(
            Text.assemble(
                ("sound", "bold green"),
                f": {report.origin}, {counted(report.size, 'statement')}, root ",
                (report.root, "cyan"),
            ),
            soft_wrap=True,
        )
    else:
        place = "" if fault.index is None else f" at statement {fault.index:,}"
        console.print(
            Text.assemble(("fault", "bold red"), f"{place} ({fault.where}): {fault.what}"), soft_wrap=True
        )
        of = counted(report.size, "statement")
        console.print(f"{report.checked:,} of {of} {'was' if report.size == 1 else 'were'} sound before it")
    if report.resumed_from:
        console.print(
            f"{counted(report.resumed_from, 'statement')} replayed by an earlier audit, and hashed again"
        )
    table = Table(box=None, pad_edge=False)
    table.add_column("kind")
    table.add_column("statements", justify="right")
    for kind, count in report.counts.items():
        table.add_row(Text(kind, "bold"), f"{count:,}")
    if report.counts:
        console.print(table)
    if rules := report.rules:
        known = "as shipped" if rules.shipped else "not as shipped, read them"
        line = f"rules of version {rules.version}, {known}: sha256 {rules.digest}"
        console.print(Text(line, "dim"), soft_wrap=True)
    console.print(
        Text(f"{counted(report.keys, 'key')}, {counted(report.checkpoints, 'checkpoint')} seen", "dim")
    )
