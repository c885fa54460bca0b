"""`tipstaff person`: bring in somebody who signs, give them a new key, or remove them."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory
from tipstaff.cli.tracing import Traced, said

NAME = "person"
HELP = (
    "bring in somebody who signs, with a key of their own that the ledger knows; replace or revoke that key"
)

_ROLES = ("reviewer", "clerk", "authority", "policy_owner")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `person` is given."""
    add_directory(parser)
    parser.add_argument("name", metavar="NAME", help="small letters, digits, `.`, `_` and `-`")
    parser.add_argument("--role", choices=_ROLES, default="reviewer", help="what they may sign (reviewer)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--rotate", action="store_true", help="give them a new key, and revoke the old one")
    instead.add_argument("--revoke", action="store_true", help="revoke their key, and remove it")
    parser.add_argument(
        "--at-once",
        action="store_true",
        help="revoke it though statements of theirs wait for the ledger, which refuses them then",
    )
    parser.epilog = "examples:\n  tipstaff person here alice\n  tipstaff person here alice --rotate"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/users/{args.name}", said(role=args.role, rotate=args.rotate, revoke=args.revoke))


def run(args: argparse.Namespace) -> int:
    """State it on the ledger."""
    from pathlib import Path

    from tipstaff.assembly.casework import add_person
    from tipstaff.assembly.people import remove, rotate
    from tipstaff.base.counted import agreeing, counted
    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console

    directory, name = Path(args.directory), args.name
    if args.at_once and not args.revoke:
        raise InputError("--at-once goes with --revoke")
    if args.rotate:
        waiting = rotate(directory, name)
        told = f"{name} signs with a new key; the old one is revoked."
        if waiting:
            told = (
                f"{name} signs with a new key. {counted(waiting, 'statement')} under the old one "
                f"{agreeing(waiting, 'waits', 'wait')} for the ledger: once a worker has "
                f"appended {agreeing(waiting, 'it', 'them')}, the same command again revokes it."
            )
    elif args.revoke:
        waiting = remove(directory, name, at_once=args.at_once)
        told = f"{name} signs no more."
        if waiting:
            about = f"what {agreeing(waiting, 'it is', 'they are')} about comes back"
            told += f" The ledger will refuse {counted(waiting, 'statement')}; {about}."
    else:
        add_person(directory, name, args.role)
        told = f"{name} signs as {args.role}."
    stdout_console().print(told, soft_wrap=True, highlight=False)
    return 0
