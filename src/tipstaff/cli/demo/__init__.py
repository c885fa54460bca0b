"""`tipstaff demo`: what Tipstaff does, on the posts that come with it and in an invented world."""

from __future__ import annotations

import argparse

NAME = "demo"
HELP = "show what Tipstaff does: screen example posts, then tell a story in an invented world"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `demo` is given."""
    parser.add_argument("--lang", choices=["en", "zh"], default="en", help="language of the explanations")
    parser.add_argument(
        "--into",
        metavar="DIR",
        help="where the world is built and left, for you to look into and to audit; what an earlier demo has "
        "left there is made anew (tipstaff-demo in the folder for temporary files)",
    )
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="tell logins afterwards, and serve the world until Ctrl-C",
    )
    parser.epilog = (
        "The world is invented: thirty public accounts of a platform with some 400 posts, readers and apps. "
        "Its posts are\nscreened, people decide, readers see the sentence in place of what is blocked, an "
        "appeal is judged; and in the\nend everything that was told is counted and audited from the ledger."
        "\n\nexamples:\n  tipstaff demo --into world\n  tipstaff case list world/installation\n"
        "  tipstaff demo --port 8000"
    )


def run(args: argparse.Namespace) -> int:
    """Screen the example posts, build the world, and tell the story."""
    import time
    from pathlib import Path

    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.demo.chapters import WIDTH, show_chapter, show_heading
    from tipstaff.cli.demo.examples import show_examples
    from tipstaff.cli.demo.users import show_users
    from tipstaff.cli.ledger.bars import bar
    from tipstaff.cli.policies import load_policies
    from tipstaff.cli.serve import serve
    from tipstaff.demo.place import default_directory, make_place
    from tipstaff.demo.story import POLICY, chapters, set_stage
    from tipstaff.demo.users import bring_in, going_on
    from tipstaff.demo.waiting import leave_waiting
    from tipstaff.policy.model import Language

    console, language = stdout_console(), Language(args.lang)
    console.width = min(console.width, WIDTH)
    with make_place(Path(args.into) if args.into else default_directory()) as place:
        show_heading(console, 1, "Screening", "the example posts, under the policies that ship")
        policies = load_policies([])
        show_examples(console, policies, language)
        policy = next(policy for policy in policies if policy.name == POLICY)
        with bar("things happen on square") as advance:
            stage = set_stage(place, policy, advance)
        for number, chapter in enumerate(chapters(stage), start=2):
            show_chapter(console, number, chapter, policy, language)
        if args.port is not None:
            leave_waiting(stage, time.time())
            clock = going_on(stage.clock())
            show_users(console, bring_in(place, stage.world, clock()), args.port)
            serve(place.installation, "127.0.0.1", args.port, clock)
    return 0
