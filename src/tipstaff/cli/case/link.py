"""`tipstaff case link`: issue a link by which an account holder answers or appeals over HTTP."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell, told_time
from tipstaff.cli.tracing import Traced, said

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "link"
HELP = "issue a link by which the account holder answers what is proposed, or appeals, without a login"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case link` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument(
        "--decision",
        type=int,
        metavar="N",
        help="the decision to appeal against (without it: what is proposed, to be answered)",
    )
    parser.add_argument("--revoke", action="store_true", help="end those issued for the same before")
    parser.epilog = (
        "examples:\n  tipstaff case link here 1 --as alice\n"
        "  tipstaff case link here 1 --as alice --decision 1 --revoke"
    )


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/cases/{args.case}/links", said(decision=args.decision, revoke=args.revoke))


def run(args: argparse.Namespace) -> int:
    """Issue it."""
    from pathlib import Path

    from tipstaff.actions.access.links import make_link, page_of, revoke_others
    from tipstaff.assembly.access import open_access
    from tipstaff.assembly.casework import open_desk, settings_of

    directory = Path(args.directory)
    with open_desk(directory) as desk, open_access(directory) as access:
        by, now = desk.actor(args.person).name, desk.clock()
        made = make_link(access.links, desk.cases.load(args.case), args.decision, by, now, desk.table)
        ended = revoke_others(access.links, made.link, now) if args.revoke else 0
    what = "what is proposed" if args.decision is None else f"decision {args.decision}"
    tell(
        f"A link about {what}, until {told_time(made.until)}; {ended} before it have ended. It is shown this "
        "once, to be sent to the account holder:",
        page_of(made, settings_of(directory).public_origin),
        "For programs:",
        f"/v1/links/{made.shown}",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.link(args.case, args.decision, revoke=args.revoke)
    server = args.server.rstrip("/")
    page = f"{server}{made.page}" if made.page.startswith("/") else made.page
    tell(
        "It is shown this once, to be sent to the account holder:",
        page,
        "For programs:",
        f"{server}{made.path}",
    )
    return 0
