"""`tipstaff case image`: an image of the evidence."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, give_out, tell, write_document
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "image"
HELP = "write an image of the evidence to a file, as it was kept, also when its post is hidden or gone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case image` is given."""
    add_case(parser)
    parser.add_argument("digest", metavar="DIGEST", help="its name, as `case show` tells it")
    parser.add_argument("out", metavar="FILE", help="the file to make, for its owner alone")
    parser.epilog = "example:\n  tipstaff case image here 1 DIGEST evidence.png"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/cases/{args.case}/images/{args.digest}")


def run(args: argparse.Namespace) -> int:
    """Write it."""
    from pathlib import Path

    from tipstaff.actions.evidence import image_of
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        image = image_of(desk, desk.cases.load(args.case), args.digest)
    write_document(args.out, image.content)
    tell(f"{args.out}: {image.media_type}, {len(image.content):,} bytes")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    give_out(args.out, client.image(args.case, args.digest))
    return 0
