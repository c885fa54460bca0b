"""`tipstaff ledger prove`: what proves that a statement is in the log."""

from __future__ import annotations

import argparse

NAME = "prove"
HELP = "write the statement and its receipt, or its proof as text, for somebody who has no access to the log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger prove` is given."""
    from tipstaff.cli.ledger import add_directory, add_statement

    add_directory(parser)
    add_statement(parser)
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

    from tipstaff.assembly import read_proofs
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.ledger import find_position, write_file

    with read_proofs(Path(args.directory)) as proofs:
        position = find_position(proofs.store, args.statement)
        (statement,) = proofs.store.statements(position, position + 1)
        if args.out is None:
            sys.stdout.buffer.write(proofs.proof(position))
            return 0
        receipt, proof = proofs.receipt(position), proofs.proof(position)
    for ending, data in (("statement.cose", statement), ("receipt.cose", receipt), ("tlog-proof", proof)):
        write_file(Path(f"{args.out}.{ending}"), data)
        stdout_console().print(f"{args.out}.{ending}: {len(data):,} bytes")
    return 0
    for ending, data in (("statement.cose", statement), ("receipt.cose", receipt), ("tlog-proof", proof)):
        write_file(Path(f"{args.out}.{ending}"), data)
        stdout_console().print(f"{args.out}.{ending}: {len(data):,} bytes")
    return 0
