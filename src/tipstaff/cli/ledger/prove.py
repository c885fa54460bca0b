"""`tipstaff ledger prove`: what proves that a statement is in the log."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.ledger.prover import Prover

NAME = "prove"
HELP = "write the statement and its receipt, or its proof as text, for somebody who has no access to the log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger prove` is given."""
    from tipstaff.cli.ledger import add_directory, add_statement

    add_directory(parser)
    add_statement(parser, optional=True)
    parser.add_argument(
        "--since",
        type=int,
        metavar="SIZE",
        help="in place of a statement: write PREFIX.consistency.cose, the receipt that the log of SIZE "
        "statements is a beginning of what was signed last",
    )
    parser.add_argument(
        "--out", metavar="PREFIX", help="write PREFIX.statement.cose, PREFIX.receipt.cose, PREFIX.tlog-proof"
    )
    parser.epilog = (
        "Without --out the proof is printed as text (C2SP tlog-proof).\n\n"
        "example:\n  tipstaff ledger prove log 2 --out second\n"
        "  tipstaff ledger verify second.statement.cose second.receipt.cose --trust log/trust.json"
    )


def run(args: argparse.Namespace) -> int:
    """Make receipt and proof."""
    import sys
    from pathlib import Path

    from tipstaff.assembly.ledger import read_proofs
    from tipstaff.base.errors import InputError
    from tipstaff.cli.ledger import find_position

    if (args.statement is None) == (args.since is None):
        raise InputError("name a statement, or a size with --since")
    if args.since is not None and args.out is None:
        raise InputError("a receipt of consistency is no text: name a file with --out PREFIX")
    with read_proofs(Path(args.directory)) as proofs:
        if args.since is not None:
            _write(args.out, {"consistency.cose": _consistency(proofs, args.since)})
            return 0
        position = find_position(proofs.store, args.statement)
        if args.out is None:
            sys.stdout.buffer.write(proofs.proof(position))
            return 0
        (statement,) = proofs.store.statements(position, position + 1)
        receipt, proof = proofs.receipt(position), proofs.proof(position)
    _write(args.out, {"statement.cose": statement, "receipt.cose": receipt, "tlog-proof": proof})
    return 0


def _consistency(proofs: Prover, size: int) -> bytes:
    """Return the receipt of consistency since a size. Raises `InputError`."""
    from tipstaff.base.counted import counted
    from tipstaff.base.errors import InputError

    if not 0 < size < proofs.store.size:
        raise InputError(
            f"--since takes a size that the log had before: it has {counted(proofs.store.size, 'statement')}"
        )
    return proofs.consistency(size)


def _write(prefix: str, files: Mapping[str, bytes]) -> None:
    """Write files whose names begin alike, and tell them."""
    from pathlib import Path

    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.ledger import write_file

    for ending, data in files.items():
        write_file(Path(f"{prefix}.{ending}"), data)
        stdout_console().print(f"{prefix}.{ending}: {len(data):,} bytes")
