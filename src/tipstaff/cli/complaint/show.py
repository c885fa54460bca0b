"""`tipstaff complaint show`: all that is kept of what somebody has complained of."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_complainant, tell, told_time
from tipstaff.cli.remote import is_remote
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "show"
HELP = "show all that somebody has complained of and was answered, for them to see"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `complaint show` is given."""
    if is_remote(parser):
        parser.add_argument(
            "complaint", metavar="RECEIPT", nargs="?", help="the receipt of one (all that one has made)"
        )
        return
    add_complainant(parser)
    parser.epilog = "example:\n  tipstaff complaint show here square/reader/rae"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced("/v1/complaints", args.complainant)


def run(args: argparse.Namespace) -> int:
    """Show it."""
    from pathlib import Path
    from textwrap import indent

    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.tells import complainant

    lines = []
    with open_desk(Path(args.directory)) as desk:
        for case in map(desk.cases.load, desk.cases.complained_in(args.complainant)):
            for one in (one for one in case.complaints if one.by == args.complainant):
                said, outcome = one.said, one.answered.outcome if one.answered else "not answered yet"
                about = f"{said.reason}, about {said.post or case.subject}"
                lines.append(
                    f"Case {case.number}, complaint {said.number}, {told_time(one.at)}: {about}: {outcome}"
                )
                lines.append(indent(desk.text(said.text), "  "))
                if one.answered:
                    lines.append(f"  answered: {_below(desk.text(one.answered.text))}")
            lines += [
                f"  told after an appeal: {_below(desk.text(one.text))}"
                for one in case.notices
                if one.audience == complainant(args.complainant)
            ]
    tell(*lines or (f"{args.complainant} has complained of nothing.",))
    return 0


def _below(text: str) -> str:
    """Return a text of which all lines but the first stand below its name."""
    return text.replace("\n", "\n    ")


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.sheet import print_sheet

    found = [client.complaint(args.complaint)] if args.complaint else [*client.complaints()]
    for one in found:
        print_sheet(f"{one.about}, {told_time(one.at)}", one)
    if not found:
        tell("You have complained of nothing.")
    return 0
