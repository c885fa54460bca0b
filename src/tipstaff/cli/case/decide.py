"""`tipstaff case decide`: decide a case."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, parse_time, tell, tell_next

if TYPE_CHECKING:
    from tipstaff.actions.deciding import Wanted
    from tipstaff.client import Client

NAME = "decide"
HELP = "decide a case: order measures, with a provision and reasons"

MEASURES = ("warn", "restrict_posting", "suspend_updates", "block_content", "close_account", "suspend_app",
            "block_links")  # fmt: skip
"""Those of casework that a person orders, which is not imported to show a help text; a test compares them."""

LANGUAGES = ("zh", "en")
WAIVERS = ("order", "grave_harm")
"""Those of casework, which is not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case decide` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument(
        "--measure", action="append", required=True, choices=MEASURES, help="what is done; repeat it"
    )
    parser.add_argument(
        "--post", action="append", default=[], metavar="ID", help="on this item; without, on the subject"
    )
    parser.add_argument("--provision", metavar="ID", help="what is broken (that of the gravest finding)")
    parser.add_argument("--policy", metavar="NAME", help="what puts it into practice (that of the finding)")
    parser.add_argument("--order", type=int, metavar="N", help="the order that is carried out")
    parser.add_argument("--territory", metavar="NAME", help="where it holds (that of the order, or world)")
    parser.add_argument("--from", dest="start", metavar="TIME", help="when it begins (at once)")
    parser.add_argument("--until", metavar="TIME", help="when it ends by itself")
    parser.add_argument(
        "--waive-hearing",
        choices=WAIVERS,
        help="why the account holder is not heard before what cannot be undone",
    )
    parser.add_argument(
        "--skip-rungs", choices=WAIVERS, help="why it is graver than the ladder of the policy has it"
    )
    parser.add_argument("--instead-of", type=int, metavar="N", help="the decision that an appeal has varied")
    parser.add_argument(
        "--rule", action="append", default=[], metavar="NAME", help="rest on this finding (on all); repeat it"
    )
    why = parser.add_mutually_exclusive_group(required=True)
    why.add_argument("--reasons", metavar="TEXT", help="why; the account holder reads it")
    why.add_argument("--template", choices=LANGUAGES, help="say as reasons what was found, in this language")
    parser.add_argument(
        "--delay", type=int, metavar="SECONDS", help="to take it back in (the setting decision_delay)"
    )
    parser.epilog = (
        'example:\n  tipstaff case decide here 1 --as alice --measure block_content --post p3 --reasons "…"'
    )


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.actions.deciding import to_decide
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.counted import counted
    from tipstaff.casework.deciding import confirmation_due

    with open_desk(Path(args.directory)) as desk:
        command = to_decide(desk, desk.cases.load(args.case), _wanted(args))
        case = ask(desk, args.case, desk.actor(args.person), command)
        said = case.decisions[-1].said
        waits = any(confirmation_due(desk.table, planned) for planned in said.measures)
    if waits:
        tell(
            f"Decision {said.number} is signed; another person must confirm it before anything is done.",
            f"Next: tipstaff case confirm {args.directory} {args.case} {said.number} --as NAME",
        )
    else:
        tell(
            f"Decision {said.number} is signed; a worker appends it and carries it out.",
            f"Next: tipstaff worker {args.directory} --drain",
        )
    if args.delay:
        told = f"tipstaff case take-back {args.directory} {args.case} {said.number} --as {args.person}"
        tell(f"It can be taken back for {counted(args.delay, 'second')}: {told}")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.decide(args.case, _wanted(args))
    tell(f"Decision {made.decisions[-1].number} is signed.")
    tell_next(args, f"case show {args.case}")
    return 0


def _wanted(args: argparse.Namespace) -> Wanted:
    """Return the decision as it was written down. Raises `InputError`."""
    from tipstaff.actions.deciding import Wanted
    from tipstaff.casework.events import Waiver
    from tipstaff.casework.words import MeasureKind
    from tipstaff.policy.model import Language

    start, until = (time and int(parse_time(time).timestamp()) for time in (args.start, args.until))
    return Wanted(
        measures=tuple(map(MeasureKind, args.measure)),
        posts=tuple(args.post),
        provision=args.provision,
        policy=args.policy,
        order=args.order,
        territory=args.territory,
        start=start,
        until=until,
        hearing_waived_for=Waiver(args.waive_hearing) if args.waive_hearing else None,
        rungs_skipped_for=Waiver(args.skip_rungs) if args.skip_rungs else None,
        instead_of=args.instead_of,
        rules=tuple(args.rule),
        reasons=args.reasons,
        template=Language(args.template) if args.template else None,
        delay=args.delay,
    )
