"""`tipstaff case decide`: decide a case."""

from __future__ import annotations

import argparse

from tipstaff.cli.case import add_case, add_person

NAME = "decide"
HELP = "decide a case: order a measure, with a provision and reasons"

MEASURES = ("warn", "restrict_posting", "suspend_updates", "block_content", "close_account", "suspend_app",
            "block_links")  # fmt: skip
"""Those of casework that a person orders, which is not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case decide` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("--measure", required=True, choices=MEASURES, help="what is done")
    parser.add_argument(
        "--post", action="append", default=[], metavar="ID", help="on this item; without, on the subject"
    )
    parser.add_argument("--provision", metavar="ID", help="what is broken (that of the gravest finding)")
    parser.add_argument("--territory", default="world", metavar="NAME", help="where it holds (world)")
    parser.add_argument("--reasons", required=True, metavar="TEXT", help="why; the account holder reads it")
    parser.add_argument(
        "--delay", type=int, default=0, metavar="SECONDS", help="for how long it can be taken back (0)"
    )
    parser.epilog = (
        'example:\n  tipstaff case decide here 1 --as alice --measure block_content --post p3 --reasons "…"'
    )


def run(args: argparse.Namespace) -> int:
    """Decide, and say what comes next."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Asked, Decide
    from tipstaff.casework.errors import CaseError
    from tipstaff.casework.words import MeasureKind
    from tipstaff.cli.console import stdout_console

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        if not case.found:
            raise CaseError(f"nothing was found in case {case.number}")
        gravest = max(case.found, key=lambda found: found.severity)
        adopted = desk.policies.adopted(gravest.policy)
        if adopted is None:
            raise CaseError(f"{gravest.policy} was never in force here")
        asked = Asked(MeasureKind(args.measure), tuple(args.post), args.territory)
        reasons = desk.keep(case.subject, "decision", "reasons", args.reasons)
        provision = args.provision or gravest.provision
        command = Decide(provision, adopted.entry, adopted.digest, (asked,), reasons, delay=args.delay)
        case = ask(desk, args.case, desk.actor(args.person), command)
    number = case.decisions[-1].said.number
    stdout_console().print(
        f"Decision {number} is signed; a worker appends it and carries it out.", highlight=False
    )
    return 0
