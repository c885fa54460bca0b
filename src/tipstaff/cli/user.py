"""`tipstaff user`: bring in somebody who asks over HTTP, or change what they may."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "user"
HELP = "bring in somebody who uses the API, change their roles, or stop them"

ROLES = (
    "reader", "complainant", "account_holder", "clerk", "reviewer", "senior_reviewer", "policy_owner",
    "authority", "auditor", "admin",
)  # fmt: skip
"""Those of access, which are not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `user` is given."""
    add_directory(parser)
    parser.add_argument(
        "name",
        metavar="NAME",
        help="the name of the person who signs (`tipstaff person`); any for who signs nothing",
    )
    parser.add_argument(
        "--role", action="append", default=[], choices=ROLES, help="what they are, from now on; repeat it"
    )
    parser.add_argument(
        "--reader", metavar="HOST/reader/NAME", help="of a reader or complainant: who they are on the host"
    )
    parser.add_argument(
        "--holds",
        action="append",
        default=[],
        metavar="HOST/account/NAME",
        help="of an account holder: an account or app that is theirs; repeat it",
    )
    parser.add_argument("--stop", action="store_true", help="let them do nothing any more; their tokens end")
    parser.epilog = (
        "examples:\n  tipstaff user here alice --role reviewer\n"
        "  tipstaff user here rae --role reader --reader square/reader/rae\n"
        "  tipstaff user here moon --role account_holder --holds square/account/moonharbor\n"
        "  tipstaff user here alice --stop"
    )


def run(args: argparse.Namespace) -> int:
    """Keep it."""
    from pathlib import Path

    from msgspec.structs import replace

    from tipstaff.actions.access.permissions import OUTSIDE, SIGNING, Role
    from tipstaff.actions.access.tokens import User
    from tipstaff.assembly.casework import people_keys
    from tipstaff.assembly.server import open_users
    from tipstaff.base.errors import InputError
    from tipstaff.cli.installation import parse_target, tell

    directory = Path(args.directory)
    if bool(args.role) is args.stop:
        raise InputError("say which roles they have (`--role`), or that they are stopped (`--stop`)")
    with open_users(directory) as users:
        before = users.user(args.name)
        if args.stop:
            if before is None:
                raise InputError(f"there is no user {args.name!r}")
            users.keep_user(replace(before, active=False))
            tell(f"{args.name} may do nothing any more.")
            return 0
        roles = frozenset(map(Role, args.role))
        signs = people_keys(directory).has(args.name)
        if signs and roles & OUTSIDE:
            raise InputError(f"{args.name} signs here: give who is outside a user of another name")
        if not signs and roles & SIGNING:
            raise InputError(f"there is nobody named {args.name!r}: `tipstaff person` brings people in")
        targets = tuple(map(parse_target, args.holds))
        if posts := [one for one in targets if one.post]:
            raise InputError(f"{posts[0]} is a post: name the account or app that is theirs")
        holds = tuple(one.subject for one in targets)
        user = User(args.name, roles, reader=args.reader, holds=holds)
        user.check()
        users.keep_user(user)
    tell(
        f"{args.name} is {', '.join(sorted(roles))}.",
        f"Next: tipstaff token {args.directory} {args.name}",
    )
    return 0
