"""`tipstaff ledger keys`: whose keys may sign, and the log's own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tipstaff.ledger.cbor import Value
    from tipstaff.ledger.log import Log

NAME = "keys"
HELP = "list the keys that may sign, add and revoke them, and rotate the key of the log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger keys` is given."""
    from tipstaff.cli.ledger import add_directory
    from tipstaff.ledger.roles import ROLES

    add_directory(parser)
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument(
        "--new", metavar="PEM", help="make a key, write its private half to a file, and add it"
    )
    actions.add_argument("--revoke", metavar="KID", help="revoke a key, by its kid or the first digits of it")
    actions.add_argument(
        "--rotate", action="store_true", help="give the log a new key, and revoke the old one"
    )
    parser.add_argument(
        "--holder", metavar="NAME", help="with --new: whose key it is; no personal name, for it is public"
    )
    parser.add_argument(
        "--role",
        choices=[role for role in ROLES if role != "log"],
        help="with --new: what its holder may sign",
    )
    parser.add_argument(
        "--alg", choices=("Ed25519", "ES256"), default="Ed25519", help="with --new: the algorithm (Ed25519)"
    )
    parser.epilog = (
        "examples:\n  tipstaff ledger keys log\n"
        "  tipstaff ledger keys log --new reviewer-1.pem --holder reviewer-1 --role reviewer\n"
        "  tipstaff ledger keys log --rotate"
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked for, then list the keys."""
    from pathlib import Path

    from tipstaff.assembly.ledger import open_log
    from tipstaff.base.errors import InputError
    from tipstaff.storage.ledger.directory import TRUST, check_directory

    directory = check_directory(Path(args.directory))
    if bool(args.new) != bool(args.holder and args.role):
        raise InputError("--new goes with --holder and --role")
    if args.new or args.revoke or args.rotate:
        with open_log(directory) as log:
            if args.new:
                _add(log, args)
            elif args.revoke:
                _revoke(log, args.revoke)
            else:
                _rotate(log, directory)
    _list(directory / TRUST)
    return 0


def _add(log: Log, args: argparse.Namespace) -> None:
    """Make a key and add it."""
    from pathlib import Path

    from tipstaff.base.errors import InputError
    from tipstaff.base.files import create_private
    from tipstaff.ledger.genesis import added_claims
    from tipstaff.ledger.keys import ALGORITHMS, SigningKey

    key, path = SigningKey.generate(ALGORITHMS[args.alg]), Path(args.new)
    try:
        create_private(path, key.pem())  # durable before the log can name it
    except OSError as error:
        raise InputError(f"{args.new} cannot be written: {error.strerror}") from error
    try:
        _state(log, added_claims(key.public, args.holder, args.role, log.now()))
    except InputError:  # it was refused; after any other error the log may name the key all the same
        path.unlink()
        raise


def _revoke(log: Log, text: str) -> None:
    """Revoke the one key whose kid begins so."""
    from tipstaff.base.errors import InputError
    from tipstaff.ledger.genesis import revoked_claims
    from tipstaff.ledger.state import find_kids

    found = [kid for kid in find_kids(log.store) if kid.hex().startswith(text.lower())]
    if len(found) != 1:
        raise InputError(
            f"{len(found)} keys of this log begin with {text!r}: `tipstaff ledger keys DIR` lists them"
        )
    _state(log, revoked_claims(found[0]))


def _rotate(log: Log, directory: Path) -> None:
    """Give the log a new key, and revoke all others of its own."""
    from tipstaff.ledger.genesis import rotation
    from tipstaff.ledger.keys import SigningKey
    from tipstaff.storage.ledger.directory import write_key

    new = SigningKey.generate()
    statements = rotation(log, new)
    write_key(directory, new)  # before the log can name it: a crash leaves a key too many, never one too few
    log.hold(new)
    _register(log, statements)


def _state(log: Log, claims: dict[str, Value]) -> None:
    """State a key. Raises `InputError` where the rules refuse it."""
    from tipstaff.ledger.genesis import own_statement

    _register(log, [own_statement(log.origin, log.signing_key(), "key", claims, log.now())])


def _register(log: Log, statements: list[bytes]) -> None:
    """Append statements. Raises `InputError` where the rules refuse one."""
    from tipstaff.base.errors import InputError
    from tipstaff.ledger.verification import Refused

    for outcome in log.append(statements):
        if isinstance(outcome, Refused):
            raise InputError(outcome.reason)


def _list(path: Path) -> None:
    """List the keys of the trust file, which `open_log` renews."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.assembly.ledger import read_trust
    from tipstaff.cli.console import stdout_console

    trust = read_trust(path)
    table = Table(box=None, pad_edge=False)
    for name in ("kid", "algorithm", "holder", "role", "added", "revoked"):
        table.add_column(name)
    for key in trust.keys:
        style = "" if key.revoked is None else "dim strike"
        added = "first" if key.added < 0 else f"at {key.added:,}"
        revoked = "" if key.revoked is None else f"at {key.revoked:,}"
        table.add_row(
            Text(key.kid[:16] + "…", f"cyan {style}"),
            key.alg,
            Text(key.holder, style),
            key.role,
            added,
            revoked,
        )
    stdout_console().print(table)
