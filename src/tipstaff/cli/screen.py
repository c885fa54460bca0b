"""`tipstaff screen`: posts in, findings with evidence out."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "screen"
HELP = "screen posts under policies, and write the findings with their evidence"

_EPILOG = """A post has id, account and text, and may have title, url, lang, published_at, followers,
sponsored, host and app; other fields are passed over. Findings come in the order of the posts, however
many workers there are. A line that cannot be read goes to FILE.rejects (FILE: --out, or the first input)
with its reason.

examples:
  tipstaff screen posts.jsonl.gz --out findings.jsonl
  tipstaff screen 'data/**/*.csv' --map text=body --map account=author --format csv --out findings.csv
  tipstaff screen archive/ --workers 8 --out findings.parquet --summary summary.json
  tail -n 1000 posts.jsonl | tipstaff screen - --policy ./my-policy --format table
"""

_REJECTED = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `screen` is given."""
    parser.epilog = _EPILOG
    add = parser.add_argument
    add(
        "input",
        nargs="+",
        metavar="INPUT",
        help="a file, a pattern, a directory, or - for JSON lines on stdin, which may be packed",
    )
    add("--policy", action="append", default=[], metavar="NAME|DIR", help="a policy; default: all that ship")
    add("--out", type=Path, metavar="FILE", help="where to write findings; packed if it ends in .gz or .zst")
    add(
        "--format",
        choices=["jsonl", "parquet", "csv", "table"],
        help="default: by the ending of FILE, else jsonl",
    )
    add("--workers", type=_positive, default=1, metavar="N", help="how many processes; default: 1")
    add("--summary", type=Path, metavar="FILE", help="where to write the summary as JSON")
    add("--engine", choices=["columnar", "reference"], default="columnar", help="default: columnar")
    add("--strict", action="store_true", help="exit with 2 if a line cannot be read")
    add("--map", action="append", default=[], metavar="FIELD=NAME", help="read a field from another name")
    add("--lists", action="append", default=[], type=Path, metavar="FILE", help="a block list of domains")


def run(args: argparse.Namespace) -> int:
    """Screen the inputs."""
    from tipstaff.cli.runs import Options, screen_files

    options = Options(
        inputs=args.input,
        policies=args.policy,
        out=None if args.out == Path("-") else args.out,
        format=args.format,
        workers=args.workers,
        summary=args.summary,
        engine=args.engine,
        lists=args.lists,
        fields=args.map,
    )
    rejected = screen_files(options)
    return _REJECTED if rejected and args.strict else 0


def _positive(given: str) -> int:
    """Read a number of workers."""
    if not (given.isascii() and given.isdigit() and int(given) > 0):
        raise argparse.ArgumentTypeError(f"{given!r} is no number of processes; give 1 or more")
    return int(given)
