"""`tipstaff square feed`: what a reader gets to see."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "feed"
HELP = "show what the accounts that a reader follows have published, newest first, as the reader gets it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square feed` is given."""
    add_directory(parser)
    parser.add_argument("reader", metavar="READER", help="whose feed it is")
    parser.add_argument("--before", metavar="POST", help="the page behind this post")
    parser.epilog = "example:\n  tipstaff square feed here rae"


def run(args: argparse.Namespace) -> int:
    """Show a page of the feed."""
    from pathlib import Path

    from rich.text import Text

    from tipstaff.assembly.casework import open_square
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    with open_square(Path(args.directory)) as square:
        pages = square.feed(args.reader, args.before)
    for page in pages:
        console.print(Text.assemble((page.id, "cyan"), f"  {page.account}  {page.published_at}"))
        if page.content:
            console.print(Text(page.content.text), soft_wrap=True)
        if page.sentence:
            console.print(Text(page.sentence.text, "bold"), soft_wrap=True)
    if not pages:
        told = (
            "There is nothing before that." if args.before else "Nothing yet: follow somebody who publishes."
        )
        console.print(told)
    return 0
