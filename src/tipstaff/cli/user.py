"""`tipstaff user`: bring in somebody who asks over HTTP, or change what they may."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "user"
HELP = "bring in somebody who uses the API, change their roles, or stop them"

ROLES = ("clerk", "reviewer", "senior_reviewer", "policy_owner", "authority", "auditor", "admin")
"""Those of access, which are not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `user` is given."""
    add_directory(parser)
    parser.add_argument("name", metavar="NAME", help="the name of the person who signs (`tipstaff person`)")
    parser.add_argument(
        "--role", action="append", default=[], choices=ROLES, help="what they are, from now on; repeat it"
    )
    parser.add_argument("--stop", action="store_true", help="let them do nothing any more; their tokens end")
    parser.epilog = "examples:\n  tipstaff user here alice --role reviewer\n  tipstaff user here alice --stop"


def run(args: argparse.Namespace) -> int:
    """Keep it."""
    from pathlib import Path

    from tipstaff.actions.access.permissions import Role
    from tipstaff.actions.access.tokens import User
    from tipstaff.assembly.casework import people_keys
    from tipstaff.assembly.server import open_users
    from tipstaff.base.errors import InputError
    from tipstaff.cli.installation import tell

    directory = Path(args.directory)
    if bool(args.role) is args.stop:
        raise InputError("say which roles they have (`--role`), or that they are stopped (`--stop`)")
    with open_users(directory) as users:
        before = users.user(args.name)
        if before is None and (args.stop or not people_keys(directory).has(args.name)):
            raise InputError(f"there is nobody named {args.name!r}: `tipstaff person` brings people in")
        roles = frozenset(map(Role, args.role)) if args.role else before.roles if before else frozenset()
        users.keep_user(User(args.name, roles, active=not args.stop))
    if args.stop:
        tell(f"{args.name} may do nothing any more.")
    else:
        tell(
            f"{args.name} is {', '.join(sorted(roles))}.",
            f"Next: tipstaff token {args.directory} {args.name}",
        )
    return 0
