"""`tipstaff token`: make a token by which a program asks for somebody, list theirs, or revoke one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell, told_time
from tipstaff.cli.remote import is_remote
from tipstaff.cli.tracing import Traced, said

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "token"
HELP = "make a token for the API, shown once; list the tokens of somebody, or revoke one"

SCOPES = (
    "cases:read", "cases:review", "cases:decide", "cases:confirm", "cases:route", "appeals:judge",
    "complaints:own", "accounts:own", "links:issue", "orders:read", "posts:send", "posts:publish",
    "drafts:check", "orders:enter", "orders:own", "policies:read", "policies:manage", "trail:read",
    "metrics:read", "webhooks:manage", "people:read", "people:manage",
)  # fmt: skip
"""The permissions of access, which are not imported to show a help text; a test compares them."""

_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `token` is given."""
    add_directory(parser)
    parser.add_argument("user", metavar="NAME", help="whose token it is (`tipstaff user`)")
    if is_remote(parser):  # to make one takes a login
        _add_instead(parser.add_mutually_exclusive_group(required=True))
        return
    parser.add_argument(
        "--days", type=int, default=_DAYS, metavar="N", help=f"how long it may be used ({_DAYS})"
    )
    parser.add_argument(
        "--scope",
        action="append",
        default=[],
        choices=SCOPES,
        help="what it is for (all they may); repeat it",
    )
    _add_instead(parser.add_mutually_exclusive_group())
    parser.epilog = (
        "examples:\n  tipstaff token here alice --days 7 --scope cases:read\n"
        "  tipstaff token here alice --list"
    )


def _add_instead(group: argparse._MutuallyExclusiveGroup) -> None:
    """Declare what is done instead of making one."""
    group.add_argument("--list", action="store_true", help="list the tokens that there are")
    group.add_argument("--revoke", metavar="ID", help="revoke a token, for good")


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(
        f"/v1/users/{args.user}/tokens",
        said(days=args.days, scope=args.scope, list=args.list, revoke=args.revoke),
    )


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.access.permissions import Permission
    from tipstaff.actions.access.tokens import make_token, revoke_token
    from tipstaff.assembly.access import open_users
    from tipstaff.assembly.ledger import system_clock
    from tipstaff.cli.console import make_console

    now = system_clock()
    with open_users(Path(args.directory)) as users:
        if args.list:
            for one in users.tokens(args.user):
                what = "all" if one.scopes is None else ", ".join(sorted(one.scopes))
                state = "until" if one.in_force(now) else "ended, was for use until"
                tell(f"{one.id}  {what}  {state} {told_time(one.expires_at)}")
        elif args.revoke:
            revoke_token(users, args.user, args.revoke, now)
            tell(f"Token {args.revoke} is revoked.")
        else:
            scopes = frozenset(map(Permission, args.scope)) or None
            made = make_token(users, args.user, args.days, now, scopes)
            told = f"Token {made.token.id} of {args.user}, until {told_time(made.token.expires_at)}."
            make_console().print(f"{told} It is shown this once:")  # beside it, so that a shell gets it alone
            tell(made.shown)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    if args.revoke:
        client.revoke_token(args.user, args.revoke)
        tell(f"Token {args.revoke} is revoked.")
        return 0
    for one in client.tokens(args.user):
        what = "all" if one.scopes is None else ", ".join(one.scopes)
        tell(f"{one.id}  {what}  until {told_time(one.until)}")
    return 0
