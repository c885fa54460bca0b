"""`tipstaff square post`: publish a post."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "post"
HELP = "publish a post of an account, and print its id"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square post` is given."""
    add_directory(parser)
    parser.add_argument("handle", metavar="HANDLE", help="whose post it is")
    parser.add_argument("text", metavar="TEXT", help="what it says")
    parser.add_argument("--app", metavar="ID", help="the third-party app that it comes through")
    parser.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="FILE",
        help="an image that it shows: PNG, JPEG, GIF or WebP; repeat it",
    )
    parser.epilog = 'example:\n  tipstaff square post here moonharbor "…"'


def run(args: argparse.Namespace) -> int:
    """Publish it."""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path

    from tipstaff.assembly.casework import open_square
    from tipstaff.hosts.square.pages import Draft

    now = datetime.now(UTC).isoformat(timespec="seconds")
    files = tuple(_read(image) for image in args.image)
    draft = Draft(text=args.text, published_at=now, app=args.app, files=files)
    with open_square(Path(args.directory)) as square:
        sys.stdout.write(f"{square.publish(args.handle, draft)}\n")
    return 0


def _read(path: str) -> bytes:
    """Read an image, and no more of it than shows that it is too large."""
    from pathlib import Path

    from tipstaff.base.errors import InputError
    from tipstaff.hosts.square.images import LARGEST

    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
