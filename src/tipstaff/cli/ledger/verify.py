"""`tipstaff ledger verify`: is this statement on the log? Answered without the log."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tipstaff.cli.remote import is_remote

if TYPE_CHECKING:
    from tipstaff.client import Client
    from tipstaff.ledger.trust import Trust, Verified

NAME = "verify"
HELP = "check a statement and its receipt or proof offline, with a trust file"

PUBLIC: Final = True
"""A server answers it without a token: statements and receipts are for everybody."""

_LARGEST: Final = 2_000_000
"""More than the longest note, which a proof carries, and the longest statement with receipts in it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger verify` is given."""
    if is_remote(parser):
        parser.add_argument("entry", metavar="ENTRY", help="its entry, in 64 hexadecimal digits")
    else:
        parser.add_argument(
            "statement", metavar="STATEMENT", help="the statement, as `ledger prove` writes it"
        )
        parser.add_argument("receipt", metavar="RECEIPT", help="its receipt, or its proof as text")
    parser.add_argument("--trust", required=True, metavar="FILE", help="the trust file of the log")
    parser.epilog = (
        "exit codes: 0 it is on the log; 1 it is not, or this does not prove it; 2 a file cannot be used; "
        "70 a defect"
    )


def run(args: argparse.Namespace) -> int:
    """Verify, and say what is proven."""
    from tipstaff.assembly.ledger import read_trust
    from tipstaff.base.errors import InputError
    from tipstaff.ledger.trust import verify_statement

    trust = read_trust(Path(args.trust))
    try:
        data, receipt = (_read(Path(name)) for name in (args.statement, args.receipt))
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}") from error
    return _tell(trust, lambda: verify_statement(trust, data, receipt))


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for the statement and its receipt, and believe neither without proof."""
    from tipstaff.assembly.ledger import read_trust

    trust = read_trust(Path(args.trust))
    return _tell(trust, lambda: client.proven(args.entry, trust))


def _tell(trust: Trust, verify: Callable[[], Verified]) -> int:
    """Verify, and say what is proven; returns the exit code."""
    from rich.text import Text

    from tipstaff.cli.console import stdout_console
    from tipstaff.ledger.errors import ProofError, StatementError

    console = stdout_console()
    try:
        verified = verify()
    except (ProofError, StatementError) as error:
        console.print(Text.assemble(("not proven", "bold red"), f": {error}"), soft_wrap=True)
        return 1
    statement = verified.statement
    console.print(
        Text.assemble(
            ("on the log", "bold green"),
            f": statement {verified.position:,} of {trust.origin}, of kind ",
            (statement.kind, "bold"),
            f", signed by {statement.iss!r} ({verified.role}), under a checkpoint over {verified.size:,}",
        ),
        soft_wrap=True,
    )
    return 0


def _read(path: Path) -> bytes:
    """Read a file that is not longer than any statement, receipt or proof. Raises `InputError`, `OSError`."""
    from tipstaff.base.errors import InputError

    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{path} has more than {_LARGEST:,} bytes: it is no statement, receipt or proof")
    return data
