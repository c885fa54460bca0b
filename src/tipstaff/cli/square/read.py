"""`tipstaff square read`: read a post as its readers get it."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "read"
HELP = "read a post as its readers get it: the post, or the sentence in its place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square read` is given."""
    add_directory(parser)
    parser.add_argument("post", metavar="POST", help="the id of the post")
    parser.epilog = "example:\n  tipstaff square read here p1"


def run(args: argparse.Namespace) -> int:
    """Read it."""
    from pathlib import Path

    from rich.text import Text

    from tipstaff.assembly.casework import open_square
    from tipstaff.cli.console import stdout_console

    with open_square(Path(args.directory)) as square:
        page = square.read_post(args.post)
    console = stdout_console()
    if page.content:
        console.print(Text(page.content.text), soft_wrap=True)
        for image in (*page.content.files, *page.content.images):
            console.print(Text(f"image {image}", "dim"), soft_wrap=True)
    if page.sentence:
        console.print(Text(page.sentence.text, "bold"), soft_wrap=True)
        console.print(Text(f"statement {page.sentence.statement}", "dim"), soft_wrap=True)
    return 0
